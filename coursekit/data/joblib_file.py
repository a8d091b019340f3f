"""Reading a list of arrays that joblib wrote, without joblib and without its unpickler."""

import io
import math
import os

import numpy as np

from coursekit.data.pickles import Machine, Refused, expect_shape, expect_type

NUMBERS = {"f4": np.dtype("<f4"), "f8": np.dtype("<f8")}


def read_arrays(data):
    """Read joblib.dump([array, …]), uncompressed bytes: -> list of float arrays.

    Such a file is a pickle with the numbers of each array in between: after the description of
    an array comes a byte p, p bytes to skip, then the numbers. The arrays are read-only views of
    `data`. Raises ValueError for a file that holds or asks for anything else, naming it.
    """
    try:
        return [array_of(value) for value in expect_type(Arrays(data).load(), list)]
    except Refused as refused:
        raise ValueError(f"read_arrays cannot read this file of joblib: {refused}") from None


class Wrapper:
    """Takes the place of joblib's NumpyArrayWrapper: the numbers follow its state."""

    array: np.ndarray | None = None


def array_of(value):
    if type(value) is not Wrapper or value.array is None:
        raise Refused(f"it holds a value of type {type(value).__name__}, and only arrays are read")
    return value.array


class NumberType:
    """Takes the place of numpy.dtype; its state has the order of bytes."""

    def __init__(self, *arguments):
        match arguments:
            case (("f4" | "f8") as code, bool(), bool()):
                self.dtype = NUMBERS[code]
            case _:
                raise Refused("it holds numbers that are neither float32 nor float64")


def wrapper(*arguments):
    if arguments:
        raise Refused("it describes an array in a way that joblib does not")
    return Wrapper()


class Arrays(Machine):
    """Reads descriptions of arrays, and the numbers that follow each of them."""

    wanted = "only arrays of float32 and float64 are read"
    admitted = {
        ("joblib.numpy_pickle", "NumpyArrayWrapper"): wrapper,
        ("numpy", "ndarray"): "ndarray",
        ("numpy", "dtype"): NumberType,
    }

    def __init__(self, data):
        self.data, self.bytes = data, io.BytesIO(data)
        super().__init__(self.bytes)

    def build(self, value, state):
        match value, state:
            case NumberType(), (3, "<", *_):
                pass
            case Wrapper(array=None), {"shape": shape, "order": "C" | "F" as order, "dtype": kind}:
                dtype = expect_type(kind, NumberType).dtype
                value.array = self.numbers(expect_shape(shape), order, dtype)
            case _:
                raise Refused("it describes an array in a way that joblib does not")

    def numbers(self, shape, order, dtype):
        """The array that comes next in the file."""
        self.bytes.seek(sum(self.bytes.read(1)), os.SEEK_CUR)
        start, length = self.bytes.tell(), math.prod(shape) * dtype.itemsize
        if start + length > len(self.data):
            raise Refused(f"it is cut off: {length} bytes should follow byte {start}")
        self.bytes.seek(length, os.SEEK_CUR)
        return np.ndarray(shape, dtype, self.data, start, order=order)
