"""Where training starts: the first weights of a layer."""

import math

import numpy as np

from coursekit.nn.expect import expect_generator


def fan_in_uniform(owner, shape, fan_in, *, rng, dtype):
    """Draw an array from U(−1/√fan_in, 1/√fan_in), fan_in being the inputs that one unit sums.

    With inputs of variance 1 a unit's sum then has variance 1/3 whatever the layer's width, so
    that tanh and sigmoid units start where they have a slope. torch.nn starts alike (LeCun,
    Bottou, Orr and Müller, "Efficient BackProp", 1998, section 4.6).

    rng=None draws nothing: the array has its shape, takes no memory and cannot be written, which
    is enough to count the parameters of a network that would not fit.
    """
    if rng is None:
        return np.broadcast_to(np.zeros((), dtype), shape)
    bound = 1 / math.sqrt(fan_in)
    return expect_generator(owner, rng).uniform(-bound, bound, shape).astype(dtype, copy=False)
