"""Where a kernel stands on a picture: sizes, padding, windows, and the decks' im2col.

Everything here works on x (n, c, *size) with one spatial axis or two; shapes are written for two.
"""

import math
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from coursekit.nn.expect import expect, expect_count, expect_floats

AXES = {1: ("l",), 2: ("h", "w")}
# torch.nn's words -> numpy.pad's
PADDING_MODES: dict[str, Any] = {
    "zeros": "constant",
    "reflect": "reflect",
    "replicate": "edge",
    "circular": "wrap",
}


def per_axis(owner, name, value, dims, least=1):
    """3 -> (3, 3) and (3, 2) -> (3, 2): one whole number for each spatial axis."""
    values = value if isinstance(value, tuple | list) else (value,) * dims
    if len(values) != dims:
        raise ValueError(f"{owner} expects {name} as {dims} numbers or one; got {value!r}")
    return tuple(expect_count(owner, name, v, least) for v in values)


def output_size(owner, size, kernel, stride, padding):
    """(size + 2 padding − kernel) // stride + 1 along each axis: the places of the kernel."""
    padded = tuple(s + 2 * p for s, p in zip(size, padding, strict=True))
    if any(k > s for k, s in zip(kernel, padded, strict=True)):
        raise ValueError(f"{owner}: kernel {kernel} is larger than the padded input {padded}")
    return tuple((s - k) // t + 1 for s, k, t in zip(padded, kernel, stride, strict=True))


def pad(x, padding, mode="zeros", fill=0.0):
    """x (n, c, h, w) -> (n, c, h + 2 ph, w + 2 pw); x itself when there is nothing to add.

    Raises ValueError for a reflect or circular padding beyond what the picture has to give.
    """
    if not any(padding):
        return x
    most = tuple(s - (mode == "reflect") for s in x.shape[2:])  # reflect leaves out the edge
    if mode in {"reflect", "circular"} and any(p > m for p, m in zip(padding, most, strict=True)):
        raise ValueError(
            f"x of size {x.shape[2:]} has {mode} padding of at most {most}; got {padding}"
        )
    if mode != "zeros":
        return np.pad(x, ((0, 0), (0, 0), *((p, p) for p in padding)), mode=PADDING_MODES[mode])
    wide = tuple(s + 2 * p for s, p in zip(x.shape[2:], padding, strict=True))
    padded = np.full((*x.shape[:2], *wide), fill, x.dtype)  # half the time of np.pad
    unpad(padded, padding)[...] = x
    return padded


def unpad(dx, padding, mode="zeros"):
    """The adjoint of pad: what an added pixel received goes back to the pixel it was copied from.

    dx (n, c, h + 2 ph, w + 2 pw) -> (n, c, h, w).
    """
    for axis, p in enumerate(padding, start=2):
        if p == 0:
            continue
        dx = np.moveaxis(dx, axis, 0)
        size = len(dx) - 2 * p
        inside = dx[p : p + size]
        if mode != "zeros":
            inside = inside.copy()
            copied_from = np.pad(np.arange(size), p, mode=PADDING_MODES[mode])
            for i in (*range(p), *range(p + size, size + 2 * p)):
                inside[copied_from[i]] += dx[i]
        dx = np.moveaxis(inside, 0, axis)
    return dx


def windows(x, kernel, stride, writeable=False):
    """What the kernel sees at each place: a view (n, c, kh, kw, oh, ow) that copies nothing.

    windows(x, …)[:, :, ky, kx] is every stride-th pixel of x, starting at row ky, column kx. Axes
    of x after the spatial ones stay last.
    """
    spatial = tuple(range(2, 2 + len(kernel)))
    view = sliding_window_view(x, kernel, axis=spatial, writeable=writeable)
    view = view[:, :, *(slice(None, None, t) for t in stride)]  # (n, c, oh, ow, kh, kw)
    return view.transpose(0, 1, *range(x.ndim, view.ndim), *range(2, x.ndim))


def add_columns(seen, columns, kernel, axis):
    """seen += columns, for windows seen of a picture, whose kernel axes start at `axis`.

    The adjoint of copying them, one kernel offset at a time: within one no pixel is seen twice.
    """
    before = (slice(None),) * axis
    for offset in np.ndindex(kernel):
        seen[*before, *offset] += columns[*before, *offset]


def im2col(x, kernel_size, stride=1, padding=0):
    """Windows as columns: x (n, c, h, w) -> (n, c·kh·kw, oh·ow), rows ordered channel, ky, kx.

    A convolution is then one matrix product, weight (out, c·kh·kw) @ columns (deck 004, "Im2col:
    rearrange image"). The padding is zeros. Raises ValueError when the kernel does not fit.
    """
    kernel, stride, padding, out = geometry("im2col", x.shape, kernel_size, stride, padding)
    expect_floats("im2col", x)
    view = windows(pad(x, padding), kernel, stride)  # (n, c, kh, kw, oh, ow)
    return view.copy().reshape(len(x), x.shape[1] * math.prod(kernel), math.prod(out))


def col2im(columns, shape, kernel_size, stride=1, padding=0):
    """The adjoint of im2col: every entry is added to the pixel that it was copied from.

    columns (n, c·kh·kw, oh·ow), shape (n, c, h, w) of the picture -> (n, c, h, w), so that
    ⟨im2col(x), columns⟩ = ⟨x, col2im(columns)⟩. It is not the inverse: a pixel seen by m windows
    gets m entries.
    """
    kernel, stride, padding, out = geometry("col2im", shape, kernel_size, stride, padding)
    n, c, *size = shape
    expect("col2im", columns, (n, c * math.prod(kernel), math.prod(out)), "columns")
    dx = np.zeros((n, c, *(s + 2 * p for s, p in zip(size, padding, strict=True))), columns.dtype)
    seen = windows(dx, kernel, stride, writeable=True)
    add_columns(seen, columns.reshape(n, c, *kernel, *out), kernel, axis=2)
    return unpad(dx, padding)


def geometry(owner, shape, kernel_size, stride, padding):
    """Kernel, stride, padding and output size as tuples, for a picture of this shape."""
    dims = len(shape) - 2
    if dims not in AXES:
        raise ValueError(f"{owner} expects a shape (n, c, l) or (n, c, h, w); got {tuple(shape)}")
    kernel = per_axis(owner, "kernel_size", kernel_size, dims)
    stride = per_axis(owner, "stride", stride, dims)
    padding = per_axis(owner, "padding", padding, dims, least=0)
    return kernel, stride, padding, output_size(owner, shape[2:], kernel, stride, padding)
