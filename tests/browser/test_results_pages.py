"""The grader's pages in a real browser: what a student wrote is text, and nothing is fetched."""

from pathlib import Path

import corpus
import pytest

from coursekit.grading import Result
from coursekit.grading.class_report import ClassReport
from coursekit.grading.notebook import Exercise, Question
from coursekit.grading.report import page as written
from coursekit.grading.sheet import Part, Sheet, Text
from coursekit.grading.tables import printable

COUNT_ELEMENTS = """() => [...document.querySelectorAll(
    'script, img, iframe, svg, link, base, form, input, a, object, embed, meta[http-equiv=refresh]'
)].length"""


def sheet_with(text):
    """One student of whom everything that somebody wrote is that text."""
    titles = (("x_1_a", text), ("x_2_b", text))
    exercise = Exercise(text, Path(), (), frozenset(), frozenset(), (Question(4, "x_1_a", ()),))
    exercise = Exercise(**vars(exercise) | {"titles": titles})
    result = Result("x_1_a", 1, 4, f"raised: {text} (ValueError: {text})", "bwrap", (text,))
    return Sheet(text, (Part(exercise, (result,), (Text("x_2_b", 2, text, 1, text),), 2, 20),))


def shown(browser, tmp_path, content):
    """The page's title, its text, how many active elements it has, and what it asked for."""
    path = tmp_path / "page.html"
    path.write_text(content, "utf-8")
    page = browser.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.as_uri())
    page.wait_for_timeout(200)  # for what would act later
    found = page.title(), page.inner_text("body"), page.evaluate(COUNT_ELEMENTS)
    page.close()
    return *found, asked, said


@pytest.mark.parametrize("text", corpus.PAGES, ids=lambda text: ascii(text)[:30])
def test_feedback_shows_what_was_written_and_does_nothing_else(browser, tmp_path, text):
    sheet = sheet_with(text)
    title, body, elements, asked, said = shown(
        browser, tmp_path, written("feedback.html", sheet=sheet)
    )
    visible = " ".join(printable(text).split())
    assert title == f"Feedback for {visible}"
    assert " ".join(body.split()).count(visible) >= 7
    assert (elements, said) == (0, [])
    assert asked == [(tmp_path / "page.html").as_uri()]


def test_the_page_of_a_class_does_nothing_else(browser, tmp_path):
    summary = ClassReport([sheet_with(text).parts[0].exercise for text in corpus.PAGES])
    for text in corpus.PAGES:
        summary.add(sheet_with(text))
    title, body, elements, asked, said = shown(
        browser, tmp_path, written("class.html", summary=summary)
    )
    assert title == "The class"
    assert "raised ValueError" in body
    assert (elements, said) == (0, [])
    assert asked == [(tmp_path / "page.html").as_uri()]


@pytest.mark.parametrize("text", [text for text in corpus.PAGES if "acted" in text])
def test_a_page_acts_on_nothing_even_if_it_were_not_escaped(browser, tmp_path, text):
    """The second lock: its content security policy."""
    content = written("feedback.html", sheet=sheet_with("ann")).replace("</h1>", f"</h1>{text}", 1)
    title, _, elements, asked, _ = shown(browser, tmp_path, content)
    assert title == "Feedback for ann"
    assert elements > 0
    assert [url for url in asked if "evil" in url] == []
