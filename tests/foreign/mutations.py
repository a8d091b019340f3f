"""Right files with a few changes, where changes hurt: in operations, numbers, names and headers."""

import json
import pickletools
import struct

import numpy as np

from foreign import parts

EXTREMES = [0, 1, -1, 2, 3, 127, 255, 65_535, 65_536, (1 << 31) - 1, 1 << 31, (1 << 32) - 1]
EXTREMES += [1 << 58, 1 << 62, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, -(1 << 31), 1 << 2030]
NAMES = ["os system", "builtins eval", "builtins getattr", "collections OrderedDict", "numpy dtype"]
NAMES += ["torch FloatStorage", "torch BFloat16Storage", "torch._utils _rebuild_tensor_v2"]
NAMES += [
    "torch._utils _rebuild_parameter",
    "joblib.numpy_pickle NumpyArrayWrapper",
    "numpy ndarray",
]
OPERATIONS = [opcode.code.encode("latin-1") for opcode in pickletools.opcodes]
# What an entry of a safetensors file may well be.
MILD = {"shape": [[3, 2], [6], [2], [1, 2, 3], []], "dtype": ["F64", "I32", "BF16", "U8"]}
MILD |= {"data_offsets": [[0, 24], [24, 32], [0, 32], [0, 0], [8, 32]]}
SIGNATURES = [b"PK\1\2", b"PK\3\4", b"PK\5\6"]


def arrays(rng):
    """A few small arrays of several types, one of them without numbers."""
    kinds = ["float32", "float64", "int64"]
    shapes = [(2, 3), (4,), (), (0, 3), (1, 2, 1)][: rng.randint(1, 5)]
    values = np.random.default_rng(rng.getrandbits(32))
    return {
        f"{i}.w": values.random(shape).astype(rng.choice(kinds)) for i, shape in enumerate(shapes)
    }


def floats(rng):
    return [np.asarray(a, rng.choice(["<f4", "<f8"])) for a in arrays(rng).values()]


def pieces(pickled):
    """The operations of a pickle, each with its argument, as bytes."""
    places = [place for _, _, place in pickletools.genops(pickled)]
    ends = [*places[1:], len(pickled)]
    return [pickled[a:b] for a, b in zip(places, ends, strict=True)]


def new_piece(rng):
    """An operation that belongs elsewhere, or nowhere."""
    extreme = rng.choice(EXTREMES)
    short = struct.pack("<I", extreme % (1 << 32))
    return rng.choice(
        [
            parts.number(extreme),
            parts.text(rng.choice(["", "0", "w", "storage", "x" * 2000, "\x1b[2J", "é\U0001f600"])),
            b"c" + rng.choice(NAMES).replace(" ", "\n").encode() + b"\n",
            rng.choice([b"r", b"j", b"X", b"\x8b", b"\x84"]) + short,
            rng.choice([b"\x8d", b"\x8e", b"\x95"]) + struct.pack("<Q", extreme % (1 << 64)),
            rng.choice(OPERATIONS),
            rng.choice([b"b", b"R", b"\x81", b"Q", b"\x93", b"}b", b")R", b"u", b"e", b"0", b"2"]),
        ]
    )


