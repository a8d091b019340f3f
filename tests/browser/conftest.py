"""A browser, a running `coursekit lab`, and where the pictures of a run go."""

import json
import os
import shutil
from pathlib import Path

import pytest
from bare_page import LOAD
from jupyter_page import FLAGS, Lab
from needs import BROWSERS, needs

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    needs("chromium")
    executable = next(filter(None, map(shutil.which, BROWSERS)))  # nothing is ever downloaded
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=executable, args=FLAGS)


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    lab = Lab(tmp_path_factory.mktemp("lab"))
    yield lab
    lab.stop()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    """Folder for screenshots: docs/pictures when COURSEKIT_PICTURES is set, else a passing one."""
    if os.environ.get("COURSEKIT_PICTURES"):
        return ROOT / "docs" / "pictures"
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture
def run(browser):
    """run(widget class, expression) evaluates JavaScript with the widget's module as `view`."""
    page = browser.new_page()
    loaded = []

    def evaluate(widget, expression, **values):
        if loaded != [widget]:
            page.evaluate(LOAD, widget._esm)
            loaded[:] = [widget]
        names = ", ".join(values)
        return page.evaluate(f"({{{names}}}) => {expression}", json.loads(json.dumps(values)))

    yield evaluate
    page.close()
