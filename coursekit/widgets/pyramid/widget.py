"""PyramidWidget: the state of the pyramid page, and the same numbers for Python."""

import traitlets

from coursekit.data import PICTURES
from coursekit.widgets import still
from coursekit.widgets.base import CourseWidget, Preset, front_end
from coursekit.widgets.pyramid import model
from coursekit.widgets.traits import Choice, Number


class Names(traitlets.TraitType):
    """Names of parts with spaces between them; another word raises ValueError."""

    def validate(self, widget, value):
        wanted = f"{type(widget).__name__}.{self.name} is names of parts such as 'L0 rest'"
        if not isinstance(value, str):
            raise TypeError(f"{wanted}; got {value!r}")
        unknown = [name for name in value.split() if name not in model.all_names()]
        if unknown:
            raise ValueError(f"{wanted} among {', '.join(model.all_names())}; got {unknown[0]!r}")
        return value


class PyramidWidget(CourseWidget):
    """The levels of a photograph side by side, each to be switched off, and the picture without.

    kind: "Gaussian", "Laplacian" or "steerable". n_levels: 1 to 7; a steerable pyramid has at most
    3. off: the names of the parts that are left out, with spaces between them, such as "L0 rest",
    "G0" or "B1-45 high"; names of another pyramid do nothing. image: a name of
    `coursekit.data.PICTURES`. A Gaussian pyramid gives the picture of its finest level that is on.

    The page computes Gaussian and Laplacian pyramids by itself and gets the steerable one in 16
    bits, once for a photograph. `picture()` and `error()` are the same from `coursekit.pyramids`.
    Raises ValueError or TypeError for a state outside of these.
    """

    title = "Pyramids"
    question = "What does each level of a pyramid hold, and what is lost without it?"
    topics = ("P1", "P2", "P3", "P4", "P9")
    controls = ("kind", "n_levels", "off", "image")
    presets = (
        Preset(
            "works",
            "every level on",
            "Three bands and the last blur are the photograph, exactly: each band is what a blur "
            "took away. Switch one off and see what it held.",
            {"kind": "Laplacian", "n_levels": 4, "off": ""},
        ),
        Preset(
            "fails",
            "blurred for good",
            "A Gaussian level is a whole, smaller picture. From G2 alone no step up brings the "
            "fine lines back: what a blur takes away it does not keep.",
            {"kind": "Gaussian", "n_levels": 5, "off": "G0 G1"},
        ),
        Preset(
            "puzzles",
            "one direction gone",
            "All bands of 0° are off, and only those. Which edges are lost, and why those that "
            "stand upright?",
            {"kind": "steerable", "n_levels": 3, "off": "B0-0 B1-0 B2-0"},
        ),
    )
    _esm = front_end("pyramid", "pyramid.js")

    kind = Choice("Laplacian", model.KINDS).tag(sync=True)
    n_levels = Number(5, 1, 7, whole=True).tag(sync=True)
    off = Names("").tag(sync=True)
    image = Choice("camera", PICTURES).tag(sync=True)
    photo = traitlets.Dict().tag(sync=True)

    def facts(self):
        return {"images": [*PICTURES], "most": model.MOST, "seen": model.SEEN}

    @traitlets.default("photo")
    def _photo_to_send(self):
        return model.message(self.image)

    @traitlets.observe("image")
    def _send_photo(self, _):
        self.photo = self._photo_to_send()

    def photograph(self):
        """The grey picture that is taken apart, (128, 128)."""
        return model.photograph(self.image)

    def parts(self):
        """The pyramid, {name: array}, finest first."""
        return model.parts(self.photograph(), *self._pyramid())

    def picture(self):
        """The photograph put together from the parts that are on, (128, 128)."""
        return model.picture(self.photograph(), *self._pyramid(), self.off.split())

    def error(self):
        """(root of mean square, most) of what is lost, in grey levels of 255."""
        return model.error(self.photograph(), self.picture())

    def _pyramid(self):
        return self.kind, min(self.n_levels, model.MOST[self.kind])

    def still(self):
        lost = still.signed(self.picture() - self.photograph(), model.SEEN)
        again = self.picture()
        pictures = [
            still.grey(self.photograph()),
            still.grey(again) if self._has_blur() else still.signed(again, model.SEEN),
            lost,
        ]
        return still.row(pictures, height=256)

    def _has_blur(self):
        """Without the last blur the picture has negative numbers, and is shown in colours."""
        return self.kind == "Gaussian" or model.names(*self._pyramid())[-1] not in self.off.split()

    def sentence(self):
        sizes = {name: part.size for name, part in self.parts().items()}
        words = model.sentence(*self._pyramid(), self.off.split(), sizes, self.error())
        return f"Photograph “{self.image}”, what is put together of its parts, the error. {words}"
