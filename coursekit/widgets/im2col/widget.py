"""Im2colWidget: the state of the columns, and the same numbers for Python."""

import numpy as np

from coursekit.widgets import still
from coursekit.widgets.base import CourseWidget, Preset, front_end
from coursekit.widgets.im2col import model
from coursekit.widgets.traits import Number


class Im2colWidget(CourseWidget):
    """A picture of two channels, its windows as columns, their product with two filters.

    row, column: the chosen cell of the columns; beyond the last is the last. A click on a pixel
    chooses a cell that it was copied into. kernel: 1 to 3. stride: 1 or 2. padding: 0 or 1.
    Raises ValueError or TypeError for a state outside of these.
    """

    title = "im2col"
    question = "How does a convolution become one matrix product?"
    topics = ("C4",)
    controls = ("column", "row", "kernel", "stride", "padding")
    presets = (
        Preset(
            "works",
            "windows as columns",
            "Each column is a window, each row one place in all windows, and the filters times "
            "the columns is the whole convolution.",
            {"column": 4, "row": 5, "kernel": 2, "stride": 1, "padding": 0},
        ),
        Preset(
            "fails",
            "no way back",
            "col2im is not the inverse of im2col: a pixel that four windows have seen comes back "
            "four times as large.",
            {"column": 1, "row": 2, "kernel": 2, "stride": 1, "padding": 0},
        ),
        Preset(
            "puzzles",
            "a lost row",
            "At stride 2 the windows do not overlap, so col2im gives the picture back; but its "
            "last row comes back as 0. Where did it go?",
            {"column": 1, "row": 3, "kernel": 2, "stride": 2, "padding": 0},
        ),
    )
    _esm = front_end("im2col")

    column = Number(0, 0, 29, whole=True).tag(sync=True)
    row = Number(0, 0, 17, whole=True).tag(sync=True)
    kernel = Number(2, 1, 3, whole=True).tag(sync=True)
    stride = Number(1, 1, 2, whole=True).tag(sync=True)
    padding = Number(0, 0, 1, whole=True).tag(sync=True)

    def facts(self):
        return {
            "shape": model.SHAPE,
            "picture": model.PICTURE.ravel().tolist(),
            "weights": {k: weight.tolist() for k, weight in model.WEIGHTS.items()},
            "tables": model.tables(),
        }

    def columns(self):
        """The windows as columns, (2·k·k, oh·ow)."""
        return model.columns(*self._way())

    def product(self):
        """Two filters times the columns, (2, oh·ow)."""
        return model.product(*self._way())

    def sums(self):
        """col2im of the columns, (2, 3, 4)."""
        return model.sums(*self._way())

    def _way(self):
        return self.kernel, self.stride, self.padding

    def _cell(self):
        rows, columns = self.columns().shape
        return min(self.row, rows - 1), min(self.column, columns - 1)

    def still(self):
        picture, sums = (np.concatenate(list(x)) for x in (model.PICTURE, self.sums()))  # (6, 4)
        columns = still.cells(self.columns(), (*self._cell(), 1, 1))
        return still.row([still.cells(picture), columns, still.cells(sums)], height=320)

    def sentence(self):
        return model.sentence(*self._way(), *self._cell())
