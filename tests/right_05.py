"""Right answers of 05_learning, each written in another way than in the solution."""

import numpy as np


def quadratic(y, t):
    error = (y - t).ravel()
    return 0.5 * (error @ error)


def binary_cross_entropy(z, t):
    """The margin is positive where the sign of z is right."""
    margin = np.where(t == 1, z, -z)
    losses = np.maximum(-margin, 0) + np.log1p(np.exp(-np.abs(margin)))
    return losses.sum() / len(z)


def cross_entropy(z, labels):
    """Row by row: how much the logarithm of the sum is above the right logit."""
    losses = [np.logaddexp.reduce(row) - row[label] for row, label in zip(z, labels, strict=True)]
    return np.mean(losses)


def decay_step(w, gradient, lr, decay):
    return (1 - lr * decay) * w - lr * gradient


def l1_step(w, gradient, lr, l1):
    v, step = w - lr * gradient, lr * l1
    return np.where(v > step, v - step, np.where(v < -step, v + step, 0))


def descend(A, b, x, lr, n_steps):
    """A step is a matrix and a vector; a list of rows."""
    M, path = np.eye(len(x), dtype=x.dtype) - lr * A, np.zeros((n_steps + 1, len(x)), x.dtype)
    path[0] = x
    for k in range(n_steps):
        path[k + 1] = np.einsum("ij,j->i", M, path[k]) + lr * b
    return path


def best_rate(A, b, x):
    """One over the curvature along the gradient's direction."""
    direction = (b - A @ x) / np.linalg.norm(b - A @ x)
    return 1 / np.einsum("i,ij,j", direction, A, direction)


def batches(n, batch_size, seed):
    """The legacy generator, and a last batch by hand."""
    order = list(range(n))
    np.random.RandomState(seed).shuffle(order)
    whole = n // batch_size * batch_size
    cut = np.array(order[:whole]).reshape(-1, batch_size).tolist()
    return cut + ([order[whole:]] if whole < n else [])


def update(w, delta, gradient, lr, momentum, decay):
    new_delta = momentum * delta
    new_delta -= gradient
    new_delta -= decay * w
    return [np.add(w, np.multiply(lr, new_delta)), new_delta]


def stopping(losses, patience):
    for stop in range(1, len(losses) + 1):
        best = int(np.argmin(losses[:stop])) + 1
        if stop - best >= patience:
            break
    return stop, best


def too_fast(A):
    """The largest eigenvalue by power iteration."""
    x = np.ones(len(A)) + 0.1 * np.arange(len(A))
    for _ in range(2000):
        x = A @ x / np.linalg.norm(A @ x)
    return 2.005 / (x @ A @ x)


RIGHT = {
    "05_1_losses": (quadratic, binary_cross_entropy, cross_entropy),
    "05_2_decay": (decay_step, l1_step),
    "05_3_descent": (descend, best_rate),
    "05_4_batches": (batches,),
    "05_5_momentum": (update,),
    "05_6_stopping": (stopping,),
    "05_7_diverge": (too_fast,),
}
