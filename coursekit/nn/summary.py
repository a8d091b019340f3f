"""A network layer by layer: what comes out of each, and how many numbers it has learnt."""

import math
from typing import NamedTuple

from coursekit.nn.layers import Sequential


class Row(NamedTuple):
    name: str
    kind: str
    output_shape: tuple[int, ...]  # of one example
    n_params: int


class Summary:
    """The rows of a table, one per layer, and their `n_params` in total; str() lays it out."""

    def __init__(self, rows):
        self.rows = rows
        self.n_params = sum(row.n_params for row in rows)

    def __str__(self):
        cells = [("layer", "kind", "output", "parameters")]
        for row in self.rows:
            shape = " × ".join(map(str, row.output_shape))
            cells.append((row.name, row.kind, shape, f"{row.n_params:,}"))
        cells.append(("total", "", "", f"{self.n_params:,}"))
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        return "\n".join(line(row, widths) for row in cells)

    __repr__ = __str__


def summary(model, input_shape):
    """Count a model layer by layer, for one example of this shape, without computing anything.

    >>> summary(models.lenet5(rng=None), (1, 28, 28)).n_params
    61706
    """
    rows, _ = rows_of(model, (1, *input_shape), "")
    return Summary(rows)


def rows_of(module, shape, name):
    """The rows of a module, and the shape that leaves it."""
    if not isinstance(module, Sequential):
        shape = module.output_shape(shape)
        n_params = sum(math.prod(m.params[key].shape) for _, m, key in module.named_parameters())
        return [Row(name, type(module).__name__, shape[1:], n_params)], shape
    rows = []
    for child_name, child in module.children().items():
        below, shape = rows_of(child, shape, f"{name}.{child_name}" if name else child_name)
        rows += below
    return rows, shape


def line(cells, widths):
    *texts, number = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "  ".join([*texts, number.strip().rjust(widths[-1])]).rstrip()
