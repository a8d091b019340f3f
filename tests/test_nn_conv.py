"""Convolutions: columns and their adjoint, slopes, the decks' numbers, words for bad input."""

import tracemalloc

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from coursekit import nn
from coursekit.nn import threads, tiles

# kernel, stride, padding, groups, padding_mode, out channels; 4 input channels
CONV2D = {
    "plain": ((2, 3), 1, 0, 1, "zeros", 3),
    "padded": ((3, 2), 1, (2, 1), 1, "zeros", 5),
    "more padding than kernel": ((2, 1), 1, (3, 2), 1, "zeros", 5),
    "many filters": ((2, 3), 1, (0, 1), 1, "zeros", 9),
    "strided": ((3, 2), (2, 3), (1, 0), 1, "zeros", 3),
    "stride beyond the kernel": ((1, 2), 3, 0, 1, "zeros", 3),
    "groups": ((2, 3), 1, 1, 2, "zeros", 6),
    "groups, strided": ((2, 3), (1, 2), 1, 2, "zeros", 6),
    "depthwise": ((3, 2), 1, (1, 0), 4, "zeros", 4),
    "two filters a channel": ((3, 2), 1, (1, 0), 4, "zeros", 12),
    "reflect": ((3, 2), 1, (2, 1), 1, "reflect", 3),
    "replicate": ((3, 2), (1, 2), (4, 1), 1, "replicate", 3),
    "circular": ((3, 2), 1, (5, 1), 2, "circular", 6),
}
CONV1D = {
    "plain": (3, 1, 0, 1, "zeros", 5),
    "strided": (3, 2, 2, 2, "zeros", 6),
    "reflect": (4, 1, 3, 1, "reflect", 3),
    "circular": (2, 3, 1, 4, "circular", 8),
}


def make_conv(rng, case, **more):
    kernel, stride, padding, groups, mode, out = case
    cls = nn.Conv1d if isinstance(kernel, int) else nn.Conv2d
    make = {"groups": groups, "padding_mode": mode, "rng": rng, **more}
    return cls(4, out, kernel, stride, padding, **make)


@pytest.mark.parametrize("case", CONV2D.values(), ids=CONV2D)
def test_conv2d_slopes(rng, case):
    layer = make_conv(rng, case)
    x = rng.standard_normal((2, 4, 5, 7))
    assert nn.gradcheck(layer, x) < 1e-6
    assert layer.output_shape(x.shape) == layer.forward(x).shape


@pytest.mark.parametrize("case", CONV1D.values(), ids=CONV1D)
def test_conv1d_slopes(rng, case):
    layer = make_conv(rng, case, bias=False)
    x = rng.standard_normal((3, 4, 8))
    error = nn.gradcheck(layer, x)
    assert set(error.by_name) == {"x", "weight"}
    assert error < 1e-6
    assert layer.output_shape(x.shape) == layer.forward(x).shape


