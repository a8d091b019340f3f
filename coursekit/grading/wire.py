"""The wire between the grader and a submission: raw numbers and short text, lengths checked first.

A value is one letter for its kind and then its content. Nothing here imports, calls or evaluates
what came; a message that breaks a rule is a WireError. Kinds, all numbers little-endian:

    N T F            None, True, False
    i d              whole number (int64), floating-point number (float64)
    s u32 bytes      text in UTF-8
    l t m u32 ...    list, tuple, mapping (text, value, text, value, ...) of that many items
    a u8 u8 u32* ... array: index in DTYPES, number of axes, sizes, raw numbers in C order;
                     one without axes arrives as a NumPy scalar
    c u32            a function of the sender's, by number; only the grader sends any

This file and child.py use NumPy and the standard library only: they also run beside the learner's
code, where coursekit does not exist.
"""

import struct
import time

import numpy as np

DTYPES = [np.dtype(name) for name in ("<f8", "<f4", "<f2", "<i8", "?")]
MOST_BYTES = 1 << 25  # of one message
MOST_ITEMS = 10_000  # of all lists, tuples and mappings of one message together
MOST_AXES = 8
DEPTH = 5  # a request inside its number, and values nested three deep
SEQUENCES: dict[type, bytes] = {list: b"l", tuple: b"t"}


class WireError(ValueError):
    """A value that the wire does not carry, or bytes that are no message."""


def encode(value, functions=None, depth=DEPTH):
    """Bytes of a value. Raises WireError for a type or a size that the wire does not carry.

    functions: a list that takes the functions in the value; their places in it are sent.
    """
    if isinstance(value, np.ndarray | np.generic):
        return _encode_array(value)
    if value is None or isinstance(value, bool):
        return b"N" if value is None else b"T" if value else b"F"
    if isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            raise WireError("a whole number of more than 64 bits")
        return struct.pack("<cq", b"i", value)
    if isinstance(value, float):
        return struct.pack("<cd", b"d", value)
    if isinstance(value, str):
        if len(value) > MOST_BYTES:
            raise WireError(f"a text of {len(value)} characters")
        text = value.encode("utf-8", "replace")
        return struct.pack("<cI", b"s", len(text)) + text
    if type(value) in SEQUENCES and depth:
        head = _count(SEQUENCES[type(value)], value)
        return head + b"".join(encode(item, functions, depth - 1) for item in value)
    if type(value) is dict and depth and all(type(key) is str for key in value):
        head = _count(b"m", value)
        pairs = (encode(k) + encode(item, functions, depth - 1) for k, item in value.items())
        return head + b"".join(pairs)
    if functions is not None and callable(value):
        functions.append(value)
        return struct.pack("<cI", b"c", len(functions) - 1)
    raise WireError(f"a value of type {type(value).__name__}")


def _count(kind, items):
    if len(items) > MOST_ITEMS:
        raise WireError(f"more than {MOST_ITEMS} items")
    return struct.pack("<cI", kind, len(items))


def _encode_array(array):
    array = np.asarray(array)  # a subclass sends its raw numbers, whatever it says it is
    if array.dtype.kind in "iu":
        array = array.astype("<i8")
    elif array.dtype.kind == "f" and array.dtype.itemsize > 8:
        array = array.astype("<f8")
    dtype = array.dtype.newbyteorder("<")
    if dtype not in DTYPES or array.ndim > MOST_AXES or array.nbytes > MOST_BYTES:
        raise WireError(f"an array of {array.dtype} with shape {array.shape}")
    head = struct.pack("<cBB", b"a", DTYPES.index(dtype), array.ndim)
    sizes = struct.pack(f"<{array.ndim}I", *array.shape)
    return head + sizes + array.astype(dtype, copy=False).tobytes()


