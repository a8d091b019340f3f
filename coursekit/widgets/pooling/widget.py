"""PoolingWidget: the state of the pooling window, and the same numbers for Python."""

from coursekit.widgets import still
from coursekit.widgets.base import CourseWidget, Preset, front_end
from coursekit.widgets.pooling import model
from coursekit.widgets.traits import Choice, Number


class PoolingWidget(CourseWidget):
    """A window that keeps one number of many, stepped over 8 × 8 pixels, forward and backward.

    place: which of the window's places, row by row from 0; one beyond the last is the last.
    kind: "max", "average", "min" or "L2". size: 2 to 4. stride: 1 to 3. image: a name of
    `model.IMAGES`. kernel: side of a convolution before the pooling, 1 (none), 3 or 5, which
    widens what a number has seen. Output number k has the slope k, counted from 1, so that the
    slopes of the pixels tell where they came from. Raises ValueError or TypeError for a state
    outside of these.
    """

    title = "Pooling and receptive field"
    question = "What is kept when a window keeps one number of many, and which pixels are blamed?"
    topics = ("C5",)
    controls = ("place", "kind", "size", "stride", "image", "kernel")
    presets = (
        Preset(
            "works",
            "one of four",
            "Max pooling keeps a quarter of the numbers, and each slope goes whole to the pixel "
            "that won: 16 pixels learn, 48 do not.",
            {"place": 15, "kind": "max", "size": 2, "stride": 2, "image": "deck 004"},
        ),
        Preset(
            "fails",
            "mean of ups and downs",
            "A strong pattern of 9 and −9 has the mean 0: averaging loses it altogether. L2 and "
            "max do not.",
            {"place": 5, "kind": "average", "size": 2, "stride": 2, "image": "up and down"},
        ),
        Preset(
            "puzzles",
            "four equals",
            "All four pixels of each window are equal. The mean would yield the same numbers: "
            "would it send the slopes the same way?",
            {"place": 15, "kind": "max", "size": 2, "stride": 2, "image": "ties"},
        ),
    )
    _esm = front_end("pooling")

    place = Number(0, 0, 48, whole=True).tag(sync=True)
    kind = Choice("max", model.LAYERS).tag(sync=True)
    size = Number(2, 2, 4, whole=True).tag(sync=True)
    stride = Number(2, 1, 3, whole=True).tag(sync=True)
    image = Choice("deck 004", model.IMAGES).tag(sync=True)
    kernel = Choice(1, model.KERNELS).tag(sync=True)

    def facts(self):
        return {"images": {name: image.tolist() for name, image in model.IMAGES.items()}}

    def picture(self):
        """The picture under the window, (8, 8)."""
        return model.IMAGES[self.image]

    def output(self):
        """One number for each place of the window, (oh, ow)."""
        return model.pool(self.picture(), *self._way())

    def slopes(self):
        """The slope of each pixel when the outputs up to the present place have sent theirs."""
        return model.send_back(self.picture(), *self._way(), self._place())

    def _way(self):
        return self.kind, self.size, self.stride

    def _place(self):
        return min(self.place, self.output().size - 1)

    def still(self):
        output, size = self.output(), self.size
        _, y, x = model.window(self.picture(), size, self.stride, self._place())
        here = (*divmod(self._place(), output.shape[1]), 1, 1)
        pictures = [
            still.cells(self.picture(), (y, x, size, size)),
            still.cells(output, here),
            still.cells(self.slopes(), (y, x, size, size)),
        ]
        return still.row(pictures, height=320)

    def sentence(self):
        return model.sentence(self.picture(), *self._way(), self._place(), self.kernel)
