"""Pictures: words are required and arrive in the page; the two colours carry the sign."""

import io

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from coursekit.plots import (
    BLUE,
    ORANGE,
    SIGNED,
    show_architecture,
    show_images,
    show_kernels,
    show_lines,
    show_timeline,
)

WORDS = {"alt": 'a square & a "circle"', "caption": "Look at x < 3."}


def pixels(picture):
    """The drawn picture as floats in [0, 1], shape (h, w, 3)."""
    image = Image.open(io.BytesIO(picture.png)).convert("RGB")
    return np.asarray(image) / 255


def share_of(picture, colour):
    """The part of the picture that has a colour; the scale beside it holds all, in thin lines."""
    return (abs(pixels(picture) - to_rgb(colour)).max(axis=2) < 0.01).mean()


def test_words_reach_the_page_and_the_plain_text(rng):
    bundle = show_images([rng.random((5, 7))], **WORDS)._repr_mimebundle_()
    assert 'alt="a square &amp; a &quot;circle&quot;"' in bundle["text/html"]
    assert "<figcaption>Look at x &lt; 3.</figcaption>" in bundle["text/html"]
    assert bundle["text/plain"] == '[Picture: a square & a "circle"]\nLook at x < 3.'


@pytest.mark.parametrize("missing", ["alt", "caption"])
def test_a_picture_without_words_is_refused(missing, rng):
    with pytest.raises(ValueError, match=f"needs words in {missing}; got ' '"):
        show_images([rng.random((5, 7))], **WORDS | {missing: " "})


def test_sign_is_colour_and_zero_is_white():
    assert SIGNED(0.0)[:3] == pytest.approx(to_rgb(ORANGE))
    assert SIGNED(0.5)[:3] == pytest.approx((1, 1, 1), abs=0.01)
    assert SIGNED(1.0)[:3] == pytest.approx(to_rgb(BLUE))


def test_photographs_are_grey_and_signed_pictures_are_not(rng):
    photograph = rng.random((6, 9))
    assert np.ptp(pixels(show_images([photograph], **WORDS)), axis=2).max() == 0
    response = np.where(np.arange(9) < 6, -0.5, 0.5) * np.ones((6, 1))
    both = show_images([photograph, response], ["photograph", "response"], **WORDS)
    assert share_of(both, ORANGE) > 0.15
    assert share_of(both, ORANGE) == pytest.approx(2 * share_of(both, BLUE), rel=0.05)


def test_kernels_of_a_row_share_one_scale():
    strong, weak = np.full((9, 9), 2.0), np.full((9, 9), -1.0)
    assert share_of(show_kernels([weak], **WORDS), ORANGE) > 0.5
    pair = show_kernels([strong, weak], **WORDS)
    assert share_of(pair, BLUE) > 0.2
    assert share_of(pair, SIGNED(0.25)[:3]) > 0.2


def test_a_kernel_of_zeros_can_be_drawn():
    assert pixels(show_kernels([np.zeros((9, 9))], **WORDS)).size > 0


def test_curves_use_the_two_colours():
    x = np.linspace(0, 1, 50)
    picture = show_lines(x, {"up": x, "down": -x}, xlabel="x", ylabel="y", **WORDS)
    assert share_of(picture, BLUE) > 0.001
    assert share_of(picture, ORANGE) > 0.001


def test_wrong_input_is_named(rng):
    with pytest.raises(ValueError, match=r"list of pictures \(h, w\); got one of \(4,\)"):
        show_images([rng.random(4)], **WORDS)
    with pytest.raises(ValueError, match="got 2 pictures and 1 titles"):
        show_images([np.eye(4), np.eye(5)], ["only one"], **WORDS)
    with pytest.raises(ValueError, match=r"shape of x, \(3,\); got \(4,\) for 'long'"):
        show_lines(np.arange(3), {"long": np.arange(4)}, xlabel="x", ylabel="y", **WORDS)
    with pytest.raises(ValueError, match="draws 1 to 4 curves; got 0"):
        show_lines(np.arange(3), {}, xlabel="x", ylabel="y", **WORDS)


def test_drawing_leaves_the_readers_settings_alone(rng):
    import matplotlib

    before = dict(matplotlib.rcParams)
    show_images([rng.random((5, 7))], **WORDS)
    assert dict(matplotlib.rcParams) == before


def test_layers_that_learn_are_blue_and_larger_ones_are_larger():
    def blue(shape, n_params):
        return share_of(show_architecture([("layer", shape, n_params)], **WORDS), BLUE)

    assert blue((6, 28, 30), 0) == 0
    assert 0 < blue((6, 14, 15), 7) < blue((6, 28, 30), 7) < blue((12, 28, 30), 7)
    assert 0 < blue((84,), 7) < blue((840,), 7)


def test_layers_that_cannot_be_drawn_are_refused():
    with pytest.raises(ValueError, match=r"\(c, h, w\) or \(d,\); got \(3, 4\) of fc1"):
        show_architecture([("fc1", (3, 4), 5)], **WORDS)
    with pytest.raises(ValueError, match="1 to 12 layers; got 13"):
        show_architecture([("fc1", (3,), 5)] * 13, **WORDS)


def test_timeline_keeps_the_order_of_years_and_finds_room_for_all():
    picture = show_timeline([(1958, "a unit"), (1986, "layers"), (1986, "again")], **WORDS)
    assert share_of(picture, BLUE) > 0
    with pytest.raises(ValueError, match=r"order of their years; got \[1986, 1958\]"):
        show_timeline([(1986, "layers"), (1958, "a unit")], **WORDS)
