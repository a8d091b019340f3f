"""Reading PyTorch's .pth files without PyTorch, and without running anything they hold.

A .pth is a pickle, and a pickle may ask for any function of any module to be called. Ours knows
the constructors of tensors and refuses every other name. torch.save writes a zip archive since
2020 and wrote pickles one after the other before; both are read.
"""

import collections
import io
import pickle
import zipfile
from pathlib import Path

import numpy as np

from coursekit.nn.expect import expect_count

OLD_MAGIC = 0x1950A86A20F9469CFC6C
STORAGES = {
    "DoubleStorage": np.float64,
    "FloatStorage": np.float32,
    "HalfStorage": np.float16,
    "LongStorage": np.int64,
    "IntStorage": np.int32,
    "ShortStorage": np.int16,
    "CharStorage": np.int8,
    "ByteStorage": np.uint8,
    "BoolStorage": np.bool_,
}


def read_pth(path):
    """Read what torch.save wrote of a state_dict: {name: array}.

    Use it for a model of your own: nn.load_state_dict(model, read_pth("mine.pth")), where model
    is a Sequential with torch's names. Raises ValueError for a file that asks for anything but
    tensors, naming it, and for one that is cut off or no .pth.
    """
    data = Path(path).read_bytes()
    try:
        return read_zip(data) if zipfile.is_zipfile(io.BytesIO(data)) else read_old(data)
    except Refused as refused:
        raise ValueError(f"{path} is refused: {refused}") from None
    except Exception as error:  # a broken pickle can fail in any way
        raise ValueError(f"read_pth cannot read {path}: {error!r}") from error


class Refused(Exception):
    """A file asks for something that no tensor needs."""


class TensorUnpickler(pickle.Unpickler):
    """Unpickle dictionaries of tensors; `storage(kind, key, numel)` gives the memory of one."""

    def __init__(self, file, storage):
        super().__init__(file)
        self.storage = storage

    def find_class(self, module, name):
        if module == "torch" and name in STORAGES:
            return name
        admitted = {
            ("collections", "OrderedDict"): collections.OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): rebuild_tensor,
            ("torch._utils", "_rebuild_parameter"): lambda tensor, *_: tensor,
        }
        if (module, name) not in admitted:
            raise Refused(f"it asks for {module}.{name}, and only tensors are admitted")
        return admitted[module, name]

    def persistent_load(self, pid):
        _, kind, key, _, numel, *_ = pid  # ("storage", "FloatStorage", "0", "cpu", 864, …)
        return self.storage(np.dtype(STORAGES[kind]), key, expect_count("storage", "numel", numel))


def rebuild_tensor(storage, offset, shape, stride, *_):
    """The array of this shape, with strides in numbers, that begins at `offset` in a storage."""
    if min((offset, *shape, *stride), default=0) < 0 or len(shape) != len(stride):
        raise Refused(f"it asks for a tensor of shape {shape} and stride {stride} at {offset}")
    reach = sum((n - 1) * step for n, step in zip(shape, stride, strict=True))
    if 0 not in shape and offset + reach >= len(storage):
        raise Refused(f"it asks for a tensor of shape {shape} beyond its {len(storage)} numbers")
    strides = [step * storage.itemsize for step in stride]
    return np.lib.stride_tricks.as_strided(storage[offset:], shape, strides, writeable=False)


def read_zip(data):
    """The format since PyTorch 1.6: NAME/data.pkl, and one file NAME/data/KEY for each storage."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        [pickled] = [name for name in archive.namelist() if name.endswith("/data.pkl")]
        folder = pickled.removesuffix(".pkl")

        def storage(dtype, key, numel):
            return np.frombuffer(archive.read(f"{folder}/{key}"), dtype.newbyteorder("<"), numel)

        state = TensorUnpickler(io.BytesIO(archive.read(pickled)), storage).load()
    return own_arrays(state)


def read_old(data):
    """The format before: magic number, version, system, tensors, keys; then the storages."""
    file = io.BytesIO(data)
    storages: dict[str, np.ndarray] = {}

    def storage(dtype, key, numel):
        if numel * dtype.itemsize > len(data):
            raise Refused(f"it asks for {numel} numbers and holds {len(data)} bytes")
        return storages.setdefault(key, np.empty(numel, dtype.newbyteorder("<")))

    magic, _, _, state, keys = (TensorUnpickler(file, storage).load() for _ in range(5))
    if magic != OLD_MAGIC:
        raise ValueError("no magic number")
    for key in keys:  # each is its length, then its numbers
        values, n_bytes = storages[key], storages[key].nbytes
        file.seek(8, io.SEEK_CUR)
        values[:] = np.frombuffer(file.read(n_bytes), values.dtype)
    return own_arrays(state)


def own_arrays(state):
    """Copies that lie in order and can be written to, of every tensor in the dictionary."""
    if not isinstance(state, dict) or not all(isinstance(v, np.ndarray) for v in state.values()):
        raise Refused("it holds no plain dictionary of tensors; save model.state_dict()")
    native = {name: value.astype(value.dtype.newbyteorder("=")) for name, value in state.items()}
    return {name: np.array(value, order="C") for name, value in native.items()}
