"""What all widgets share: the page they draw, presets, start again, errors that show, a still."""

import base64
import io
from importlib.resources import files
from typing import NamedTuple

import anywidget
import traitlets

from coursekit.widgets.arguments import left_out, read_state, write_state
from coursekit.widgets.traits import Number

FOLDER = files("coursekit.widgets")
PAGE = ("page.js", "picture.js", "plot.js", "plane.js", "grid.js")


def front_end(name, *more):
    """The JavaScript of the widget in folder `name`: the shared page, then its own view.

    more: files of `front/` that not every page needs.
    """
    paths = [FOLDER / "front" / file for file in (*PAGE, *more)] + [FOLDER / name / "view.js"]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def style_sheet(name=None):
    """The shared style sheet, then the one of the widget in folder `name`."""
    paths = [FOLDER / "front" / "style.css"] + [FOLDER / n / "view.css" for n in [name] if n]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


class Preset(NamedTuple):
    """A setting worth showing: kind is "works", "fails" or "puzzles"; one sentence says why."""

    kind: str
    title: str
    sentence: str
    state: dict


class Entry(NamedTuple):
    """A line of the catalogue; `topics` are rows of the course's coverage table."""

    title: str
    widget: type
    topics: tuple[str, ...]
    question: str


class CourseWidget(anywidget.AnyWidget):
    """A thing to drag whose state is kept here and drawn by the page.

    A subclass has `title`, `question`, `topics` (rows of the course), `controls` (the traits that
    a hand can move) and `presets`, and it knows its `still()` and its `sentence()`. `facts()` is
    what its page must know and never changes.

    show="…" or hide="…" leave parts out for a class: names of controls, or "presets". large=True
    is for a projector. Any other keyword is a part of the state; TypeError for an unknown one.
    """

    title = question = ""
    topics: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    presets: tuple[Preset, ...] = ()

    _css = style_sheet()
    _page = traitlets.Dict().tag(sync=True)
    _error = traitlets.Unicode().tag(sync=True)
    large = traitlets.Bool(False).tag(sync=True)

    def __init__(self, *, show=None, hide=None, **state):
        owner = type(self).__name__
        unknown = [name for name in state if not self.has_trait(name)]
        if unknown:
            known = ", ".join([*self.controls, "show", "hide", "large"])
            raise TypeError(f"{owner} takes {known}; got {unknown[0]!r}")
        self._hidden = left_out(owner, (*self.controls, "presets"), show, hide)
        super().__init__(**state)

    @traitlets.default("_page")
    def _facts_and_start(self):
        presets = [preset._asdict() for preset in self.presets]
        shared = {"title": self.title, "question": self.question, "presets": presets}
        return (
            shared
            | {"start": self._start(), "limits": self._limits(), "hidden": self._hidden}
            | self.facts()
        )

    def _start(self):
        return {name: getattr(self, name) for name in self.controls}

    def _limits(self):
        traits = {name: trait for name, trait in self.traits().items() if isinstance(trait, Number)}
        return {name: [trait.low, trait.high] for name, trait in traits.items()}

    def facts(self):
        """What the page must know beside the state, as plain JSON."""
        return {}

    def still(self):
        """The present picture as a PIL image, for a reader without a kernel."""
        raise NotImplementedError(f"{type(self).__name__} has no still picture")

    def sentence(self):
        """The present picture in words."""
        raise NotImplementedError(f"{type(self).__name__} has no sentence")

    @property
    def state(self):
        """The state as one line of text, to paste into from_state or between the class's ()."""
        return write_state(self, self.controls)

    @classmethod
    def from_state(cls, text, **options):
        """A widget in the state of such a text; options are show, hide and large."""
        return cls(**read_state(cls.__name__, text), **options)

    def preset(self, kind):
        """Show the preset that "works", "fails" or "puzzles"; ValueError for another word."""
        known = {preset.kind: preset for preset in self.presets}
        if kind not in known:
            raise ValueError(f"{self.title} has the presets {', '.join(known)}; got {kind!r}")
        self._move(known[kind].state)

    def start_again(self):
        """Go back to the state in which the widget was made."""
        self._move(self._page["start"])

    def _move(self, state):
        # One message, so that the page draws once; one call of each observer.
        with self.hold_sync(), self.hold_trait_notifications():
            for name, value in state.items():
                setattr(self, name, value)

    def set_state(self, sync_data):
        """Take a change from the page; what goes wrong with it is shown there."""
        self._error = ""
        try:
            super().set_state(sync_data)
        except Exception as error:
            self._tell(error)
            self.send_state(set(sync_data) & set(self.keys))  # the page shows the truth again
            raise

    def _tell(self, error):
        self._error = f"{type(error).__name__}: {error}"

    def _repr_mimebundle_(self, **kwargs):
        data, metadata = super()._repr_mimebundle_(**kwargs)
        file = io.BytesIO()
        self.still().save(file, format="PNG")
        words = self.sentence()
        still = {"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": words}
        return data | still, metadata | {"image/png": {"alt": words}}
