"""CoringWidget: the state of the coring page, and the same numbers for Python."""

import traitlets

from coursekit.data import PICTURES
from coursekit.widgets import still
from coursekit.widgets.base import CourseWidget, Preset, front_end
from coursekit.widgets.coring import model
from coursekit.widgets.live import packed
from coursekit.widgets.photographs import small
from coursekit.widgets.traits import Choice, Number


class CoringWidget(CourseWidget):
    """A noisy photograph, cleaned by coring the bands of its Laplacian pyramid.

    noise: standard deviation of white noise, 2 to 100 of 255 grey levels. threshold: 0 to 5 times
    the noise of each band. kind: "soft" or "hard". image: a name of `coursekit.data.PICTURES`.
    seed: of the noise.

    The page gets photograph and noise once and cores by itself. `picture()` is the same from
    `coursekit.applications.denoise`. Raises ValueError or TypeError for a state outside of these.
    """

    title = "Coring"
    question = "How can noise be taken out of a picture, and what goes with it?"
    topics = ("P6",)
    controls = ("noise", "threshold", "kind", "image", "seed")
    presets = (
        Preset(
            "works",
            "small numbers go",
            "Noise makes many small numbers, edges a few large ones. What is smaller than the "
            "noise goes: almost 5 dB are won, and the edges stay.",
            {"noise": 25, "threshold": 1.25, "kind": "soft"},
        ),
        Preset(
            "fails",
            "too much goes",
            "Where noise is weak and the threshold high, grass and buildings go with it: what is "
            "cleaned is farther from the truth than what was noisy.",
            {"noise": 13, "threshold": 5, "kind": "soft"},
        ),
        Preset(
            "puzzles",
            "hard at three",
            "Hard coring wins most near a threshold of 3, soft coring near 1. Compare the curves. "
            "What does soft coring do to large numbers?",
            {"noise": 25, "threshold": 3, "kind": "hard"},
        ),
    )
    _esm = front_end("coring", "pyramid.js")

    noise = Number(25.0, 2, 100, unit="grey levels").tag(sync=True)
    threshold = Number(2.0, 0, 5).tag(sync=True)
    kind = Choice("soft", model.KINDS).tag(sync=True)
    image = Choice("camera", PICTURES).tag(sync=True)
    seed = Number(0, 0, 10**6, whole=True).tag(sync=True)
    sent = traitlets.Dict().tag(sync=True)

    def facts(self):
        return {"images": [*PICTURES], "gains": model.gains(), "thresholds": model.THRESHOLDS}

    @traitlets.default("sent")
    def _pictures_to_send(self):
        photograph, noise = small(self.image, model.SIDE), model.noise(self.seed)
        arrays = {"photograph": packed(photograph), "noise": packed(noise)}
        return {"image": self.image, "seed": self.seed} | arrays

    @traitlets.observe("image", "seed")
    def _send_pictures(self, _):
        if (self.sent["image"], self.sent["seed"]) != (self.image, self.seed):
            self.sent = self._pictures_to_send()

    def noisy(self):
        """The photograph with noise, (160, 160); it may leave [0, 1]."""
        return model.photograph(self.image) + self.noise / 255 * model.noise(self.seed)

    def picture(self):
        """The cleaned photograph, (160, 160)."""
        return model.cleaned(self.noisy(), *self._coring())

    def gain(self):
        """Decibels won by coring."""
        truth = model.photograph(self.image)
        return model.psnr(self.picture(), truth) - model.psnr(self.noisy(), truth)

    def _coring(self):
        return self.noise, self.threshold, self.kind

    def still(self):
        noisy, cleaned = self.noisy(), self.picture()
        taken = still.signed(noisy - cleaned, 3 * self.noise / 255)
        return still.row([still.grey(noisy), still.grey(cleaned), taken], height=256)

    def sentence(self):
        truth, noisy = model.photograph(self.image), self.noisy()
        before, after = (model.psnr(picture, truth) for picture in (noisy, self.picture()))
        words = model.sentence(before, after, model.kept(noisy, *self._coring()), self.kind)
        return f"Photograph “{self.image}” with noise, cleaned, what was taken away. {words}"
