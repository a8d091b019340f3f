"""Reading a list of arrays that joblib wrote, without joblib and without its unpickler."""

import io
import math
import pickle

import numpy as np

NUMBERS: dict[object, np.dtype] = {"f4": np.dtype("<f4"), "f8": np.dtype("<f8")}


def read_arrays(data):
    """Read joblib.dump([array, …]), uncompressed bytes: -> list of float arrays.

    Such a file is a pickle with the numbers of each array in between: after the description of
    an array comes a byte p, p bytes to skip, then the numbers. Nothing but these descriptions is
    admitted. Raises ValueError for a file that asks for anything else, naming it.
    """
    file = io.BytesIO(data)

    class Described:
        """Takes the place of joblib's NumpyArrayWrapper: reads the numbers that follow it."""

        def __setstate__(self, state):
            dtype = NUMBERS[state["dtype"].code]
            file.seek(file.read(1)[0], io.SEEK_CUR)
            values = np.frombuffer(file.read(math.prod(state["shape"]) * dtype.itemsize), dtype)
            self.array = values.reshape(state["shape"], order=state["order"])

    class Unpickler(pickle.Unpickler):
        def find_class(self, module, name):
            admitted = {
                ("joblib.numpy_pickle", "NumpyArrayWrapper"): Described,
                ("numpy", "ndarray"): "ndarray",
                ("numpy", "dtype"): NumberType,
            }
            if (module, name) not in admitted:
                raise ValueError(f"the file asks for {module}.{name}, and only arrays are admitted")
            return admitted[module, name]

    return [described.array for described in Unpickler(file).load()]


class NumberType:
    """Takes the place of numpy.dtype: a code such as "f4", stored with the lowest byte first."""

    def __init__(self, code, *_):
        self.code = code

    def __setstate__(self, state):
        if state[1] != "<":
            raise ValueError(f"the file holds numbers in byte order {state[1]!r}; expected '<'")
