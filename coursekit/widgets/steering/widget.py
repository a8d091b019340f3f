"""SteeringWidget: the state of the steering page, and the same numbers for Python."""

import traitlets

from coursekit.data import PICTURES
from coursekit.widgets import still
from coursekit.widgets.base import CourseWidget, Preset, front_end
from coursekit.widgets.steering import model
from coursekit.widgets.traits import Choice, Number

OWN = "your own"


class Photograph(traitlets.TraitType):
    """The name of a photograph; an array may be given, too, and is then called "your own"."""

    def validate(self, widget, value):
        if not isinstance(value, str):
            widget.own = model.photograph(value).copy()  # a later change of it stays outside
            widget.images = [*PICTURES, OWN]
            return OWN
        if value not in widget.images:
            known = ", ".join(widget.images)
            raise ValueError(f"SteeringWidget.image is an array or one of {known}; got {value!r}")
        return value


class SteeringWidget(CourseWidget):
    """A derivative of a Gaussian turned by hand, and a photograph seen through it.

    angle: degrees, −180 to 180; positive turns x towards y. order: 1 to 4, how often the Gaussian
    is derived. image: a name of `coursekit.data.PICTURES` or an array (h, w) or (h, w, 3) with
    values in [0, 1]. all_kernels: False leaves the last of the order + 1 basis kernels out.

    The page gets the photograph and the separable basis once; it filters and steers by itself, so
    it also moves in a saved page without Python. `picture()` is the same response from
    `coursekit.filters`. Raises ValueError or TypeError for a state outside of these.
    """

    title = "Steering"
    question = "How can a few fixed kernels look in every direction?"
    topics = ("P7", "P8")
    controls = ("angle", "order", "all_kernels", "image")
    presets = (
        Preset(
            "works",
            "60°",
            "Half of the kernel along x and 0.866 of the one along y make the kernel of 60°: two "
            "responses, computed once, give every angle.",
            {"angle": 60, "order": 1, "all_kernels": True},
        ),
        Preset(
            "fails",
            "one kernel short",
            "With two kernels in place of three, order 2 cannot turn: drag the angle and watch "
            "the kernel change its shape and fade.",
            {"angle": 75, "order": 2, "all_kernels": False},
        ),
        Preset(
            "puzzles",
            "half a turn",
            "Compare 180° with 0°. At order 2 nothing changes; at orders 1 and 3 blue and orange "
            "change places. Why?",
            {"angle": 180, "order": 2, "all_kernels": True},
        ),
    )
    _esm = front_end("steering")

    angle = Number(0.0, -180, 180, unit="degrees").tag(sync=True)
    order = Number(1, 1, 4, whole=True).tag(sync=True)
    all_kernels = Choice(True, (True, False)).tag(sync=True)
    images = traitlets.List([*PICTURES]).tag(sync=True)
    image = Photograph("camera").tag(sync=True)
    photo = traitlets.Dict().tag(sync=True)
    own = traitlets.Any()  # the learner's own picture (h, w)

    def __init__(self, image="camera", angle=0, order=1, **state):
        super().__init__(image=image, angle=angle, order=order, **state)

    def facts(self):
        return {"separable": {order: model.separable_basis(order) for order in model.ORDERS}}

    @traitlets.default("photo")
    def _photo_to_send(self):
        return model.message(self.image, self.photograph())

    @traitlets.observe("image", "own")
    def _send_photo(self, _):
        self.photo = self._photo_to_send()

    def photograph(self):
        """The grey picture (h, w) that is filtered."""
        return self.own if self.image == OWN else model.photograph(self.image)

    def responses(self):
        """The photograph seen through each of the basis kernels, (order + 1, h, w)."""
        return model.responses(self.photograph(), self.order)

    def picture(self):
        """The present response (h, w), computed by `coursekit.filters`."""
        return model.turned(self.responses(), self.angle, self.all_kernels)

    def still(self):
        kernels, responses = model.basis(self.order), self.responses()
        kernel, response = (
            model.turned(arrays, self.angle, self.all_kernels) for arrays in (kernels, responses)
        )
        pictures = [
            still.grey(self.photograph()),
            still.signed(kernel, abs(kernels[0]).max()),
            still.signed(response, model.strength(responses)),
        ]
        return still.row(pictures, height=256)

    def sentence(self):
        words = model.sentence(self.order, self.angle, self.all_kernels)
        return f"Photograph “{self.image}”, kernel, response. {words}"
