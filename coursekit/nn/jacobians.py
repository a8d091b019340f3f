"""Shapes in the chain rule: dz/dx = dz/du · du/dx as a product of matrices (decks 000 and 002).

Convention: the Jacobian dz/du has one row per component of z and one column per component of u.
"""

import numpy as np


def jacobian_shapes(sizes):
    """Shape of every factor of a chain, and of their product, from the sizes of its variables.

    sizes: {variable: number of components}, from the result back to the first input.

    >>> jacobian_shapes({"z": 1, "u": 2, "x": 4})
    {'dz/du': (1, 2), 'du/dx': (2, 4), 'dz/dx': (1, 4)}
    """
    names = list(sizes)
    if len(names) < 2:
        raise ValueError(f"a chain needs two variables or more; got {names}")
    pairs = [*zip(names[:-1], names[1:], strict=True), (names[0], names[-1])]
    return {f"d{z}/d{u}": (sizes[z], sizes[u]) for z, u in pairs}


def check_chain(sizes, factors):
    """Raise ValueError for the first factor whose shape does not fit the chain; else return None.

    factors: {"dz/du": its matrix or its shape, …}; names as in `jacobian_shapes`.
    """
    shapes = jacobian_shapes(sizes)
    for name, factor in factors.items():
        if name not in shapes:
            raise ValueError(f"this chain has {', '.join(shapes)}; got {name!r}")
        came = factor if isinstance(factor, tuple) else np.shape(factor)
        if came != shapes[name]:
            z, u = name[1:].split("/d")
            raise ValueError(
                f"{name} expects shape {shapes[name]}, as {z} has size {sizes[z]} and {u} has "
                f"size {sizes[u]}; got {came}"
            )


def jacobian(layer, x):
    """The matrix dy/dx of a layer at one input x (d_in,), by one backward pass per output.

    Row i is what backward makes of the i-th unit vector. Returns (d_out, d_in).
    """
    y = layer.forward(x[None])  # (d_in,) -> (1, d_in)
    return np.concatenate([layer.backward(row[None]) for row in np.eye(y.size, dtype=x.dtype)])
