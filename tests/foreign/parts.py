"""Weight files put together by hand, piece by piece, so that any piece can be a wrong one."""

import io
import json
import pickle
import struct
import zipfile

import numpy as np

OLD_MAGIC = 0x1950A86A20F9469CFC6C
NAMES = {"float32": "Float", "float64": "Double", "float16": "Half", "int64": "Long"}
NAMES |= {"int32": "Int", "uint8": "Byte", "bool": "Bool"}
REBUILD = b"ctorch._utils\n_rebuild_tensor_v2\n"


def number(n):
    """A whole number as a pickle holds it."""
    if -(1 << 31) <= n < 1 << 31:
        return b"J" + struct.pack("<i", n)
    data = n.to_bytes(n.bit_length() // 8 + 1, "little", signed=True)
    return b"\x8a" + bytes([len(data)]) + data


def text(words):
    data = words.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def tuple_of(*values):
    return b"(" + b"".join(values) + b"t"


def numbers(values):
    return tuple_of(*map(number, values))


def storage(key="0", numel=1, kind="Float", tail=b""):
    """The persistent id of a storage, and what makes it one."""
    name = f"ctorch\n{kind}Storage\n".encode()
    return tuple_of(text("storage"), name, text(key), text("cpu"), number(numel), tail) + b"Q"


def tensor(shape, stride, offset=0, stored=None, tail=b""):
    """A tensor of a storage."""
    parts = [stored or storage(), number(offset), numbers(shape), numbers(stride)]
    return REBUILD + tuple_of(*parts, b"\x89", b"}", tail) + b"R"


def state(**tensors):
    """A pickle of a dictionary."""
    return b"\x80\x02}(" + b"".join(text(k) + v for k, v in tensors.items()) + b"u."


def pth(pickled, storages=(), *, compression=zipfile.ZIP_STORED, **members):
    """A zip archive with data.pkl, and storages and other members as bytes by name."""
    file = io.BytesIO()
    stored = {f"data/{key}": data for key, data in dict(storages).items()}
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in {"data.pkl": pickled, **stored, **members}.items():
            archive.writestr(f"mine/{name}", data)
    return file.getvalue()


def old_pth(pickled, storages=(), *, magic=OLD_MAGIC, keys=None, little_endian=True):
    """Pickles one after the other, then the storages: (length, bytes) by key."""
    storages = dict(storages)
    head = [magic, 1001, {"little_endian": little_endian}]
    parts = [pickle.dumps(part, protocol=2) for part in head]
    parts += [pickled, pickle.dumps([*storages] if keys is None else keys, protocol=2)]
    for length, data in storages.values():
        parts += [struct.pack("<Q", length), data]
    return b"".join(parts)


def described(arrays):
    """The pickle of a state of contiguous arrays, and their bytes by key."""
    tensors, storages = {}, {}
    for key, (name, array) in enumerate(arrays.items()):
        array = np.ascontiguousarray(array).reshape(array.shape)
        stored = storage(str(key), array.size, NAMES[array.dtype.name])
        stride = [step // array.itemsize for step in array.strides]
        tensors[name] = tensor(array.shape, stride, 0, stored)
        storages[str(key)] = array.tobytes()
    return state(**tensors), storages


def right_pth(arrays):
    return pth(*described(arrays), version="3\n", byteorder="little")


def right_old_pth(arrays):
    pickled, storages = described(arrays)
    sizes = [array.size for array in arrays.values()]
    lengths = zip(sizes, storages.values(), strict=True)
    return old_pth(pickled, dict(zip(storages, lengths, strict=True)))


def wrapper(shape, *, order="C", code="f4", byte_order="<"):
    """joblib's description of an array, before its padding and numbers."""
    kind = b"cnumpy\ndtype\n" + tuple_of(text(code), b"\x89\x88") + b"R"
    kind += tuple_of(number(3), text(byte_order), b"NNN", number(-1), number(-1), number(0)) + b"b"
    entries = text("shape") + numbers(shape) + text("order") + text(order) + text("dtype") + kind
    return b"cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(" + entries + b"ub"


def joblib(*arrays):
    """What joblib.dump([array, …]) means, for arrays in C order."""
    parts = [
        wrapper(array.shape, code=array.dtype.str[1:]) + b"\x02\xff\xff" + array.tobytes()
        for array in arrays
    ]
    return b"\x80\x04](" + b"".join(parts) + b"e."


def safetensors(header, data=b"", length=None):
    """A header, as a dictionary or as bytes, and the numbers of its arrays."""
    if isinstance(header, dict):
        header = json.dumps(header).encode()
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def entry(shape, start, end, kind="F32"):
    return {"dtype": kind, "shape": list(shape), "data_offsets": [start, end]}


def right_safetensors(arrays):
    kinds = {"float32": "F32", "float64": "F64", "int64": "I64"}
    header, data = {}, b""
    for name, array in arrays.items():
        end = len(data) + array.nbytes
        header[name] = entry(array.shape, len(data), end, kinds[array.dtype.name])
        data += array.tobytes()
    return safetensors(header, data)


def gif(size, *frames):
    """A GIF of a canvas (width, height) and frames as `gif_frame` makes them."""
    palette = b"\0\0\0\xff\xff\xff"
    return b"GIF89a" + struct.pack("<HHBBB", *size, 0x80, 0, 0) + palette + b"".join(frames) + b";"


def gif_frame(hundredths=1, left=0, top=0, width=1, height=1):
    """A frame with the pixels of a single one, whatever size it says it has."""
    place = struct.pack("<HHHHB", left, top, width, height, 0)
    return b"!\xf9\4\0" + struct.pack("<H", hundredths) + b"\0\0," + place + b"\2\2D\1\0"
