"""ConvolutionWidget: the state of the sliding window, and the same numbers for Python."""

import numpy as np

from coursekit.widgets import still
from coursekit.widgets.base import CourseWidget, Preset, front_end
from coursekit.widgets.convolution import model
from coursekit.widgets.traits import Choice, Matrix, Number


class ConvolutionWidget(CourseWidget):
    """A kernel that slides over a picture, stepped or dragged, with every product shown.

    place: which of the window's places, row by row from 0; one beyond the last is the last.
    image: one of `model.IMAGES`. kernel: a name of `model.KERNELS` or numbers (k, k), k in
    1, 3, 5. operation: "correlation" or "convolution". padding: 0 to 2 zeros on every side.
    stride: 1 to 3. Raises ValueError or TypeError for a state outside of these.
    """

    title = "Convolution and correlation"
    question = "What becomes of a picture when each pixel is replaced by a sum over its neighbours?"
    topics = ("C1", "C3")
    controls = ("place", "image", "kernel", "operation", "padding", "stride")
    presets = (
        Preset(
            "works",
            "mean of nine",
            "A ninth of each of nine pixels. The hole fills, the dot spreads, the edges become "
            "slopes: a mean takes away what is small.",
            {
                "place": 27,
                "image": "deck 001",
                "kernel": "box 3×3",
                "operation": "correlation",
                "padding": 0,
                "stride": 1,
            },
        ),
        Preset(
            "fails",
            "dark borders",
            "Padding keeps the size, but its zeros are black pixels: the mean of a flat 90 falls "
            "to 60 at the edges and to 40 in the corners.",
            {
                "place": 0,
                "image": "flat",
                "kernel": "box 3×3",
                "operation": "correlation",
                "padding": 1,
                "stride": 1,
            },
        ),
        Preset(
            "puzzles",
            "stamp of a dot",
            "Under correlation a single 1 becomes the kernel upside down. Switch to convolution. "
            "Which of the two turns its kernel, and who sees it upright?",
            {
                "place": 18,
                "image": "dot",
                "kernel": "corner",
                "operation": "correlation",
                "padding": 0,
                "stride": 1,
            },
        ),
    )
    _esm = front_end("convolution")

    place = Number(0, 0, (model.LARGEST + 4) ** 2 - 1, whole=True).tag(sync=True)
    image = Choice("deck 001", model.IMAGES).tag(sync=True)
    kernel = Matrix("box 3×3", model.KERNELS, model.SIDES).tag(sync=True)
    operation = Choice("correlation", model.OPERATIONS).tag(sync=True)
    padding = Number(0, 0, 2, whole=True).tag(sync=True)
    stride = Number(1, 1, 3, whole=True).tag(sync=True)

    def facts(self):
        images = model.images().items()
        return {
            "images": {
                name: {"shape": image.shape, "values": image.astype(int).ravel().tolist()}
                for name, image in images
            },
            "kernels": {name: kernel.tolist() for name, kernel in model.KERNELS.items()},
        }

    def picture(self):
        """The picture that the window slides over, (h, w)."""
        return model.images()[self.image]

    def numbers(self):
        """The kernel, (k, k)."""
        return model.KERNELS[self.kernel] if isinstance(self.kernel, str) else np.array(self.kernel)

    def output(self):
        """The picture seen through the kernel, (oh, ow)."""
        return model.respond(self.picture(), self.numbers(), *self._way())

    def products(self):
        """The products at the present place, (k, k); their sum is a number of the output."""
        return model.products(self.picture(), self.numbers(), *self._way(), self._place())

    def _way(self):
        return self.operation, self.stride, self.padding

    def _place(self):
        return min(self.place, self.output().size - 1)

    def still(self):
        output, side = self.output(), len(self.numbers())
        y, x = divmod(self._place(), output.shape[1])
        padded = np.pad(self.picture(), self.padding)
        pictures = [
            still.cells(padded, (y * self.stride, x * self.stride, side, side)),
            still.cells(self.products()),
            still.cells(output, (y, x, 1, 1)),
        ]
        return still.row(pictures, height=320)

    def sentence(self):
        value = self.output().ravel()[self._place()]
        side, shape = len(self.numbers()), self.picture().shape
        return model.sentence(shape, side, *self._way(), self._place(), value)
