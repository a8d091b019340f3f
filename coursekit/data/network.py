"""A network that knows which pictures it takes and how its answers are called."""

import math

import numpy as np

from coursekit.nn import Sequential
from coursekit.nn.activations import log_softmax
from coursekit.nn.expect import expect_count


class Network(Sequential):
    """Layers in a row, the shape of an image they take, and a name for each class.

    image_shape: (28, 28) grey, (48, 48, 3) colour, or with "h" and "w" where any size will do.
    x (n, c, h, w) holds such images in 0…1, as `prepare` makes them; the layers begin with what
    scales them. `forward` returns scores (n, classes), before softmax. photo_size: side of the
    square that `prepare` cuts out where the network takes any size.
    """

    def __init__(self, name, layers, image_shape, names, photo_size=None):
        super().__init__(layers)
        self.name, self.image_shape, self.names = name, tuple(image_shape), list(names)
        self.photo_size = photo_size or image_shape[0]

    @property
    def x_shape(self):
        """(channels, h, w) of one picture in x."""
        h, w, *colours = self.image_shape
        return (colours[0] if colours else 1, h, w)

    def forward(self, x):
        return super().forward(self.check_x(x))

    def check_x(self, x):
        """Return x when it has the shape that the network takes, else raise."""
        wanted = ("n", *self.x_shape)
        if np.ndim(x) != 4 or any(
            isinstance(w, int) and w != s for w, s in zip(wanted, x.shape, strict=True)
        ):
            raise ValueError(
                f"{self.name} expects x of shape {shape_words(wanted)}; got {np.shape(x)}. "
                "network.prepare(image) makes one from a picture"
            )
        return x

    def predict(self, image, top=5):
        """The most probable classes of one picture: [(name, probability)], best first.

        image: floats in 0…1 of the network's image_shape; "imagenet" cuts its square out of a
        picture of any size. Raises ValueError for another size or range, TypeError for integers.
        """
        expect_count("predict", "top", top)
        image = check_image(image, self.name)
        if "h" not in self.image_shape and image.shape != self.image_shape:
            raise ValueError(
                f"{self.name} expects an image of shape {shape_words(self.image_shape)}; got "
                f"{image.shape}. Try network.predict(network.to_size(image))"
            )
        scores = self.forward(self.prepare(image))
        p = np.exp(log_softmax(scores.astype(np.float64), axis=1))[0]
        best = np.argsort(-p, kind="stable")[:top]
        return [(self.names[k], float(p[k])) for k in best]

    def prepare(self, image):
        """One picture of any size, (h, w) or (h, w, 3), as x (1, c, h, w) of float32."""
        image = self.to_size(check_image(image, self.name))
        image = image.reshape(*image.shape[:2], -1)  # (h, w) -> (h, w, 1)
        return np.ascontiguousarray(image.transpose(2, 0, 1)[None], np.float32)

    def to_size(self, image):
        """The middle square of a picture, in the network's size and number of colours."""
        from skimage.transform import resize  # slow to import, and only needed here

        image = to_colours(check_image(image, self.name), self.x_shape[0])
        side = self.photo_size
        if "h" in self.image_shape:  # photographs are framed loosely: take 7/8 of the side
            image = middle_square(image, 7 / 8)
        elif image.shape[:2] != self.image_shape[:2]:
            image = middle_square(image)
        if image.shape[:2] == (side, side):
            return image
        return np.clip(resize(image, (side, side), order=3, anti_aliasing=True), 0, 1)


def middle_square(image, share=1.0):
    """The largest square in the middle of image (h, w, …), or that share of it."""
    h, w = image.shape[:2]
    side = math.ceil(min(h, w) * share)
    top, left = (h - side) // 2, (w - side) // 2
    return image[top : top + side, left : left + side]


def to_colours(image, n_colours):
    """Grey to three equal colours, or colours to grey by their weights in ITU-R BT.601."""
    if n_colours == 3:
        return np.repeat(image[..., None], 3, axis=-1) if image.ndim == 2 else image
    return image @ np.array([0.299, 0.587, 0.114]) if image.ndim == 3 else image


def check_image(image, owner):
    """Return image when it is a picture of floats in 0…1, else raise and say how to make one."""
    if not isinstance(image, np.ndarray) or image.dtype.kind != "f":
        came = f"{image.dtype} numbers" if isinstance(image, np.ndarray) else type(image).__name__
        raise TypeError(
            f"{owner} expects an image of floats in 0…1; got {came}. "
            "skimage.util.img_as_float(image) converts"
        )
    if image.ndim not in (2, 3) or image.size == 0 or image.shape[2:] not in ((), (3,)):
        raise ValueError(f"{owner} expects an image (h, w) or (h, w, 3); got {image.shape}")
    if not (image.min() >= 0 and image.max() <= 1):  # NaN is in no interval
        raise ValueError(
            f"{owner} expects an image in 0…1; got {image.min():.4g}…{image.max():.4g}. "
            "Divide by the largest possible value, or use np.clip(image, 0, 1)"
        )
    return image


def shape_words(shape):
    return f"({', '.join(map(str, shape))})"
