"""Files that were made to cost much, to reach what is not theirs, or to break what reads them.

HOSTILE[door]() is {name: bytes}. All must end in a sentence, or in arrays
that take no more memory than the file.
"""

import io
import pickle
import struct
import warnings
import zipfile

from foreign.parts import (
    REBUILD,
    entry,
    gif,
    gif_frame,
    joblib,
    number,
    old_pth,
    pth,
    safetensors,
    state,
    storage,
    tensor,
    text,
    tuple_of,
    wrapper,
)

FOUR = bytes(4)  # one number of float32
ONE = {"0": FOUR}
OLD_ONE = {"0": (1, FOUR)}
BILLION, HUGE = 10**9, 1 << 62
GIGABYTE_OF_NOTHING = b"X" + struct.pack("<I", (1 << 31) - 1)
SYSTEM = b"cos\nsystem\n" + tuple_of(text("touch witness")) + b"R"
MANY = 99_000  # operations, just below what is read


def programs():
    """Pickles that are tried as the description of every kind of file that has one."""
    some = {
        "calls a function": state(w=SYSTEM),
        "calls eval": state(w=b"cbuiltins\neval\n" + tuple_of(text("open('witness','w')")) + b"R"),
        "asks by the stack": state(w=text("os") + text("system") + b"\x93" + tuple_of() + b"R"),
        "an instance": state(w=b"(ios\nsystem\n"),
        "an object": state(w=b"(cos\nsystem\no"),
        "an extension": state(w=b"\x82\x01"),
        "a buffer": state(w=b"\x97"),
        "state of a function": state(w=REBUILD + b"}(" + text("canary") + number(1) + b"ub"),
        "state of functions": state(w=b"ccollections\nOrderedDict\n}(" + text("a") + b"Nub"),
        "state of a type": state(w=b"ctorch\nFloatStorage\n}(" + text("canary") + b"Nub"),
        "state of a tensor": state(w=tensor((1,), (1,)) + b"}(" + text("shape") + b"Nub"),
        "calls a text": state(w=text("print") + b")R"),
        "calls a type": state(w=b"ctorch\nFloatStorage\n" + tuple_of(number(3)) + b"R"),
        "memo index": b"\x80\x02}r\xff\xff\xff\x7f.",
        "memo that was not written": b"\x80\x02j\xff\xff\xff\x7f.",
        "long text": b"\x80\x02" + GIGABYTE_OF_NOTHING,
        "longer text": b"\x80\x04\x8d" + struct.pack("<Q", HUGE),
        "long bytes": b"\x80\x04\x8e" + struct.pack("<Q", HUGE),
        "long number": b"\x80\x02\x8b" + struct.pack("<I", (1 << 31) - 1),
        "long frame": b"\x80\x04\x95" + struct.pack("<Q", HUGE) + b"}.",
        "a name of 900,000 characters": state(**{"w" * 900_000: b"N"}),
        "wide letters": b"\x80\x02" + text("\U0001f600" * 1000) * 200 + b".",
        "nothing": b"",
        "no end": b"\x80\x02}",
        "an empty stack": b"\x80\x02.",
        "no mark": b"\x80\x02}t.",
        "key without a value": b"\x80\x02}(" + text("w") + b"u.",
        "items of a number": b"\x80\x02" + number(1) + text("w") + b"Ns.",
        "deep key": b"\x80\x02})" + b"\x85" * MANY + b"Ns.",
        "equal hashes": b"\x80\x02}("
        + b"".join(number(k * ((1 << 61) - 1)) + b"N" for k in range(45_000))
        + b"u.",
        "laughs": b"\x80\x02N" + b"q\0h\0\x86" * 33_000 + b".",
        "laughs as a shape": state(w=REBUILD + b"(" + storage() + b"K\0)" + b"q\0h\0\x86" * 90),
        "itself": b"\x80\x02]q\0h\0a.",
        "control characters": state(w=b"c\x1b[31mos\nsystem\x1b]0;x\n"),
    }
    return some


