"""Learning rates that change while training: each is a plain function of the step, from 0 on.

`fit(schedule=cosine_decay(0.1, 1000))` asks it before every step; any function of one whole
number will do.
"""

import math

from coursekit.nn.expect import expect_count, expect_number


def step_decay(lr, *, factor=0.1, every):
    """lr, multiplied by `factor` after each `every` steps (Krizhevsky et al., 2012, section 5)."""
    expect_number("step_decay", "lr", lr)
    expect_number("step_decay", "factor", factor)
    expect_count("step_decay", "every", every)
    return lambda step: lr * factor ** (step // every)


def inverse_decay(lr, *, half):
    """lr / (1 + step / half), which has fallen to a half after `half` steps.

    It falls slowly enough to reach any minimum and fast enough to settle there: Σ lr = ∞ and
    Σ lr² < ∞ (Robbins and Monro, 1951).
    """
    expect_number("inverse_decay", "lr", lr)
    expect_count("inverse_decay", "half", half)
    return lambda step: lr / (1 + step / half)


def cosine_decay(lr, n_steps, *, warmup=0):
    """Up in a straight line for `warmup` steps, then half a cosine from lr down to 0.

    Loshchilov and Hutter, "SGDR", 2017, equation 5 without restarts. It stays 0 after n_steps.
    """
    expect_number("cosine_decay", "lr", lr)
    expect_count("cosine_decay", "warmup", warmup, least=0)
    expect_count("cosine_decay", "n_steps", n_steps, least=warmup + 1)

    def rate(step):
        if step < warmup:
            return lr * (step + 1) / warmup
        progress = min((step - warmup) / (n_steps - warmup), 1.0)
        return lr * (1 + math.cos(math.pi * progress)) / 2

    return rate
