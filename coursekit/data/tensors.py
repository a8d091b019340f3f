"""Tensors as torch.save describes them: which numbers of which storage, in which order."""

from dataclasses import dataclass

import numpy as np

from coursekit.data.pickles import Machine, Refused, expect_shape, expect_sizes, expect_type
from coursekit.nn.expect import shown

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


@dataclass(frozen=True, slots=True)
class Storage:
    """Numbers in a row, which tensors share; the file keeps them under a key."""

    dtype: np.dtype
    key: str
    numel: int

    @property
    def nbytes(self):
        return self.numel * self.dtype.itemsize


@dataclass(frozen=True, slots=True)
class Tensor:
    """Numbers of a storage from `offset` on, `stride` numbers apart along each axis."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]

    def end(self):
        """The place in the storage after the last number; 0 where there are none."""
        if 0 in self.shape:
            return 0
        steps = ((n - 1) * step for n, step in zip(self.shape, self.stride, strict=True))
        return self.offset + sum(steps) + 1

    def array(self, numbers):
        """The view of the storage's numbers; read-only where it shows one of them twice."""
        if 0 in self.shape:
            return np.empty(self.shape, numbers.dtype)
        first, *strides = (step * numbers.itemsize for step in (self.offset, *self.stride))
        view = np.ndarray(self.shape, numbers.dtype, numbers, first, strides)
        view.flags.writeable = view.size <= self.end() - self.offset
        return view


class Description(Machine):
    """Reads what a file says of its tensors, and notes the storages that it speaks of."""

    wanted = f"only tensors of {', '.join(np.dtype(kind).name for kind in STORAGES.values())}"
    wanted += " are read: torch.save(model.float().state_dict(), path) writes such"

    def __init__(self, file):
        super().__init__(file)
        self.storages = {}

    def state(self):
        """The next pickle, which must be a dictionary of tensors."""
        state = self.load()
        if type(state) is not dict:
            raise no_state_dict("it", state)
        for name, value in state.items():
            if type(value) is not Tensor:
                raise no_state_dict(shown(str(name)), value)
        return state

    def persistent(self, pid):
        """The storage of an id."""
        if len(expect_type(pid, tuple)) == 6 and pid[5] is None:  # before PyTorch 1.6
            pid = pid[:5]
        match pid:
            case ("storage", np.dtype() as dtype, str(key), _, numel):
                storage = Storage(dtype, key, *expect_sizes((numel,)))
                if self.storages.setdefault(key, storage) == storage:
                    return storage
        raise Refused("it describes a storage in a way that torch.save does not")

    def build(self, value, state):
        """state_dict() writes the versions of layers as an attribute of its dictionary."""
        expect_type(value, dict)


def no_state_dict(name, value):
    return Refused(
        f"it holds no plain dictionary of tensors ({name} is of type {type(value).__name__}); "
        "torch.save(model.state_dict(), path) writes one"
    )


def tensor(*arguments):
    """What torch calls _rebuild_tensor_v2. Strides say which memory is read, so all is checked."""
    match arguments:
        case (Storage() as storage, offset, shape, stride, bool(), _):
            tensor = Tensor(storage, offset, expect_shape(shape), stride)
        case _:
            raise Refused("it describes a tensor by more than storage, offset, shape and stride")
    expect_sizes((offset,))
    expect_sizes(stride)
    if len(shape) != len(stride) or tensor.end() > storage.numel:
        asks = shown(f"shape {shape} and stride {stride} from {offset} on")
        raise Refused(f"a storage of {storage.numel} numbers holds no tensor of {asks}")
    return tensor


def parameter(*arguments):
    """What torch calls _rebuild_parameter: a tensor, and whether it is trained."""
    match arguments:
        case (Tensor() as tensor, bool(), _):
            return tensor
    raise Refused("it describes a parameter by more than a tensor")


def ordered_dict(*arguments):
    """Items of a dictionary are set one by one, after it was made."""
    if arguments:
        raise Refused("it describes a dictionary in a way that torch.save does not")
    return {}


Description.admitted = {
    ("collections", "OrderedDict"): ordered_dict,
    ("torch._utils", "_rebuild_tensor_v2"): tensor,
    ("torch._utils", "_rebuild_parameter"): parameter,
    **{("torch", name): np.dtype(kind) for name, kind in STORAGES.items()},
}
