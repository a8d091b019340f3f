"""Optimisers: from the gradients of a model to its next parameters."""

import math

import numpy as np

from coursekit.nn.expect import expect_number


def is_penalised(key, parameter):
    """Whether decay and L1 act on a parameter: on weights, not on biases.

    Parameters with a single axis stay free too: the scale of BatchNorm2d, the slope of PReLU.
    """
    return key != "bias" and parameter.ndim > 1


class Optimizer:
    """What every optimiser shares: step() asks `update` to change each parameter in place.

    `limits` names the settings, each with the value that it must stay below. Settings are plain
    attributes: change them between two steps and the next step follows.
    """

    limits = {"lr": math.inf}

    def __init__(self, model, lr):
        self.model = model
        self.lr = lr
        self.n_steps = 0

    def check(self):
        """Raise when a setting is not a number from 0 up to its limit."""
        for name, below in self.limits.items():
            expect_number(type(self).__name__, name, getattr(self, name), below=below)

    def step(self):
        """Change every parameter by its gradient, the one that the last backward left."""
        self.check()
        self.n_steps += 1
        for name, module, key in self.model.named_parameters():
            if key not in module.grads:
                raise RuntimeError(f"{type(self).__name__} has no gradient of {name}: run backward")
            self.update(
                name, module.params[key], module.grads[key], is_penalised(key, module.params[key])
            )

    def update(self, name, w, gradient, penalised):
        raise NotImplementedError(f"{type(self).__name__} has no update")


class SGD(Optimizer):
    """Gradient descent with momentum m, weight decay λ and an L1 penalty, at learning rate η.

    Δw = −∂L/∂w − λw + mΔw,  w ← w + ηΔw  (deck 004, lines 199–204). The decay is the slope of
    (λ/2)‖w‖². L1 is a proximal step, w ← sign(w) max(|w| − η·l1, 0), which is what makes exact
    zeros. Decay and L1 act on weights, not on biases. `delta` holds Δw by parameter name.

    Raises ValueError for a setting below 0, a momentum of 1 or more, and NaN.
    """

    limits = {"lr": math.inf, "momentum": 1.0, "weight_decay": math.inf, "l1": math.inf}

    def __init__(self, model, lr, momentum=0.0, weight_decay=0.0, l1=0.0):
        super().__init__(model, lr)
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.l1 = l1
        self.delta = {}
        self.check()

    def update(self, name, w, gradient, penalised):
        delta = self.delta.setdefault(name, np.zeros_like(w))
        delta *= self.momentum
        delta -= gradient
        if penalised and self.weight_decay:
            delta -= self.weight_decay * w
        w += self.lr * delta
        if penalised and self.l1:
            w[...] = soft_threshold(w, self.lr * self.l1)


def soft_threshold(w, t):
    """Shrink towards zero by t, and stop there: the proximal step of t‖w‖₁."""
    return np.sign(w) * np.maximum(np.abs(w) - t, 0)


def penalty(model, weight_decay=0.0, l1=0.0):
    """(λ/2)‖w‖² + l1 ‖w‖₁ over the model's weights: what SGD's decay and L1 make small.

    Biases do not count. Deck 001 leaves out the ½, so that its λ is half of this one.
    """
    named = [(key, module.params[key]) for _, module, key in model.named_parameters()]
    weights = [w for key, w in named if is_penalised(key, w)]
    squares, sizes = sum(np.vdot(w, w) for w in weights), sum(np.abs(w).sum() for w in weights)
    return float(weight_decay / 2 * squares + l1 * sizes)


class Adam(Optimizer):
    """Gradient descent with a step size per parameter, from running means of slope and square.

    m ← β₁m + (1 − β₁)∂L,  v ← β₂v + (1 − β₂)(∂L)²,  w ← w − η m̂ / (√v̂ + ε), where m̂ and v̂ are m
    and v over 1 − βᵗ, which mends their start at 0 (Kingma and Ba, "Adam", 2015, algorithm 1).

    Raises ValueError for a negative lr, a β outside [0, 1), and NaN.
    """

    limits = {"lr": math.inf, "beta1": 1.0, "beta2": 1.0, "eps": math.inf}

    def __init__(self, model, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(model, lr)
        self.beta1, self.beta2 = betas
        self.eps = eps
        self.mean = {}
        self.square = {}
        self.check()

    def update(self, name, w, gradient, penalised):
        mean = self.mean.setdefault(name, np.zeros_like(w))
        square = self.square.setdefault(name, np.zeros_like(w))
        mean += (1 - self.beta1) * (gradient - mean)
        square += (1 - self.beta2) * (gradient**2 - square)
        mean_hat = mean / (1 - self.beta1**self.n_steps)
        square_hat = square / (1 - self.beta2**self.n_steps)
        w -= self.lr * mean_hat / (np.sqrt(square_hat) + self.eps)
