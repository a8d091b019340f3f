"""07_convolutional_networks: changed solutions are rejected, the usual slips called by name."""

from pathlib import Path

import numpy as np
import pytest
import right_07 as right
from mutants import reports_of_slip, survivors

from coursekit import nn

SOLUTION = Path(__file__).parent.parent / "solutions" / "07_convolutional_networks.ipynb"

HARMLESS = {  # as right as the solution
    "07_4_matrices": {  # axes of a sum, named in another order
        "return (weight.T @ dy, np.einsum('nop,nrp->or', dy, columns), dy.sum(axis=(2, 0)))"
    },
    "07_5_conv1d": {"return (P.T @ np.convolve(w, dy), dw)"},  # a convolution commutes
    "07_6_pool": {"return seen[:, :, ::stride[0], ::stride[1]].max(axis=(5, 4))"},
}


def test_every_changed_solution_is_rejected():
    count, passing = survivors(SOLUTION)
    assert count >= 100
    assert passing == {(task, line) for task, lines in HARMLESS.items() for line in lines}


def counts(*factors):
    return lambda *a: [f * count for f, count in zip(factors, right.weight_counts(*a), strict=True)]


def all_joined(table, kernel):
    return len(table) * (kernel[0] * kernel[1] * (max(map(max, table)) + 1) + 1)


def own_stride(layers):
    size, apart = 1, 1
    for kernel, stride in layers:
        apart *= stride
        size += (kernel - 1) * apart
    return size


def correlate_same(image, kernel):
    (a, b), (kh, kw) = image.shape, kernel.shape
    padded = np.pad(image, [(kh // 2, (kh - 1) // 2), (kw // 2, (kw - 1) // 2)])
    return right.correlate2d(padded, kernel)[:a, :b]


def layer(change):
    """conv2d, called with other arguments: change(x, weight, bias, stride, padding)."""
    return lambda *a: right.conv2d(*change(*a))


def repeated(x, weight, bias, stride, p):
    return np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)], mode="edge"), weight, bias, stride, 0


def pixel_first(x, kernel):
    """Rows ordered ky, kx, channel, the layout of another library."""
    n, c = x.shape[:2]
    columns = right.im2col(x, kernel)
    return columns.reshape(n, c, -1, columns.shape[2]).swapaxes(1, 2).reshape(columns.shape)


def kernel_first(x, kernel):
    """kx before ky."""
    columns = right.im2col(x.swapaxes(2, 3), kernel[::-1])
    oh, ow = (s - k + 1 for s, k in zip(x.shape[2:], kernel, strict=True))
    return columns.reshape(*columns.shape[:2], ow, oh).swapaxes(2, 3).reshape(*columns.shape)


def overwritten(columns, shape, kernel):
    (n, c, h, w), (kh, kw) = shape, kernel
    dx, oh, ow = np.zeros(shape), h - kh + 1, w - kw + 1
    entries = columns.reshape(n, c, kh, kw, oh, ow)
    for ky, kx in np.ndindex(kh, kw):
        dx[:, :, ky : ky + oh, kx : kx + ow] = entries[:, :, ky, kx]
    return dx


def undone(columns, shape, kernel):
    return right.col2im(columns, shape, kernel) / nn.col2im(np.ones(columns.shape), shape, kernel)


def slopes(change=lambda each: each, at=1, of=right.conv_backward):
    """The slopes with one of them changed."""

    def answer(*args):
        result = list(of(*args))
        result[at] = change(result[at])
        return tuple(result)

    return answer


def first_picture(columns, weight, dy):
    return (weight.T @ dy, *right.conv_backward(columns[:1], weight, dy[:1])[1:])


def averaged(columns, weight, dy):
    dcolumns, *others = right.conv_backward(columns, weight, dy)
    return (dcolumns, *(each / len(dy) for each in others))


def only_zeros(function):
    """As if every boundary were one of zeros."""
    return lambda *args: function(*args[:-1], "zeros")


