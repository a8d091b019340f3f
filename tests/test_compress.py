"""compress: the bound on the error, fewer bytes for larger steps, and bytes that lie."""

import importlib
import io
import lzma
import math
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from coursekit.applications import compress, decompress
from coursekit.applications.compress import CODER, HEADER
from coursekit.data import load_image

DTYPES = st.sampled_from([np.float32, np.float64])


def random(*shape, seed=0):
    return np.random.default_rng(seed).random(shape)


def signed(data, **changes):
    """A hostile file: other header fields or payload, with a checksum that fits them."""
    names = ("magic", "itemsize", "n_levels", "colours", "h", "w", "step", "crc")
    fields = dict(zip(names, HEADER.unpack_from(data), strict=True))
    payload = changes.pop("payload", data[HEADER.size :])
    fields |= changes | {"crc": 0}
    crc = zlib.crc32(payload, zlib.crc32(HEADER.pack(*fields.values())))
    return HEADER.pack(*(fields | {"crc": crc}).values()) + payload


# --- round trip ------------------------------------------------------------------------------


@given(
    h=st.integers(1, 70),
    w=st.integers(1, 70),
    colours=st.integers(0, 4),
    step=st.floats(1e-5, 3),
    dtype=DTYPES,
    scale=st.sampled_from([1, 255, -1000]),
)
def test_no_pixel_is_off_by_more_than_half_a_step(h, w, colours, step, dtype, scale):
    image = (scale * random(h, w, *[colours] * (colours > 0))).astype(dtype)
    back = decompress(compress(image, step * abs(scale)))
    assert back.shape == image.shape
    assert back.dtype == dtype
    rounding = 4 * np.finfo(dtype).eps * abs(scale)
    assert abs(back - image).max() <= step * abs(scale) / 2 + rounding


def test_larger_steps_give_fewer_bytes_and_less_likeness():
    image = load_image("camera")
    data = [compress(image, step) for step in (0.02, 0.05, 0.12, 0.3, 0.7)]
    sizes = [len(d) for d in data]
    errors = [np.mean((decompress(d) - image) ** 2) for d in data]
    assert sizes == sorted(sizes, reverse=True)
    assert errors == sorted(errors)
    assert sizes[0] < image.size  # below a byte per pixel
    assert sizes[-1] < image.size / 64


def test_within_three_decibels_of_jpeg():
    """At the same bytes; the benchmark prints the whole curve."""
    image = load_image("camera")
    data = compress(image, 0.1)
    for quality in range(95, 5, -5):
        file = io.BytesIO()
        Image.fromarray((image * 255).astype(np.uint8)).save(file, "JPEG", quality=quality)
        if len(file.getvalue()) <= len(data):
            break
    jpeg = np.asarray(Image.open(file)) / 255
    ours, theirs = (np.mean((np.clip(x, 0, 1) - image) ** 2) for x in (decompress(data), jpeg))
    assert 10 * math.log10(ours / theirs) < 3


def test_the_same_picture_gives_the_same_bytes():
    assert compress(random(20, 31), 0.1) == compress(random(20, 31), 0.1)


def test_bytes_and_its_relatives_are_read():
    data = compress(random(9, 14), 0.1)
    for kind in (bytearray, memoryview):
        np.testing.assert_array_equal(decompress(kind(data)), decompress(data))


# --- damage ----------------------------------------------------------------------------------

GOOD = compress(random(23, 17, 3), 0.05)


@given(place=st.integers(0, len(GOOD) - 1), bits=st.integers(1, 255))
def test_a_changed_byte_is_noticed(place, bits):
    data = bytearray(GOOD)
    data[place] ^= bits
    with pytest.raises(ValueError, match="decompress expects"):
        decompress(data)


@given(start=st.integers(0, len(GOOD)), stop=st.integers(0, len(GOOD)), more=st.binary(max_size=9))
def test_bytes_lost_or_added_are_noticed(start, stop, more):
    data = GOOD[:start] + more + GOOD[stop:]
    if data != GOOD:
        with pytest.raises(ValueError, match="decompress expects"):
            decompress(data)


@given(st.binary(max_size=200))
def test_noise_is_no_picture(data):
    with pytest.raises(ValueError, match="decompress expects"):
        decompress(data)
    with pytest.raises(ValueError, match="decompress expects"):
        decompress(GOOD[:4] + data)


