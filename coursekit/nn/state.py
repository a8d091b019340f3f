"""Saving and loading: the names and layouts of torch.nn, in safetensors files."""

import numpy as np


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
    expected = state_dict(model)
    check_names(expected, state)
    for name, array in state.items():
        check_array(name, expected[name], array)
    for name, values, key in named_state(model):
        values[key] = np.array(state[name])


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

    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            state = {name: tensor(file, name) for name in file.keys()}  # noqa: SIM118, no dict
    except safetensors.SafetensorError as error:
        raise ValueError(f"load expects a safetensors file; {path} is none ({error})") from None
    load_state_dict(model, state)
    return model


def tensor(file, name):
    try:
        return file.get_tensor(name)
    except TypeError:
        came = file.get_slice(name).get_dtype()
        raise TypeError(f"{name} expects a type that numpy knows; got {came}") from None


def named_state(model):
    """Yield (dotted name, the dictionary that holds the array, its key)."""
    for prefix, module in model.named_modules():
        for values in (module.params, module.buffers):
            for key in values:
                yield (f"{prefix}.{key}" if prefix else key), values, key


def check_names(expected, state):
    missing = [name for name in expected if name not in state]
    unknown = [name for name in state if name not in expected]
    if missing or unknown:
        complaints = [f"misses {', '.join(missing)}"] * bool(missing)
        complaints += [f"has no place for {', '.join(unknown)}"] * bool(unknown)
        raise ValueError(f"the model {' and '.join(complaints)}")


def check_array(name, expected, array):
    if array.shape != expected.shape:
        raise ValueError(f"{name} expects shape {expected.shape}; got {array.shape}")
    wanted = {"f": ("float32", "float64"), "i": ("int32", "int64")}[expected.dtype.kind]
    if array.dtype.name not in wanted:
        raise TypeError(f"{name} expects {' or '.join(wanted)}; got {array.dtype}")