def doubled_mirror(x, w, mode):
    if mode != "reflect":
        return right.conv1d_forward(x, w, mode)
    return np.correlate(np.pad(x, len(w) // 2, mode="symmetric"), w, "valid")


def padded_slope(x, w, dy, mode):
    dx = right.conv1d_forward(dy, w[::-1], mode)
    return dx, right.conv1d_backward(x, w, dy, mode)[1]


def shared_slope(x, dy, size, stride):
    return nn_backward(nn.AvgPool2d(size, stride), x, dy)


def nn_backward(pool, x, dy):
    pool.forward(x)
    return pool.backward(dy)


def last_wins(x, dy, size, stride):
    """The last of equals, for windows that touch: the first one of the picture turned over."""
    h, w = dy.shape[2] * stride[0], dy.shape[3] * stride[1]
    turned = right.max_pool_backward(
        x[:, :, :h, :w][:, :, ::-1, ::-1], dy[:, :, ::-1, ::-1], size, stride
    )
    return np.pad(
        turned[:, :, ::-1, ::-1], [(0, 0), (0, 0), (0, x.shape[2] - h), (0, x.shape[3] - w)]
    )


def written_over(x, dy, size, stride):
    dx = np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = i * stride[0], j * stride[1]
        window = x[n, c, rows : rows + size[0], columns : columns + size[1]]
        a, b = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, rows + a, columns + b] = dy[n, c, i, j]
    return dx


def equal_shares(x, dy, size, stride):
    """All equals get the whole slope."""
    y, dx = right.max_pool(x, size, stride), np.zeros(x.shape)
    for n, c, i, j in np.ndindex(dy.shape):
        rows, columns = (slice(a * s, a * s + k) for a, s, k in zip((i, j), stride, size, strict=1))
        dx[n, c, rows, columns] += dy[n, c, i, j] * (x[n, c, rows, columns] == y[n, c, i, j])
    return dx


C1, F2, M4, S5, P6, B7 = "1_counts", "2_conv", "4_matrices", "5_conv1d", "6_pool", "7_fragile"
# task, answer, what stands in its place, points that are left, words of the message
SLIPS = [
    (C1, "weight_counts", lambda p, w, u, f: [p * u, w, w * f], 2, "each unit has its own"),
    (C1, "weight_counts", lambda p, w, u, f: [p * u, w * u, w * u], 2, "sharing saves"),
    (C1, "weight_counts", lambda p, w, u, f: [p * u + u, w * u, w * f], 2, "biases"),
    (C1, "weight_counts", lambda *a: right.weight_counts(*a)[::-1], 2, "dense is off"),
    (C1, "weight_counts", counts(1, 1, 2), 2, "shared is off"),
    (C1, "table_parameters", all_joined, 2, "joined to every input map"),
    (
        C1,
        "table_parameters",
        lambda t, k: right.table_parameters(t, k) - len(t),
        2,
        "forgotten biases",
    ),
    (C1, "receptive_field", own_stride, 2, "a layer's own stride"),
    (C1, "receptive_field", lambda a: 1 + sum(k - 1 for k, _ in a), 2, "ignoring the strides"),
    (C1, "receptive_field", lambda a: right.receptive_field(a) - 1, 2, "off-by-one"),
    (C1, "receptive_field", lambda a: right.receptive_field(a[::-1]), 2, "wrong order"),
    (F2, "correlate2d", right.convolve2d, 4, "convolution: the kernel"),
    (F2, "correlate2d", correlate_same, 4, "the kernel stays inside"),
    (F2, "correlate2d", lambda x, k: right.correlate2d(x, k).T, 4, "height and width swapped"),
    (F2, "correlate2d", lambda x, k: right.correlate2d(x, k)[:-1, :-1], 4, "off-by-one"),
    (F2, "convolve2d", right.correlate2d, 4, "turns the kernel by 180°"),
    (F2, "convolve2d", lambda x, k: right.correlate2d(x, k[::-1]), 4, "rows only"),
    (F2, "conv2d", layer(lambda x, w, b, s, p: (x, w, 0 * b, s, p)), 2, "a forgotten bias"),
    (
        F2,
        "conv2d",
        layer(lambda x, w, b, s, p: (x, w[..., ::-1, ::-1], b, s, p)),
        2,
        "does not turn its filters",
    ),
    (F2, "conv2d", layer(lambda x, w, b, s, p: (x, w, b, 1, p)), 3, "forgetting the stride"),
    (F2, "conv2d", layer(lambda x, w, b, s, p: (x, w, b, s, 0)), 4, "forgetting the padding"),
    (F2, "conv2d", layer(repeated), 4, "outside are zeros"),
    (F2, "conv2d", layer(lambda x, w, b, s, p: (x[:, :1], w[:, :1], b, s, p)), 2, "first channel"),
    (F2, "conv2d", lambda *a: right.conv2d(*a).swapaxes(2, 3), 2, "height and width swapped"),
    ("3_im2col", "im2col", lambda x, k: right.im2col(x, k).swapaxes(1, 2), 0, "the transpose"),
    ("3_im2col", "im2col", lambda x, k: right.im2col(x, k[::-1]), 0, "the shape"),
    ("3_im2col", "im2col", pixel_first, 1, "rows ordered ky, kx, channel"),
    ("3_im2col", "im2col", kernel_first, 0, "rows ordered channel, kx, ky"),
    ("3_im2col", "im2col", lambda x, k: right.im2col(x, k)[0], 0, "the axis of the pictures"),
    ("3_im2col", "im2col", lambda x, k: right.im2col(x[:, :, :-1, :-1], k), 0, "off-by-one"),
    ("3_im2col", "im2col", lambda x, k: nn.im2col(x, k, k), 0, "do not overlap"),
    (M4, "col2im", overwritten, 4, "overwriting"),
    (M4, "col2im", undone, 4, "undoes im2col"),
    (M4, "col2im", lambda c, s, k: right.col2im(c, s, k).swapaxes(2, 3), 4, "height and width"),
    (M4, "conv_forward", lambda c, w, b: w @ c, 5, "a forgotten bias"),
    (M4, "conv_forward", lambda c, w, b: w @ c + b, 5, "ValueError"),
    (M4, "conv_backward", slopes(lambda d: d.T), 5, "the transpose"),
    (M4, "conv_backward", slopes(lambda d: d.swapaxes(1, 2), at=0), 5, "the transpose"),
    (M4, "conv_backward", slopes(np.negative, at=0), 5, "a swapped sign"),
    (M4, "conv_backward", averaged, 4, "a mean over the pictures"),
    (M4, "conv_backward", first_picture, 4, "the first picture alone"),
    (M4, "conv_backward", lambda *a: right.conv_backward(*a)[:2], 3, "got 2 things"),
    (S5, "conv1d_forward", only_zeros(right.conv1d_forward), 4, "another boundary, zeros"),
    (S5, "conv1d_forward", doubled_mirror, 4, "another boundary, symmetric"),
    (S5, "conv1d_forward", lambda x, w, m: right.conv1d_forward(x, w[::-1], m), 3, "convolution"),
    (S5, "conv1d_forward", lambda x, w, m: np.correlate(x, w, "valid"), 3, "no padding"),
    (S5, "conv1d_backward", only_zeros(right.conv1d_backward), 3, "losing what the added samples"),
    (S5, "conv1d_backward", padded_slope, 4, "is undone, not repeated"),
    (
        S5,
        "conv1d_backward",
        slopes(lambda d: d[::-1], 1, right.conv1d_backward),
        4,
        "a kernel turned over",
    ),
    (S5, "conv1d_backward", lambda x, w, d, m: right.conv1d_backward(x, w[::-1], d, m), 3, "wrong"),
    (P6, "max_pool", lambda x, k, s: nn.AvgPool2d(k, s).forward(x), 3, "the mean"),
    (P6, "max_pool", lambda x, k, s: nn.MinPool2d(k, s).forward(x), 3, "the smallest"),
    (P6, "max_pool", lambda x, k, s: right.max_pool(x, k, k), 4, "as large as the window"),
    (P6, "max_pool", lambda x, k, s: np.maximum(right.max_pool(x, k, s), 0), 3, "never wins"),
    (P6, "max_pool", lambda x, k, s: right.max_pool(x, k, (1, 1)), 3, "the stride is forgotten"),
    (P6, "max_pool_backward", shared_slope, 2, "an equal share"),
    (P6, "max_pool_backward", last_wins, 3, "the last of the equals"),
    (P6, "max_pool_backward", equal_shares, 4, "every one of the equals"),
    (P6, "max_pool_backward", written_over, 4, "overwriting"),
    (B7, "fragile", np.ones, 0, "a constant as before"),
    (B7, "fragile", lambda n: np.arange(n) % 2, 0, "a constant as before"),
    (B7, "fragile", lambda n: np.zeros(n), 0, "before the step"),
    (B7, "fragile", lambda n: [0, 1] + (n - 2) // 2 * [1, 0], 1, "the sorted list"),
]


@pytest.mark.parametrize(("task", "name", "wrong", "points", "words"), SLIPS)
def test_slips_cost_their_points_and_are_named(task, name, wrong, points, words):
    for report in reports_of_slip(right.RIGHT, task, name, wrong):
        assert report.points == points, report
        assert words in " ".join(report.messages), report


def test_the_counts_of_lenet_5():
    """Deck 000's network: all layers but the subsampling ones are tables."""
    dense = [(range(n), m, k) for n, m, k in [(1, 6, 5), (16, 120, 5), (120, 84, 1)]]
    found = [right.table_parameters([maps] * m, (k, k)) for maps, m, k in dense]
    assert found == [156, 48_120, 10_164]
    assert right.table_parameters(nn.lenet.C3_TABLE, (5, 5)) == 1516


def test_the_text_of_the_homework_is_right():
    x, w = np.array([1.0, 2, 3, 4]), np.array([1.0, 10, 100])
    text = SOLUTION.read_text(encoding="utf-8")
    for mode in ("zeros", "reflect", "replicate", "circular"):
        assert " ".join(f"{y:.0f}" for y in right.conv1d_forward(x, w, mode)) in text