@given(st.data())
def test_damage_with_a_right_checksum_is_noticed_or_harmless(draw):
    """Whoever writes the file also writes its checksum, so that alone proves nothing."""
    place = draw.draw(st.integers(0, len(GOOD) - HEADER.size - 1))
    payload = bytearray(GOOD[HEADER.size :])
    payload[place] ^= draw.draw(st.integers(1, 255))
    payload = bytes(payload[: draw.draw(st.integers(0, len(payload)))])
    try:
        image = decompress(signed(GOOD, payload=payload))
    except ValueError:
        return
    assert image.shape == (23, 17, 3)
    assert np.isfinite(image).all()


@pytest.mark.parametrize(
    "changes",
    [
        {"h": 0},
        {"h": 24},
        {"w": 2**32 - 1, "h": 2**32 - 1},
        {"w": 2**12, "h": 2**12 + 1, "colours": 0},
        {"colours": 0},
        {"n_levels": 0},
        {"n_levels": 4},
        {"n_levels": 255},
        {"itemsize": 2},
        {"step": math.nan},
        {"step": math.inf},
        {"step": 0.0},
        {"step": -1.0},
        {"step": 1e308},
        {"magic": b"CKP9"},
    ],
)
def test_a_lying_header_is_noticed(changes):
    with pytest.raises(ValueError, match="decompress expects"):
        decompress(signed(GOOD, **changes))


@pytest.mark.parametrize("payload", [b"", GOOD[HEADER.size : -1], GOOD[HEADER.size :] + b"more"])
def test_a_payload_too_short_or_too_long_is_noticed(payload):
    with pytest.raises(ValueError, match="decompress expects a payload"):
        decompress(signed(GOOD, payload=payload))


@pytest.mark.parametrize(
    ("changes", "size"), [({"h": 0, "n_levels": 1}, 0), ({"n_levels": 7}, 4 * 1632)]
)
def test_a_lying_header_with_a_payload_to_match_is_noticed(changes, size):
    """No rows at all; or a seventh level, for which there is nothing left to halve."""
    payload = lzma.compress(bytes(size), lzma.FORMAT_RAW, filters=CODER)
    with pytest.raises(ValueError, match="decompress expects undamaged bytes"):
        decompress(signed(GOOD, payload=payload, **changes))


def test_an_honest_signature_is_accepted():
    np.testing.assert_array_equal(decompress(signed(GOOD)), decompress(GOOD))


def test_a_bomb_is_stopped_at_the_headers_bound():
    """A payload of 16 MiB of zeros behind the header of a small picture."""
    payload = lzma.compress(bytes(2**24), lzma.FORMAT_RAW, filters=CODER)
    assert len(payload) < 20_000
    data = signed(GOOD, payload=payload)
    tracemalloc.start()
    with pytest.raises(ValueError, match="decompress expects"):
        decompress(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**22  # the coder itself takes 1 MiB


def test_a_huge_shape_costs_nothing_until_the_bytes_are_there():
    data = signed(GOOD, h=4000, w=4000, colours=1, n_levels=1)
    tracemalloc.start()
    with pytest.raises(ValueError, match="payload of 64000000 bytes"):
        decompress(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**22  # the coder itself takes 1 MiB


# --- bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [0, -0.1, math.nan, math.inf])
def test_bad_step(step):
    with pytest.raises(ValueError, match="compress expects step above 0"):
        compress(np.zeros((9, 14)), step)


def test_bad_types():
    with pytest.raises(TypeError, match="compress expects step as a number; got str"):
        compress(np.zeros((9, 14)), "fine")
    with pytest.raises(TypeError, match="decompress expects bytes; got str"):
        decompress("CKP1")


def test_a_step_too_small_for_32_bits():
    with pytest.raises(ValueError, match="compress expects a larger step .* got 1e-12"):
        compress(random(9, 14), 1e-12)


def test_a_picture_too_large(monkeypatch):
    module = importlib.import_module("coursekit.applications.compress")  # not the function
    monkeypatch.setattr(module, "SAMPLES", 100)
    with pytest.raises(ValueError, match=r"got a picture of \(9, 14\)"):
        compress(random(9, 14), 0.1)


def test_the_header_is_as_documented():
    magic, itemsize, n_levels, colours, h, w, step, _ = struct.unpack_from("<4sBBHIIdI", GOOD)
    assert (magic, itemsize, n_levels, colours, h, w, step) == (b"CKP1", 8, 6, 3, 23, 17, 0.05)
