"""Right answers of 09_what_did_it_learn, each written in another way than in the solution."""

import numpy as np

from coursekit import nn


def network(W1, W2):
    rng = np.random.default_rng(0)
    layers = [nn.Linear(*W.shape[::-1], bias=False, rng=rng) for W in (W1, W2)]
    for layer, W in zip(layers, (W1, W2), strict=True):
        layer.params["weight"] = W
    return nn.Sequential(layers[0], nn.Tanh(), layers[1])


def scores(x, W1, W2):
    return network(W1, W2).forward(x.reshape(1, -1))[0]


def saliency(x, W1, W2, unit):
    model = network(W1, W2)
    y = model.forward(x.reshape(1, -1))
    return model.backward(np.eye(len(W2), dtype=y.dtype)[[unit]]).reshape(x.shape)


def smooth_gradient(x, W1, W2, unit, noise):
    """All copies as one batch."""
    model = network(W1, W2)
    y = model.forward((x + noise).reshape(len(noise), -1))
    dy = np.zeros_like(y)
    dy[:, unit] = 1 / len(noise)
    return model.backward(dy).sum(axis=0).reshape(x.shape)


def l2(x, weight):
    n = x.size
    value = sum((p - 0.5) ** 2 for p in x.ravel().tolist())
    return [weight * value / n, (weight / n) * (x + x - 1)]


def total_variation(x, weight, epsilon):
    """The slope pixel by pixel."""
    h, w = x.shape
    slope, value = np.zeros((h, w)), 0.0
    for i in range(h):
        for j in range(w):
            r = x[i, j + 1] - x[i, j] if j + 1 < w else 0.0
            b = x[i + 1, j] - x[i, j] if i + 1 < h else 0.0
            root = float(r * r + b * b + epsilon) ** 0.5
            value += root
            slope[i, j] -= (r + b) / root
            if j + 1 < w:
                slope[i, j + 1] += r / root
            if i + 1 < h:
                slope[i + 1, j] += b / root
    return weight * value / (h * w), weight * slope / (h * w)


def step(x, slope, penalty_slope, lam, lr):
    return np.minimum(np.maximum(x - lr * lam * penalty_slope + lr * slope, 0.0), 1.0)


def climb(x, w, lam, lr, n_steps):
    y = x - 0.5  # from grey
    for _ in range(n_steps):
        y = ((1 - lr * lam) * y + lr * w).clip(-0.5, 0.5)
    return 0.5 + y


def cosine_distances(queries, gallery):
    """Half the squared distance of rows of length 1."""

    def unit(rows):
        return rows / np.sqrt(np.einsum("nd,nd->n", rows, rows))[:, None]

    return ((unit(queries)[:, None] - unit(gallery)) ** 2).sum(axis=2) / 2


def nearest(distances, k):
    """Python's sort keeps the order of equals."""
    return [sorted(range(len(row)), key=row.__getitem__)[:k] for row in distances.tolist()]


def fool(x, W, unit):
    """Towards the unit and away from the mean of the others, then clipped to the picture."""
    others = np.delete(W, unit, axis=0).mean(axis=0)
    return np.clip(x + 0.0999 * np.sign(W[unit] - others).reshape(x.shape), 0, 1)


RIGHT = {
    "09_1_saliency": (scores, saliency, smooth_gradient),
    "09_2_penalties": (l2, total_variation),
    "09_3_climb": (step, climb),
    "09_4_nearest": (cosine_distances, nearest),
    "09_5_fool": (fool,),
}