@pytest.mark.parametrize("case", CONV2D.values(), ids=CONV2D)
def test_conv_is_the_lectures_im2col(rng, case):
    """weight · columns, made for the whole batch at once as on the slides, gives the same."""
    kernel, stride, padding, groups, mode, out = case
    layer = make_conv(rng, case)
    x = rng.standard_normal((3, 4, 5, 7))
    widths = ((0, 0), (0, 0), *((p, p) for p in layer.padding))
    padded = np.pad(x, widths, mode=nn.windows.PADDING_MODES[mode])

    y = []
    for part, weight, bias in zip(
        np.split(padded, groups, axis=1),
        np.split(layer.params["weight"], groups),
        np.split(layer.params["bias"], groups),
        strict=True,
    ):
        columns = nn.im2col(part, kernel, stride)
        y.append(weight.reshape(out // groups, -1) @ columns + bias[:, None])
    want = np.concatenate(y, axis=1).reshape(layer.output_shape(x.shape))
    np.testing.assert_allclose(layer.forward(x), want, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("tile", [1, 300, 3000])
@pytest.mark.parametrize("unpacked", [1, 10**6])
@pytest.mark.parametrize("long", [0, 100])
@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize("case", ["padded", "groups, strided", "reflect"])
def test_tiles_and_threads_change_nothing(rng, monkeypatch, tile, unpacked, long, n_threads, case):
    layer = make_conv(rng, CONV2D[case])
    x = rng.standard_normal((9, 4, 6, 7))
    y = layer.forward(x)
    dy = rng.standard_normal(y.shape)
    dx, grads = layer.backward(dy), dict(layer.grads)

    monkeypatch.setattr(threads, "WORTHWHILE", 0)
    monkeypatch.setattr(tiles, "TILE", tile)
    monkeypatch.setattr(tiles, "UNPACKED", unpacked)
    monkeypatch.setattr(tiles, "LONG", long)
    with threadpool_limits(n_threads, "blas"):
        np.testing.assert_allclose(layer.forward(x), y, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(layer.backward(dy), dx, rtol=1e-12, atol=1e-12)
    assert layer.beside == (9 if long else 1)
    for key, value in grads.items():
        np.testing.assert_allclose(layer.grads[key], value, rtol=1e-12, atol=1e-12)


def test_blas_keeps_to_one_thread_beside_ours():
    with threadpool_limits(2, "blas"):
        inside = threads.in_threads(lambda part: threads.thread_count(), 5, threads.WORTHWHILE)
        assert inside == [1, 1]
        assert threads.thread_count() == 2


@pytest.mark.parametrize("case", ["padded", "groups", "reflect", "many filters"])
def test_both_ways_back_agree(rng, case):
    layer = make_conv(rng, CONV2D[case])
    dy = rng.standard_normal(layer.forward(rng.standard_normal((3, 4, 6, 7))).shape)
    layer.backward_params(dy)
    dx, grads = layer.backward_input(dy), dict(layer.grads)
    np.testing.assert_allclose(layer.backward_turned(dy), dx, rtol=1e-12, atol=1e-12)
    for key, value in grads.items():
        np.testing.assert_allclose(layer.grads[key], value, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("case", ["padded", "strided", "reflect"])
def test_types_stay(rng, dtype, case):
    layer = make_conv(rng, CONV2D[case])
    y = layer.forward(rng.standard_normal((2, 4, 5, 7)).astype(dtype))
    dx = layer.backward(y)
    assert {a.dtype for a in (y, dx, *layer.grads.values())} == {np.dtype(dtype)}


def test_backward_takes_any_memory_order(rng):
    layer = make_conv(rng, CONV2D["strided"])
    dy = rng.standard_normal(layer.forward(rng.standard_normal((2, 4, 5, 7))).shape)
    dx = layer.backward(dy)
    np.testing.assert_array_equal(layer.backward(np.asfortranarray(dy)), dx)


def test_columns_are_never_all_there(rng):
    """Forward and backward of a large layer stay far below the columns of the whole batch."""
    layer = nn.Conv2d(8, 12, 7, padding=3, rng=rng, dtype=np.float32)
    x = rng.standard_normal((20, 8, 60, 64)).astype(np.float32)
    columns = x.nbytes * 49
    dy = layer.forward(x)
    tracemalloc.start()
    layer.forward(x)
    layer.backward(dy)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < columns / 3


@pytest.mark.parametrize(
    ("shape", "kernel", "stride", "padding"),
    [
        ((2, 3, 5, 7), (3, 2), 1, 0),
        ((2, 3, 5, 7), (2, 4), (2, 3), (1, 2)),
        ((1, 2, 6, 5), 1, 4, 3),
        ((3, 2, 9), 4, 2, 1),
    ],
)
def test_im2col_and_col2im_are_adjoint(rng, shape, kernel, stride, padding):
    x = rng.standard_normal(shape)
    columns = nn.im2col(x, kernel, stride, padding)
    c = rng.standard_normal(columns.shape)
    back = nn.col2im(c, shape, kernel, stride, padding)
    np.testing.assert_allclose(np.vdot(columns, c), np.vdot(x, back), rtol=1e-12)


def test_columns_are_ordered_channel_ky_kx(rng):
    x = rng.standard_normal((2, 3, 5, 7))
    columns = nn.im2col(x, (3, 2))
    assert columns.shape == (2, 18, 18)
    for row, (c, ky, kx) in enumerate(np.ndindex(3, 3, 2)):
        for place, (i, j) in enumerate(np.ndindex(3, 6)):
            np.testing.assert_array_equal(columns[:, row, place], x[:, c, i + ky, j + kx])


def test_im2col_copies(rng):
    x = rng.standard_normal((1, 1, 3, 3))
    nn.im2col(x, 1)[...] = 0
    assert x.any()


def test_box_filter_of_deck_001(vectors):
    box = vectors["box_filter"]
    for given, wanted in [
        ("input_10x10", "output_8x8_valid"),
        ("seed_text_input_11x11", "seed_text_input_true_output_9x9"),
    ]:
        layer = nn.Conv2d(1, 1, 3, bias=False, rng=None)
        layer.params["weight"] = np.full((1, 1, 3, 3), 1 / 9)
        y = layer.forward(np.array(box[given], float)[None, None])
        np.testing.assert_allclose(y[0, 0], box[wanted], atol=1e-12)


def test_output_sizes_of_the_table(vectors):
    for n, k, stride, padding, out, _ in vectors["conv_out_size"]["rows"]:
        layer = nn.Conv2d(1, 1, k, stride, padding, rng=None)
        assert layer.output_shape((1, 1, n, n + 1)) == (
            1,
            1,
            out,
            (n + 1 + 2 * padding - k) // stride + 1,
        )


def test_conv2d_correlates_and_does_not_turn_the_filter():
    layer = nn.Conv2d(1, 1, 2, bias=False, rng=None)
    layer.params["weight"] = np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
    x = np.zeros((1, 1, 3, 3))
    x[0, 0, 1, 1] = 1
    np.testing.assert_array_equal(layer.forward(x)[0, 0], [[4, 3], [2, 1]])


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: nn.Conv2d(3, 4, (2, 2, 2), rng=None), ValueError, "kernel_size as 2 numbers"),
        (lambda: nn.Conv2d(3, 4, 0, rng=None), ValueError, "kernel_size of at least 1; got 0"),
        (lambda: nn.Conv2d(3, 4, 2.5, rng=None), TypeError, "kernel_size as a whole number"),
        (lambda: nn.Conv2d(3, 4, 2, padding=-1, rng=None), ValueError, "padding of at least 0"),
        (lambda: nn.Conv2d(3, 4, 2, stride=0, rng=None), ValueError, "stride of at least 1"),
        (lambda: nn.Conv2d(3, 4, 2, groups=2, rng=None), ValueError, "2 groups for 3 -> 4"),
        (
            lambda: nn.Conv2d(3, 4, 2, padding_mode="same", rng=None),
            ValueError,
            "one of zeros, reflect, replicate, circular; got 'same'",
        ),
    ],
)
def test_constructor_says_what_it_wanted_and_what_came(make, error, words):
    with pytest.raises(error, match=words):
        make()


@pytest.mark.parametrize(
    ("x", "error", "words"),
    [
        (
            np.ones((2, 4, 5, 5)),
            ValueError,
            r"Conv2d expects x of shape \(n, 3, h, w\); got \(2, 4, 5, 5\)",
        ),
        (np.ones((3, 5, 5)), ValueError, r"got \(3, 5, 5\)"),
        (np.ones((2, 3, 5, 5), np.uint8), TypeError, "floats; got uint8 numbers"),
        (
            np.ones((2, 3, 4, 9)),
            ValueError,
            r"kernel \(7, 2\) is larger than the padded input \(6, 9\)",
        ),
    ],
)
def test_forward_says_what_it_wanted_and_what_came(x, error, words):
    with pytest.raises(error, match=words):
        nn.Conv2d(3, 4, (7, 2), padding=(1, 0), rng=np.random.default_rng(0)).forward(x)


def test_backward_wants_the_shape_of_y(rng):
    layer = make_conv(rng, CONV2D["plain"])
    y = layer.forward(rng.standard_normal((2, 4, 5, 7)))
    for backward in (layer.backward, layer.backward_params):
        with pytest.raises(ValueError, match=r"dy of shape \(2, 3, 4, 5\); got \(2, 3, 5, 4\)"):
            backward(y.swapaxes(2, 3))


@pytest.mark.parametrize(("mode", "most"), [("reflect", 4), ("circular", 5)])
def test_padding_beyond_the_picture_is_refused(mode, most):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((1, 1, 5, 6))
    nn.Conv2d(1, 1, 3, padding=(most, 0), padding_mode=mode, rng=rng).forward(x)
    layer = nn.Conv2d(1, 1, 3, padding=(most + 1, 0), padding_mode=mode, rng=rng)
    with pytest.raises(ValueError, match=rf"{mode} padding of at most \({most}, .\).*{most + 1}"):
        layer.forward(x)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: nn.im2col(x[0, 0], 2), r"shape \(n, c, l\) or \(n, c, h, w\); got \(5, 7\)"),
        (
            lambda x: nn.im2col(x, (6, 2)),
            r"kernel \(6, 2\) is larger than the padded input \(5, 7\)",
        ),
        (lambda x: nn.col2im(x, (2, 3, 5, 7), 2), r"columns of shape \(2, 12, 24\); got"),
    ],
)
def test_im2col_says_what_it_wanted_and_what_came(call, words):
    with pytest.raises(ValueError, match=words):
        call(np.ones((2, 3, 5, 7)))