def decode(data, function=None):
    """The value of a whole message. Raises WireError for anything that encode does not write.

    function: makes what stands for the other side's function of a number; without it, none may
    come.
    """
    reader = _Reader(data, function)
    value = reader.value(DEPTH)
    if reader.left:
        raise WireError(f"{reader.left} bytes too many")
    return value


class _Reader:
    """Walks over the bytes of a message and never past their end."""

    def __init__(self, data, function):
        self.data = data
        self.function = function
        self.at = 0
        self.items_left = MOST_ITEMS

    @property
    def left(self):
        return len(self.data) - self.at

    def take(self, count):
        if count > self.left:
            raise WireError(f"{count} bytes announced, {self.left} there")
        self.at += count
        return self.data[self.at - count : self.at]

    def unpack(self, layout):
        return struct.unpack(f"<{layout}", self.take(struct.calcsize(f"<{layout}")))

    def value(self, depth):
        kind = self.take(1)
        if kind in b"NTF":
            return {b"N": None, b"T": True, b"F": False}[kind]
        if kind in b"id":
            return self.unpack("q" if kind == b"i" else "d")[0]
        if kind == b"s":
            return self.text()
        if kind == b"a":
            return self.array()
        if kind in b"ltm" and depth:
            return self.items(kind, depth - 1)
        if kind == b"c" and self.function is not None:
            return self.function(self.unpack("I")[0])
        raise WireError(f"unknown kind {kind!r}")

    def text(self):
        try:
            return str(self.take(self.unpack("I")[0]), "utf-8")
        except UnicodeDecodeError as error:
            raise WireError("text that is not UTF-8") from error

    def items(self, kind, depth):
        (count,) = self.unpack("I")
        if count > self.items_left:
            raise WireError(f"more than {MOST_ITEMS} items")
        self.items_left -= count
        if kind == b"m":
            return {self.key(): self.value(depth) for _ in range(count)}
        values = [self.value(depth) for _ in range(count)]
        return values if kind == b"l" else tuple(values)

    def key(self):
        if self.take(1) != b"s":
            raise WireError("a key that is not text")
        return self.text()

    def array(self):
        code, axes = self.unpack("BB")
        if code >= len(DTYPES) or axes > MOST_AXES:
            raise WireError(f"an array of kind {code} with {axes} axes")
        shape = self.unpack(f"{axes}I")
        length = DTYPES[code].itemsize
        for size in shape:  # Python's whole numbers: no overflow
            length *= size
        raw = self.take(length)
        if DTYPES[code].kind == "b" and raw.translate(None, b"\0\1"):
            raise WireError("a truth value that is neither 0 nor 1")
        try:
            return np.frombuffer(raw, DTYPES[code]).reshape(shape).copy()[()]
        except ValueError as error:  # a size of 0 beside sizes whose product NumPy refuses
            raise WireError(f"an array of shape {shape}") from error


def send(socket, value, deadline=None, functions=None):
    """Write one message: its length, then its bytes; return the length.

    Raises TimeoutError at the deadline.
    """
    data = encode(value, functions)
    if len(data) > MOST_BYTES:
        raise WireError(f"a message of {len(data)} bytes")
    socket.settimeout(_until(deadline))
    socket.sendall(struct.pack("<I", len(data)) + data)
    return len(data)


def receive(socket, deadline=None, function=None):
    """Read one message. Raises WireError, EOFError at the end, TimeoutError at the deadline."""
    (length,) = struct.unpack("<I", _read(socket, 4, deadline))
    if length > MOST_BYTES:
        raise WireError(f"{length} bytes announced")
    return decode(_read(socket, length, deadline), function)


def _read(socket, count, deadline):
    data = bytearray()
    while len(data) < count:
        socket.settimeout(_until(deadline))
        piece = socket.recv(min(count - len(data), 1 << 16))
        if not piece:
            raise EOFError("the other side has gone")
        data += piece
    return bytes(data)


def _until(deadline):
    """Seconds left until a time of the monotonic clock; None waits for ever."""
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