def change_pieces(items, rng):
    """Some of the operations are lost, doubled, exchanged, replaced or repeated."""
    items = list(items)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(items))
        other = rng.randrange(len(items))
        match rng.randrange(7):
            case 0 if len(items) > 1:
                del items[at]
            case 1:
                items.insert(at, items[other])
            case 2:
                items[at], items[other] = items[other], items[at]
            case 3:
                items[at] = new_piece(rng)
            case 4:
                items.insert(at, new_piece(rng))
            case 5:
                items[at] = items[at] * rng.choice([2, 100, 50_000 // (1 + len(items[at]))])
            case 6:
                items[at:at] = items[other : other + 9]
    return items


def change_fields(data, rng):
    """Numbers in the headers of a zip archive are others."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 3)):
        signature = rng.choice(SIGNATURES)
        at = data.find(signature, rng.randrange(len(data)))
        at = data.find(signature) if at < 0 else at
        form = rng.choice("BHLQ")
        place = at + rng.randrange(4, 46)
        if at >= 0 and place + 8 <= len(data):
            value = rng.choice([*EXTREMES, len(data), rng.randrange(len(data))])
            struct.pack_into(
                f"<{form}", data, place, value % (1 << 8 * struct.calcsize(f"<{form}"))
            )
    return bytes(data)


def change_bytes(data, rng):
    """Bytes are others, lost, doubled, or cut off."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(len(data) + 1)
        length = rng.choice([1, 2, 4, 8, 100])
        match rng.randrange(6):
            case 0:
                data[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                del data[at : at + length]
            case 2:
                data[at:at] = data[at : at + length]
            case 3:
                data[at : at + 4] = struct.pack("<I", rng.choice(EXTREMES) % (1 << 32))
            case 4:
                data[at:at] = bytes(length)
            case 5:
                del data[max(at, len(data) // 2) :]
        data = data or bytearray(b"\0")
    return bytes(data)


def changed_pth(rng):
    pickled, storages = parts.described(arrays(rng))
    if rng.random() < 0.7:
        pickled = b"".join(change_pieces(pieces(pickled), rng))
    data = parts.pth(pickled, storages, byteorder=rng.choice(["little", "big", ""]))
    return change_fields(data, rng) if rng.random() < 0.4 else data


def changed_old_pth(rng):
    state = arrays(rng)
    pickled, storages = parts.described(state)
    if rng.random() < 0.7:
        pickled = b"".join(change_pieces(pieces(pickled), rng))
    lengths = [rng.choice([array.size] * 5 + EXTREMES) % (1 << 64) for array in state.values()]
    stored = dict(zip(storages, zip(lengths, storages.values(), strict=True), strict=True))
    return parts.old_pth(
        pickled, stored, keys=rng.choice([None, None, None, ["0"], ["0", "0"], []])
    )


def changed_joblib(rng):
    items = [b"\x80\x04", b"]", b"("]
    for array in floats(rng):
        items += pieces(parts.wrapper(array.shape, code=array.dtype.str[1:]) + b".")[:-1]
        items.append(b"\0" + array.tobytes())
    return b"".join(change_pieces([*items, b"e", b"."], rng))


def changed_safetensors(rng):
    data = parts.right_safetensors({"weight": np.ones((2, 3), "f4"), "bias": np.ones(2, "f4")})
    length = struct.unpack("<Q", data[:8])[0]
    header, numbers = json.loads(data[8 : 8 + length]), data[8 + length :]
    for _ in range(rng.randint(1, 3)):
        name = rng.choice([*header])
        entry = dict(header[name] or {})
        key = rng.choice(["shape", "data_offsets", "dtype"])
        wild = [rng.choice(EXTREMES) for _ in range(rng.choice([0, 1, 2, 2, 3, 70]))]
        wild = [wild, "F32", None, {}, [None], 2.5, {"a": dict(entry)}]
        entry[key] = rng.choice(MILD[key] if rng.random() < 0.7 else wild)
        header[rng.choice([name, name, name, "w" * 3000, "\x1b[2J", "__metadata__"])] = entry
    words = json.dumps(header).encode()
    if rng.random() < 0.3:
        words = change_bytes(words, rng)
    lengths = [n for n in EXTREMES if 0 <= n < 1 << 64]
    return parts.safetensors(words, numbers, rng.choice(lengths) if rng.random() < 0.1 else None)


def places(rng, sides):
    """Left, top, width and height of a frame: mostly one that holds the pixel that it has."""
    return rng.choices(sides, k=4) if rng.random() < 0.2 else (*rng.choices(sides, k=2), 1, 1)


def changed_gif(rng):
    sides = [0, 1, 9, 9, 9, 30, 300, 3000, 40_000, 65_535]
    frames = [
        parts.gif_frame(rng.choice([0, 1, 2, 10, 500]), *places(rng, sides))
        for _ in range(rng.choice([1, 2, 3, 50]))
    ]
    return parts.gif(rng.choices(sides, k=2), *frames)


CHANGED = {
    "pth": changed_pth,
    "old pth": changed_old_pth,
    "safetensors": changed_safetensors,
    "joblib": changed_joblib,
    "gif": changed_gif,
}


def changed(door, rng):
    """A right file of this kind with changes; some of its bytes may be others, too."""
    try:
        data = CHANGED[door](rng)
    except OverflowError:  # a number that has no place in a header
        return b""
    return change_bytes(data, rng) if rng.random() < 0.3 else data
