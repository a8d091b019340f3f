"""One unit of a network as a function of its picture: the value forward, the slope backward."""

import numpy as np

from coursekit.nn.expect import expect_floats


class Unit:
    """A unit of one layer, by its number or by the name of its class.

    model: a nn.Sequential or one of data.load_network; layer: its name in model.layers, None for
    the last. unit k of a layer (n, units) is column k. Of a layer (n, c, h, w) it is channel k,
    the mean over its places, or the single place (k, row, column). Raises ValueError for a layer
    or a unit that is not there, and lists those that are.
    """

    def __init__(self, model, unit, layer=None):
        self.layers = layers_up_to(model, layer)
        self.layer = list(model.layers)[len(self.layers) - 1]
        self.place = place_of(unit, getattr(model, "names", []) if layer is None else [])
        model.eval()

    def forward(self, x):
        """x (n, c, h, w) -> the unit's values (n,)."""
        self.y = run(self.layers, x)
        self.check_place()
        return self.y[:, *self.place].reshape(len(x), -1).mean(axis=1)

    def backward(self):
        """The slope of the sum of all values: dx (n, c, h, w)."""
        dy = np.zeros_like(self.y)
        chosen = dy[:, *self.place]
        dy[:, *self.place] = len(dy) / chosen.size  # 1 over the places of a channel
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy

    def check_place(self):
        size = self.y.shape[1:]
        inside = all(-1 < k < n for k, n in zip(self.place, size, strict=False))
        if not inside or len(self.place) not in {1, len(size)}:
            places = "" if len(size) == 1 else f", or (k, row, column) below {size}"
            raise ValueError(
                f"layer {self.layer!r} has the units 0…{size[0] - 1}{places}; got {self.place}"
            )


def place_of(unit, names):
    """3 -> (3,), (3, 4, 5) -> (3, 4, 5), "espresso" -> (its number in names,)."""
    if isinstance(unit, str):
        if unit not in names:
            known = ", ".join(names) if names else "none here, give its number"
            raise ValueError(f"the units with names are: {known}; got {unit!r}")
        return (names.index(unit),)
    place = unit if isinstance(unit, tuple) else (unit,)
    if not all(isinstance(k, int | np.integer) and not isinstance(k, bool) for k in place):
        raise TypeError(f"a unit is a whole number, a tuple of three, or a name; got {unit!r}")
    return place


def layers_up_to(model, layer):
    """The layers of a model from the first to the one of this name; all of them for None."""
    named = getattr(model, "layers", None)
    if not isinstance(named, dict):
        raise TypeError(f"expects a model with layers by name; got {type(model).__name__}")
    if layer is None:
        return list(named.values())
    if layer not in named:
        raise ValueError(f"the model has the layers {', '.join(named)}; got {layer!r}")
    return list(named.values())[: list(named).index(layer) + 1]


def run(layers, x):
    for layer in layers:
        x = layer.forward(x)
    return x


def check_x(owner, model, x):
    """Return x when it is floats of the shape that the model takes, else raise."""
    expect_floats(owner, x)
    check = getattr(model, "check_x", None)  # networks of data know their shape
    return check(x) if check else x


def check_picture(owner, image, name="image"):
    """Return image when it is (h, w) or (h, w, c) floats in 0…1, else raise."""
    expect_floats(owner, image, name)
    if image.ndim not in {2, 3} or image.size == 0:
        raise ValueError(f"{owner} expects {name} (h, w) or (h, w, c); got {image.shape}")
    if not (image.min() >= 0 and image.max() <= 1):
        raise ValueError(
            f"{owner} expects {name} in 0…1; got {image.min():.4g}…{image.max():.4g}. "
            "skimage.util.img_as_float(image) converts integers"
        )
    return image


def to_x(image):
    """A picture (h, w, c) -> x (1, c, h, w)."""
    return np.ascontiguousarray(image.transpose(2, 0, 1)[None])


def to_image(x):
    """x (1, c, h, w) -> the picture (h, w, c)."""
    return x[0].transpose(1, 2, 0)


def without_grey_axis(image):
    """(h, w, 1) -> (h, w); a picture of three colours stays."""
    return image[..., 0] if image.shape[2] == 1 else image