def long_programs():
    """Pickles of about as many operations as are read, and of more."""
    some = {}
    pieces = {"nothings": b"N", "dictionaries": b"}", "lists": b"]", "marks": b"("}
    pieces |= {"stored dictionaries": b"}q\0", "deep": b"\x85", "texts": text("é")}
    pieces |= {"dictionaries in order": b"ccollections\nOrderedDict\n)R"}
    for name, piece in pieces.items():
        inner = b")" + piece * min(MANY, (1 << 20) // len(piece) - 9)
        some[f"many {name}"] = b"\x80\x02" + inner + b"."
        some[f"too many {name}"] = b"\x80\x02" + piece * 400_000 + b"."
    return some


def tensors():
    """Descriptions of tensors that do not fit one number of float32, or fit it without end."""
    wide = tuple_of(*[number(1)] * 50_000)
    args = (
        tuple_of(storage(), number(0), b"(" + number(1) * 32 + b"tq\1", b"h\1", b"\x89}") + b"q\2"
    )
    return {
        "stride 0": state(w=tensor((BILLION,), (0,))),
        "stride 0 twice": state(w=tensor((BILLION, BILLION // 4), (0, 0))),
        "stride 0, too large to count": state(w=tensor((HUGE, HUGE), (0, 0))),
        "beyond its end": state(w=tensor((2,), (1,))),
        "beyond its end by offset": state(w=tensor((1,), (1,), 1)),
        "beyond its end by stride": state(w=tensor((2,), (HUGE,))),
        "offset of itself": state(w=tensor((1,), (1,), HUGE)),
        "before its start": state(w=tensor((1,), (1,), -1)),
        "backwards": state(w=tensor((2,), (-1,), 1)),
        "fewer than nothing": state(w=tensor((-1,), (1,))),
        "empty and huge": state(w=tensor((0, HUGE), (HUGE, 1))),
        "empty and almost huge": state(w=tensor((0, 1 << 58), (1, 1))),
        "100 axes": state(w=tensor((1,) * 100, (1,) * 100)),
        "33 axes": state(w=tensor((1,) * 33, (1,) * 33)),
        "as many strides as wanted": state(w=tensor((1,), (1,) * 50_000)),
        "strides without axes": state(w=tensor((), (1,))),
        "a shape of texts": state(w=tensor((), ()).replace(b"(t", b"(" + text("a") + b"t", 1)),
        "a number of 255 bytes": state(w=tensor((1 << 2030,), (0,))),
        "wide shapes": b"\x80\x02"
        + wide
        + b"q\0"
        + (REBUILD + b"(" + storage() + b"K\0h\0h\0\x89}tR") * 9,
        "many of 32 axes": b"\x80\x02" + REBUILD + b"q\0" + args + b"h\0h\2R" * 32_000 + b".",
        "many storages": b"\x80\x02" + b"".join(storage(str(k), 0) for k in range(11_000)) + b".",
        "one storage very often": b"\x80\x02" + storage()[:-1] + b"q\0" + b"h\0Q" * 45_000 + b".",
        "long ids": b"\x80\x02" + tuple_of(text("storage"), b"N" * 50_000) + b"q\0" + b"h\0Q" * 9,
        "two types of one storage": state(
            a=tensor((1,), (1,)), b=tensor((1,), (1,), 0, storage("0", 1, "Int"))
        ),
        "numbers it has not": state(w=tensor((1,), (1,), 0, storage("0", BILLION))),
        "numbers that nobody has": state(w=tensor((1,), (1,), 0, storage("0", HUGE))),
        "fewer numbers than none": state(w=tensor((0,), (1,), 0, storage("0", -1))),
        "a storage it has not": state(w=tensor((1,), (1,), 0, storage("../0"))),
        "a storage that is a tensor": state(w=tensor((1,), (1,), 0, tensor((1,), (1,)))),
        "a parameter that is none": state(
            w=b"ctorch._utils\n_rebuild_parameter\n" + tuple_of() + b"R"
        ),
        "metadata": state(w=tensor((1,), (1,), 0, None, b"}" + text("neg") + b"\x88s")),
        "a dictionary of pairs": b"\x80\x02ccollections\nOrderedDict\n" + tuple_of(b"]") + b"R.",
    }


def one_place_for(n, size):
    """An archive whose list names one member n times, as a storage each."""
    keys = [f"{k:03}" for k in range(n)]
    tensors = {key: tensor((1,), (1,), 0, storage(key, size // 4)) for key in keys}
    archive = pth(state(**tensors), {"000": bytes(size)})
    start = archive.index(b"PK\1\2")
    one = archive.rindex(b"PK\1\2")  # the storage's entry, which is the last of the list
    entries = archive[one:-22]
    again = b"".join(entries.replace(b"/000", f"/{key}".encode()) for key in keys[1:])
    end = struct.pack("<HHLL", n + 1, n + 1, len(archive) - 22 - start + len(again), start)
    return archive[:-22] + again + b"PK\5\6" + bytes(4) + end + bytes(2)


def archives():
    """Zip archives that say one thing and hold another."""
    right = state(w=tensor((1,), (1,)))
    plain = pth(right, ONE)
    start = plain.index(b"PK\1\2")
    central = start + plain[start:].index(b"mine/data/0") - 46  # the storage's entry in the list

    def changed(at, form, value, archive=plain):
        data = bytearray(archive)
        struct.pack_into(form, data, at, value)
        return bytes(data)

    deflated = state(w=tensor((1 << 22,), (1,), 0, storage("0", 1 << 22)))
    twice = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(twice, "w") as archive:
        for name, data in [("mine/data.pkl", right), ("mine/data/0", FOUR), ("mine/data/0", FOUR)]:
            archive.writestr(name, data)
    return {
        "deflated": pth(deflated, {"0": bytes(1 << 24)}, compression=zipfile.ZIP_DEFLATED),
        "lzma": pth(right, ONE, compression=zipfile.ZIP_LZMA),
        "said to be deflated": changed(central + 10, "<H", 8),
        "of an unknown kind": changed(central + 10, "<H", 77),
        "encrypted": changed(central + 8, "<H", 1),
        "a large size": changed(central + 24, "<L", BILLION),
        "two large sizes": changed(
            central + 24, "<L", BILLION, changed(central + 20, "<L", BILLION)
        ),
        "a small size": changed(central + 24, "<L", 2, changed(central + 20, "<L", 2)),
        "sizes of zip64": changed(central + 20, "<Q", (1 << 64) - 1),
        "one place for 200 members": one_place_for(200, 1 << 20),
        "overlaps another": changed(central + 42, "<L", 0),
        "beyond the end": changed(central + 42, "<L", len(plain) - 4),
        "a wrong checksum": changed(central + 16, "<L", 7),
        "long extras": changed(plain.index(b"mine/data/0") - 2, "<H", 65535),
        "a list that is long": changed(len(plain) - 10, "<L", BILLION),
        "a list that is elsewhere": changed(len(plain) - 6, "<L", 0),
        "65,535 members": changed(len(plain) - 12, "<H", 65535),
        "a list of zip64": plain[:-22]
        + struct.pack("<4sQHHLLQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, HUGE, start)
        + struct.pack("<4sLQL", b"PK\6\7", 0, len(plain) - 22, 1)
        + plain[-22:],
        "15,000 members": pth(right, ONE, **{f"{k}": b"" for k in range(15_000)}),
        "30,000 members": pth(right, ONE, **{f"{k}": b"" for k in range(30_000)}),
        "a name twice": twice.getvalue(),
        "a name above": pth(right, ONE, **{"../../witness": b"x"}),
        "a name from the root": plain.replace(b"mine/data/0", b"/ine/data/0"),
        "two descriptions": pth(right, ONE, **{"other/data.pkl": right}),
        "no description": pth(right, ONE).replace(b"data.pkl", b"date.pkl"),
        "a large description": pth(b"N" * (1 << 21), ONE),
        "cut off": plain[:-30],
        "cut in the middle": plain[: len(plain) // 2],
        "only its first bytes": b"PK\3\4",
        "with a comment": plain[:-2] + struct.pack("<H", 60_000) + bytes(60_000),
        "bytes in front": b"PK\3\4" + bytes(1000) + plain,
        "order of bytes": pth(right, ONE, byteorder="big"),
    }


def old_files():
    right = state(w=tensor((1,), (1,)))
    billion = state(w=tensor((BILLION,), (1,), 0, storage("0", BILLION)))
    many = {str(k): (1 << 17, b"") for k in range(200)}  # each of half a megabyte, none there
    return {
        "another magic number": old_pth(right, OLD_ONE, magic=3),
        "a billion numbers": old_pth(billion, {"0": (BILLION, FOUR)}),
        "many large storages": old_pth(
            state(**{k: tensor((1,), (1,), 0, storage(k, 1 << 17)) for k in many}), many
        ),
        "another length": old_pth(right, {"0": (BILLION, FOUR)}),
        "a key twice": old_pth(right, OLD_ONE, keys=["0", "0"]),
        "a key too much": old_pth(right, OLD_ONE, keys=["0", "1"]),
        "no keys": old_pth(right, OLD_ONE, keys=[]),
        "keys of keys": old_pth(right, OLD_ONE, keys=[["0"]]),
        "of another processor": old_pth(right, OLD_ONE, little_endian=False),
        "a view of a storage": old_pth(
            state(w=tensor((1,), (1,), 0, storage(tail=tuple_of(text("v"), number(0), number(1))))),
            OLD_ONE,
        ),
        "cut off": old_pth(right, OLD_ONE)[:-2],
        "cut in the middle": old_pth(right, OLD_ONE)[:60],
        "no file of torch": b"hello",
        "nothing": b"",
    }


def many_entries(n):
    """The header of so many arrays without numbers."""
    parts = (b'"%d":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}' % k for k in range(n))
    return b"{" + b",".join(parts) + b"}"


def safetensors_files():
    w = {"weight": entry((2, 3), 0, 24), "bias": entry((2,), 24, 32)}
    one = b'"weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}'
    two = b'"bias":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}'
    data = bytes(32)

    def changed(**entries):
        return safetensors(w | entries, data)

    return {
        "a long header": safetensors(w, data, length=1 << 63),
        "a header beyond the end": safetensors(w, data, length=100_000),
        "a short header": safetensors(w, data, length=5),
        "a header of 50 MB": safetensors(b"{" + b" " * 50_000_000 + b"}"),
        "no header": b"\1\0",
        "nothing": b"",
        "a million arrays": safetensors(many_entries(1_000_000)),
        "15,000 arrays": safetensors(many_entries(15_000)),
        "much about itself": safetensors(
            {"__metadata__": {str(k): "" for k in range(60_000)}, **w}, data
        ),
        "deep": safetensors(b"[" * 1_000_000),
        "deep about itself": safetensors(b'{"__metadata__":' + b'{"a":' * 190_000),
        "overlap": changed(bias=entry((2,), 0, 8)),
        "a hole": safetensors(w | {"bias": entry((2,), 28, 36)}, bytes(36)),
        "bytes after the end": safetensors(w, data + b"x"),
        "cut off": safetensors(w, data[:-1]),
        "a name twice": safetensors(b"{" + one + b"," + one + b"," + two + b"}", data),
        "a name twice, otherwise": safetensors(
            b"{" + one.replace(b"2,3", b"3,2") + b"," + one + b"," + two + b"}", data
        ),
        "huge": changed(weight=entry((HUGE, HUGE), 0, 24)),
        "huge and empty": safetensors(
            {"weight": entry((0, HUGE), 0, 0), "bias": entry((2,), 0, 8)}, bytes(8)
        ),
        "a million axes": safetensors({"weight": entry((1,) * 300_000, 0, 4)}, FOUR),
        "fewer than nothing": changed(weight=entry((-2, -3), 0, 24)),
        "half a row": changed(weight=entry((2.5, 3), 0, 24)),
        "backwards": changed(weight=entry((2, 3), 24, 0)),
        "an unknown type": changed(weight=entry((2, 3), 0, 24, "\x1b[31mF32")),
        "another type": safetensors(
            {"weight": entry((2, 3), 0, 12, "BF16"), "bias": entry((2,), 12, 16, "F16")}, bytes(16)
        ),
        "NaN in its header": safetensors(b'{"weight":{"dtype":"F32","shape":[NaN]}}'),
        "infinity in its header": safetensors(b'{"weight":{"dtype":"F32","shape":[1e999]}}'),
        "control characters": changed(**{"\x1b[31mweight\n": entry((0,), 0, 0)}),
        "a name of 900,000 characters": changed(**{"w" * 900_000: entry((0,), 0, 0)}),
        "halves of letters": safetensors(
            b'{"\\ud800":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'
        ),
        "a pickle": pickle.dumps([1, 2, 3]),
        "an archive": pth(state(), ONE),
    }


def joblib_files():
    right = wrapper((2,))
    return {
        "a billion numbers": b"\x80\x04](" + wrapper((BILLION,)) + bytes(9) + b"e.",
        "empty and huge": b"\x80\x04](" + wrapper((0, HUGE)) + bytes(1) + b"e.",
        "almost huge": b"\x80\x04](" + wrapper((1 << 58,)) + bytes(9) + b"e.",
        "fewer than nothing": b"\x80\x04](" + wrapper((-1,)) + bytes(9) + b"e.",
        "100 axes": b"\x80\x04](" + wrapper((1,) * 100) + bytes(9) + b"e.",
        "cut off": b"\x80\x04](" + right + b"\x02\xff",
        "cut before its padding": b"\x80\x04](" + right,
        "padding beyond the end": b"\x80\x04](" + right + b"\xff" + bytes(20),
        "objects": b"\x80\x04](" + wrapper((2,), code="O8") + bytes(20) + b"e.",
        "another order of bytes": b"\x80\x04](" + wrapper((2,), byte_order=">") + bytes(9) + b"e.",
        "another order": b"\x80\x04](" + wrapper((2,), order="K") + bytes(9) + b"e.",
        "state twice": b"\x80\x04](" + right + bytes(9) + b"}b" + b"e.",
        "no numbers": b"\x80\x04](cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81e.",
        "arguments": b"\x80\x04](cjoblib.numpy_pickle\nNumpyArrayWrapper\n(Nt\x81e.",
        "no list": b"\x80\x04}.",
        "one array very often": joblib()[:-2] + right + bytes(9) + b"q\0" + b"h\0" * 48_000 + b"e.",
        "numbers": b"\x80\x04](" + number(3) + b"e.",
    }


def gifs():
    return {
        "a huge canvas": gif((65_535, 65_535), gif_frame()),
        "a large canvas": gif((12_000, 12_000), gif_frame()),
        "no canvas": gif((0, 0), gif_frame()),
        "a frame far outside": gif((9, 9), gif_frame(), gif_frame(1, 60_000, 60_000, 5000, 5000)),
        "a frame outside": gif((9, 9), gif_frame(), gif_frame(1, 5900, 5900)),
        "a million frames": gif((1, 1), *[gif_frame()] * 1_000_000),
        "large frames": gif((3000, 3000), *[gif_frame()] * 1000),
        "one frame for minutes": gif((1, 1), gif_frame(1), gif_frame(65_535)),
        "one large frame for seconds": gif((2000, 2000), gif_frame(1), gif_frame(400)),
        "no frames": gif((9, 9)),
        "cut off": gif((9, 9), gif_frame(1, 0, 0, 9, 9))[:-8],
        "only its first bytes": b"GIF89a",
        "nothing": b"",
        "another kind": b"\x89PNG\r\n\x1a\n" + bytes(100),
    }


def mp4s():
    """Clips that a codec made; needs the extra "video"."""
    import imageio.v3 as iio
    import numpy as np

    def made(n, side):
        frames = np.zeros((n, side, side, 3), np.uint8)
        options = {"plugin": "pyav", "is_batch": True, "codec": "libx264", "fps": 5}
        return iio.imwrite("<bytes>", frames, extension=".mp4", **options)

    right = made(3, 32)
    playlist = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"
    return {
        "right": right,
        "one large picture": made(1, 8192),
        "large pictures": made(30, 2048),
        "many pictures": made(5100, 16),
        "cut off": right[: len(right) // 2],
        "cut off a little": right[:-9],
        "a list of addresses": playlist,
        "a list of files": b"ffconcat version 1.0\nfile /etc/hostname\n",
        "another kind": gif((9, 9), gif_frame()),
        "nothing": b"",
        **{f"other bytes {k}": right[:k] + bytes(9) + right[k + 9 :] for k in range(0, 900, 90)},
    }


def pth_files():
    descriptions = programs() | long_programs() | tensors()
    return archives() | {name: pth(pickled, ONE) for name, pickled in descriptions.items()}


def old_pth_files():
    descriptions = programs() | tensors()
    return old_files() | {name: old_pth(part, OLD_ONE) for name, part in descriptions.items()}


HOSTILE = {
    "pth": pth_files,
    "old pth": old_pth_files,
    "safetensors": safetensors_files,
    "joblib": lambda: joblib_files() | programs(),
    "gif": gifs,
    "mp4": mp4s,
}
