"""A picture in few bytes: a Laplacian pyramid in whole numbers, then a general-purpose coder.

Burt & Adelson 1983, "The Laplacian pyramid as a compact image code"; deck 000 names EPIC and
EPWIC, which do the same with wavelets.
"""

import lzma
import math
import struct
import zlib

import numpy as np

from coursekit.filters import check_image
from coursekit.pyramids import expand, gaussian_pyramid
from coursekit.pyramids.laplacian import most_levels

MAGIC = b"CKP1"  # the last letter is the version of the format
HEADER = struct.Struct("<4sBBHIIdI")  # magic, bytes per float, levels, colours, h, w, step, crc
COLOURS = 2**16 - 1
SAMPLES = 2**24  # of one picture, 4096 × 4096; reading it takes 60 bytes each, 1 GB
STEPS = (1e-200, 1e200)
LARGEST = 2**31 - 1  # whole number that is stored in four bytes with its sign
CODER = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 2**20, "lc": 0}]


def compress(image, step):
    """Write a picture as bytes that `decompress` turns back with an error of at most step / 2.

    image (h, w) or (h, w, c), at most 2²⁴ numbers; step: width of a quantiser's bin in the
    picture's units, above 0. Larger steps give fewer bytes. Colours are coded one after the
    other. Raises ValueError for a bad picture or step, or a step too small for 32 bits.
    """
    image = check_image("compress", image)
    if image.size > SAMPLES or image.shape[2:] > (COLOURS,):
        raise ValueError(f"compress expects at most 2²⁴ numbers; got a picture of {image.shape}")
    step = _check_step(step)
    codes = _quantise(image.astype(np.float64), step, most_levels(min(image.shape[:2])))
    h, w, colours = (*image.shape, 0)[:3]  # 0 colours: the picture has no third axis
    fields = (MAGIC, image.itemsize, len(codes), colours, h, w, step)
    payload = lzma.compress(_to_bytes(codes), lzma.FORMAT_RAW, filters=CODER)
    return HEADER.pack(*fields, _checksum(fields, payload)) + payload


def decompress(data):
    """Read the picture that `compress` wrote: its shape and float type, its values ± step / 2.

    data: bytes. Raises TypeError for something else and ValueError for bytes that are damaged,
    cut short or not ours. Never unpacks more than the header's shape needs (a third more whole
    numbers than the picture has) and never believes a shape of more than 2²⁴ numbers.
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise TypeError(f"decompress expects bytes; got {type(data).__name__}")
    data = bytes(data)
    if len(data) < HEADER.size or data[:4] != MAGIC:
        raise ValueError(f"decompress expects bytes of compress; got {len(data)} others")
    *fields, checksum = HEADER.unpack_from(data)
    payload = data[HEADER.size :]
    _, itemsize, n_levels, colours, h, w, step = fields
    shape = (h, w, colours) if colours else (h, w)
    if checksum != _checksum(fields, payload) or not _plausible(itemsize, n_levels, shape, step):
        raise ValueError(f"decompress expects undamaged bytes; these {len(data)} do not add up")
    shapes = _level_shapes(shape, n_levels)
    codes = _from_bytes(_unpack(payload, 4 * sum(math.prod(s) for s in shapes)), shapes)
    return _dequantise(codes, step).astype(f"f{itemsize}")


def _quantise(image, step, n_levels):
    """Whole numbers (float64) of every level, coarsest first.

    Each level codes what the *decoded* coarser one failed to predict, so errors of coarse levels
    are made good further down and only the last rounding remains. Level k has bins of
    step / 2^k: a coarse error is spread over 4^k pixels that would all have to code it away.
    """
    levels = gaussian_pyramid(image, n_levels)
    decoded, codes = None, []
    for k in reversed(range(n_levels)):
        guess = 0 if decoded is None else expand(decoded, levels[k].shape)
        code = np.rint((levels[k] - guess) / (step / 2**k))
        if not (abs(code) <= LARGEST).all():
            raise ValueError(f"compress expects a larger step for values like these; got {step}")
        decoded = guess + code * (step / 2**k)
        codes.append(code)
    return codes


def _dequantise(codes, step):
    decoded = None
    for k, code in zip(reversed(range(len(codes))), codes, strict=True):
        guess = 0 if decoded is None else expand(decoded, code.shape)
        decoded = guess + code * (step / 2**k)
    return decoded


def _to_bytes(codes):
    """Four planes of bytes, low bytes first: the upper planes are nearly all zero.

    0, −1, 1, −2, … become 0, 1, 2, 3, …, so that a small negative number also has small bytes.
    """
    flat = np.concatenate([code.ravel() for code in codes]).astype(np.int64)
    natural = np.where(flat < 0, -2 * flat - 1, 2 * flat).astype("<u4")
    return natural.view(np.uint8).reshape(-1, 4).T.tobytes()


def _from_bytes(data, shapes):
    planes = np.frombuffer(data, np.uint8).reshape(4, -1).T
    natural = np.ascontiguousarray(planes).view("<u4").ravel().astype(np.int64)
    flat = np.where(natural % 2, -(natural + 1) // 2, natural // 2).astype(np.float64)
    ends = np.cumsum([math.prod(shape) for shape in shapes])
    return [part.reshape(s) for part, s in zip(np.split(flat, ends[:-1]), shapes, strict=True)]


def _unpack(payload, size):
    """Decode to exactly `size` bytes; a payload that holds more is stopped there."""
    coder = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=CODER)
    try:
        data = coder.decompress(payload, max_length=size + 1)
    except lzma.LZMAError:
        data = b""
    if len(data) != size or not coder.eof or coder.unused_data:
        raise ValueError(f"decompress expects a payload of {size} bytes unpacked; it has others")
    return data


def _level_shapes(shape, n_levels):
    """Shapes of the levels, coarsest first: each side is halved and rounded up."""
    sides = [tuple(-(-side // 2**k) for side in shape[:2]) for k in range(n_levels)]
    return [side + shape[2:] for side in reversed(sides)]


def _checksum(fields, payload):
    return zlib.crc32(payload, zlib.crc32(HEADER.pack(*fields, 0)))


def _plausible(itemsize, n_levels, shape, step):
    return (
        itemsize in (4, 8)
        and min(shape) >= 1
        and math.prod(shape) <= SAMPLES
        and 1 <= n_levels <= most_levels(min(shape[:2]))
        and STEPS[0] <= step <= STEPS[1]
    )


def _check_step(step):
    if not isinstance(step, int | float | np.integer | np.floating) or isinstance(step, bool):
        raise TypeError(f"compress expects step as a number; got {type(step).__name__}")
    if not STEPS[0] <= step <= STEPS[1]:
        raise ValueError(f"compress expects step above 0 and finite; got {step}")
    return float(step)
