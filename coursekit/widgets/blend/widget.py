"""BlendWidget: the state of the blending page, and the same numbers for Python."""

import numpy as np
import traitlets

from coursekit.data import PICTURES
from coursekit.filters import check_image
from coursekit.widgets import still
from coursekit.widgets.base import CourseWidget, Preset, front_end
from coursekit.widgets.blend import model
from coursekit.widgets.photographs import small
from coursekit.widgets.traits import Choice, Number

OWN = "your own"
GREY = bytes([128]) * model.SIDE**2 * 3  # until there is an own picture


class Pixels(traitlets.TraitType):
    """SIDE·SIDE·3 bytes as the page sends them; or a picture, which is brought to that size."""

    default_value = GREY

    def validate(self, widget, value):
        owner = f"{type(widget).__name__}.{self.name}"
        if not isinstance(value, bytes | bytearray | memoryview):
            image = check_image(owner, value, "a picture")
            if image.ndim == 3 and image.shape[2] != 3:
                raise ValueError(f"{owner} is a picture (h, w) or (h, w, 3); got {image.shape}")
            value = small(np.rint(255 * image.clip(0, 1)).astype(np.uint8), model.SIDE, colour=True)
            value = value.tobytes()
        n_bytes = memoryview(value).nbytes  # len counts the numbers of some views
        if n_bytes != len(GREY):
            raise ValueError(f"{owner} expects {len(GREY)} bytes; got {n_bytes}")
        return bytes(value)


class Strokes(traitlets.TraitType):
    """Dabs of a brush such as "+80,60 -20,31"; other words raise ValueError."""

    def validate(self, widget, value):
        wanted = f"{type(widget).__name__}.{self.name} is dabs such as '+80,60 -20,31'"
        if not isinstance(value, str):
            raise TypeError(f"{wanted}; got {value!r}")
        wrong = [word for word in value.split() if not model.DAB.fullmatch(word)]
        if wrong:
            raise ValueError(f"{wanted}; got {wrong[0]!r}")
        return value


class BlendWidget(CourseWidget):
    """Two photographs joined along a cut that is dragged, turned or painted.

    a, b: names of `coursekit.data.PICTURES`, or "your own" for a picture that was chosen on the
    page or given to own_a and own_b, (h, w) or (h, w, 3) with values in [0, 1]. n_levels: 1, a hard
    cut, to 7. cut: 0 to 1, where; angle: −180 to 180 degrees, the way from a to b. strokes: dabs of
    a brush on top of that, "+x,y" for a and "-x,y" for b. hand: what dragging in a picture does.

    The page blends by itself. `picture()` is the same from `coursekit.applications.blend`. Raises
    ValueError or TypeError for a state outside of these.
    """

    title = "Blending"
    question = "How can two pictures be joined so that nobody sees where?"
    topics = ("P5",)
    controls = ("a", "b", "n_levels", "cut", "angle", "hand", "strokes")
    presets = (
        Preset(
            "works",
            "five levels",
            "Coarse bands change over slowly, fine ones at once: no step is left, and still every "
            "whisker is sharp. Drag the cut.",
            {"a": "cat", "b": "coffee", "n_levels": 5, "cut": 0.5, "angle": 0, "strokes": ""},
        ),
        Preset(
            "fails",
            "a hard cut",
            "One level is scissors and glue: the pictures differ in brightness and colour, and "
            "the eye finds that step at once.",
            {"a": "cat", "b": "coffee", "n_levels": 1, "cut": 0.5, "angle": 0, "strokes": ""},
        ),
        Preset(
            "puzzles",
            "a brown moon",
            "Far from the cut the moon turns brown. Go back to 4 levels and it is grey again. "
            "What do the last levels mix?",
            {"a": "coffee", "b": "moon", "n_levels": 7, "cut": 0.5, "angle": 0, "strokes": ""},
        ),
    )
    _esm = front_end("blend", "pyramid.js")

    a = Choice("cat", [*PICTURES, OWN]).tag(sync=True)
    b = Choice("coffee", [*PICTURES, OWN]).tag(sync=True)
    n_levels = Number(3, 1, model.MOST, whole=True).tag(sync=True)
    cut = Number(0.5, 0, 1).tag(sync=True)
    angle = Number(20.0, -180, 180, unit="degrees").tag(sync=True)
    hand = Choice("moves the cut", model.HANDS).tag(sync=True)
    strokes = Strokes("").tag(sync=True)
    own_a = Pixels().tag(sync=True)
    own_b = Pixels().tag(sync=True)

    def facts(self):
        photographs = {n: small(n, model.SIDE, colour=True).tobytes() for n in PICTURES}
        known = {"side": model.SIDE, "brush": model.BRUSH, "hands": model.HANDS}
        return known | {"photographs": photographs}

    def pictures(self):
        """The two pictures, (160, 160, 3) each."""
        return self._picture(self.a, self.own_a), self._picture(self.b, self.own_b)

    def _picture(self, name, own):
        if name != OWN:
            return small(name, model.SIDE, colour=True) / 255
        return np.frombuffer(own, np.uint8).reshape(model.SIDE, model.SIDE, 3) / 255

    def mask(self):
        """1 where a is, 0 where b is, (160, 160)."""
        return model.mask(self.cut, self.angle, self.strokes)

    def picture(self):
        """The blend, (160, 160, 3); it may leave [0, 1] a little."""
        return model.blended(*self.pictures(), self.mask(), self.n_levels)

    def steps(self):
        """Mean difference of neighbours across the cut, and elsewhere, in grey levels of 255."""
        return model.steps(self.picture(), self.mask())

    def still(self):
        mask = self.mask()
        pictures = [*self.pictures(), self.picture()]
        colours = [np.rint(255 * picture.clip(0, 1)).astype(np.uint8) for picture in pictures]
        masks = [still.grey(mask), still.grey(model.coarsest(mask, self.n_levels))]
        return still.row([*colours[:2], *masks, colours[2]], height=256)

    def sentence(self):
        words = model.sentence(self.a, self.b, self.n_levels, self.hand, *self.steps())
        return f"Two photographs, the mask, its coarsest level, the blend. {words}"
