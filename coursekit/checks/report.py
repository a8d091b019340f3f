"""What a check found, in words: as text in a terminal, as a small panel in a notebook."""

import os
from dataclasses import dataclass, field

WORDS = {
    "passed": "✓ passed",
    "wrong": "✗ not right yet",
    "raised": "✗ stopped with an error",
    "not written": "○ not written yet",
    "timed out": "✗ took too long",
    "memory": "✗ used too much memory",
    "crashed": "✗ the process ended",
    "not parseable": "✗ not Python yet",
}
BLUE, ORANGE, GREY = "#1f6fb4", "#d95f02", "#595959"  # the course's colours; the words say the same


@dataclass
class Part:
    """One property of a task: its points, whether it holds, and if not, why and on which input."""

    name: str
    points: float
    state: str = "passed"
    message: str = ""
    lines: tuple[str, ...] = ()
    inputs: str = ""

    @property
    def earned(self):
        return self.points if self.state == "passed" else 0

    @property
    def headline(self):
        return f"{WORDS[self.state]}: {self.name} ({self.earned:g} of {self.points:g})"

    @property
    def details(self):
        """Sentences below the headline; none when the property holds or nothing is written."""
        if self.state in {"passed", "not written"}:
            return []
        return [self.message, *self.lines, *([f"Input: {self.inputs}"] if self.inputs else [])]


@dataclass
class Report:
    """The marks of one task. It displays itself; `.passed .points .max_points .messages` are data.

    again: the call that repeats the check on the same inputs. printed: what the learner's code
    printed meanwhile.
    """

    task_id: str
    parts: list[Part] = field(default_factory=list)
    again: str = ""
    printed: str = ""

    @property
    def passed(self):
        return all(part.state == "passed" for part in self.parts)

    @property
    def written(self):
        return any(part.state != "not written" for part in self.parts)

    @property
    def points(self):
        return sum(part.earned for part in self.parts)

    @property
    def max_points(self):
        return sum(part.points for part in self.parts)

    @property
    def messages(self):
        """One string for each property that does not hold yet."""
        failed = [part for part in self.parts if part.state != "passed"]
        return [f"{part.name}: {part.message}" for part in failed]

    @property
    def title(self):
        marks = f"{self.points:g} of {self.max_points:g} points"
        return f"{self.task_id}: {marks}" if self.written else f"{self.task_id}: not written yet"

    @property
    def footnotes(self):
        notes = [f"It printed: {self.printed}"] if self.printed else []
        if self.written and not self.passed:
            notes.append(f"The same inputs again: {self.again}")
        return notes

    def __repr__(self):
        lines = [self.title]
        for part in self.parts if self.written else []:
            lines += [f"  {part.headline}", *(f"      {text}" for text in part.details)]
        return "\n".join([*lines, *(f"  {note}" for note in self.footnotes)])

    def _repr_mimebundle_(self, include=None, exclude=None):
        """Text and HTML. nbgrader reads partial credit from a text that is only a number."""
        text = f"{self.points:g}" if "NBGRADER_EXECUTION" in os.environ else repr(self)
        return {"text/plain": text, "text/html": self._panel()}

    def _panel(self):
        colour = BLUE if self.passed else ORANGE if self.written else GREY
        items = "".join(_item(part) for part in self.parts) if self.written else ""
        notes = "".join(f"<div>{escape(note)}</div>" for note in self.footnotes)
        return (
            f'<div role="group" aria-label="{escape(self.title)}" style="border-left: '
            f'6px solid {colour}; padding: 0.2em 0 0.2em 0.8em; max-width: 60em">'
            f"<strong>{escape(self.title)}</strong>"
            f'<ul style="list-style: none; margin: 0.3em 0; padding: 0">{items}</ul>'
            f'<div style="font-size: 90%">{notes}</div></div>'
        )


def escape(text):
    """Text as HTML shows it. Only a panel needs the module, so it is loaded by the first one."""
    import html

    return html.escape(text)


def _item(part):
    details = "".join(
        f'<div style="margin-left: 1.6em; font-size: 90%">{escape(text)}</div>'
        for text in part.details
    )
    return f"<li>{escape(part.headline)}{details}</li>"
