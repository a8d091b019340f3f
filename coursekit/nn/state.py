"""Saving and loading: the names and layouts of torch.nn, in safetensors files."""

import numpy as np

from coursekit.nn.expect import shown

MOST_HEADER = 1 << 19  # bytes that describe the arrays of a file: about 5,000 of them
TYPES = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16"}
TYPES |= {"I64": "int64", "I32": "int32"}  # safetensors' names of types, and NumPy's


def state_dict(model):
    """All that a trained model has learnt: {dotted name: array}, parameters and buffers.

    The arrays are the model's own, not copies. Names, order and layouts are those that torch.nn
    gives the same architecture.
    """
    return {name: values[key] for name, values, key in named_state(model)}


def load_state_dict(model, state):
    """Copy arrays into a model, which takes over their type, float32 or float64.

    Raises ValueError for a name that is missing or unknown and for a shape that does not fit,
    TypeError for another type; each says which. The model is then as it was before.
    """
    check(model, {name: (array.shape, array.dtype.name) for name, array in state.items()})
    put(model, {name: np.array(array, order="C") for name, array in state.items()})


def save(model, path):
    """Write a model's parameters and buffers to a .safetensors file."""
    state = {name: np.array(array, order="C") for name, array in state_dict(model).items()}
    from safetensors.numpy import save_file

    save_file(state, path)


def load(model, path):
    """Read a .safetensors file into a model of the same architecture, and return the model.

    Nothing in such a file can run. Raises as `load_state_dict`, and ValueError for another kind
    of file. torch writes one with safetensors.torch.save_file(net.state_dict(), path).
    """
    import safetensors

    check_header(path)
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            parts = {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118, no dict
            check(model, {name: described(part) for name, part in parts.items()})
            state = {name: file.get_tensor(name) for name in parts}
    except safetensors.SafetensorError as error:
        raise no_safetensors(path, str(error).split(": ", 1)[-1]) from None
    except (TypeError, ValueError) as error:
        raise type(error)(f"load cannot use {path}: {error}") from None
    put(model, state)
    return model


def no_safetensors(path, why):
    return ValueError(f"load expects a safetensors file; {path} is none ({shown(why, 200)})")


def check_header(path):
    """A file begins with the length of its header, which safetensors would read at any length."""
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
    if length > MOST_HEADER:
        raise no_safetensors(path, f"a header of {length:,} bytes, more than {MOST_HEADER:,}")


def described(part):
    """Shape and type of an array in a file, before it is read."""
    return tuple(part.get_shape()), TYPES.get(part.get_dtype(), part.get_dtype())


def put(model, state):
    """Make arrays that were checked the model's own."""
    for name, values, key in named_state(model):
        values[key] = state[name]


def named_state(model):
    """Yield (dotted name, the dictionary that holds the array, its key)."""
    for prefix, module in model.named_modules():
        for values in (module.params, module.buffers):
            for key in values:
                yield (f"{prefix}.{key}" if prefix else key), values, key


def check(model, came):
    """{name: (shape, name of a type)} fits the model."""
    expected = state_dict(model)
    check_names(expected, came)
    for name, (shape, kind) in came.items():
        check_array(name, expected[name], shape, kind)


def check_names(expected, came):
    missing = [name for name in expected if name not in came]
    unknown = [name for name in came if name not in expected]
    if missing or unknown:
        complaints = [f"misses {listed(missing)}"] * bool(missing)
        complaints += [f"has no place for {listed(unknown)}"] * bool(unknown)
        raise ValueError(f"the model {' and '.join(complaints)}")


def listed(names, most=10):
    """Names that a file may have chosen, as part of a sentence."""
    more = [f"and {len(names) - most:,} more"] * (len(names) > most)
    return ", ".join([*(shown(str(name)) for name in names[:most]), *more])


def check_array(name, expected, shape, kind):
    if shape != expected.shape:
        raise ValueError(f"{name} expects shape {expected.shape}; got {shown(str(shape))}")
    wanted = {"f": ("float32", "float64"), "i": ("int32", "int64")}[expected.dtype.kind]
    if kind not in wanted:
        raise TypeError(f"{name} expects {' or '.join(wanted)}; got {kind}")
