"""Points of two classes, and a unit or a small network that learns to tell them apart."""

from typing import NamedTuple

import numpy as np

from coursekit import data, nn

LAST = 300  # steps
LR = 0.1  # of Adam
N_SEEDS = 10
MOST_HIDDEN = 8
UNITS = ("perceptron", "logistic", "network")
BOOLEAN = ("0000", "AND", "0010", "0011", "0100", "0101", "XOR", "OR")
NAMES = (*BOOLEAN, "NOR", "1001", "1010", "1011", "1100", "1101", "NAND", "1111")
FRAMES = {  # left, right, bottom, top
    "Boolean": (-0.5, 1.5, -0.5, 1.5),
    "two moons": (-1.6, 2.6, -1.85, 2.35),
    "spirals": (-1.2, 1.2, -1.2, 1.2),
    "your own": (-2, 2, -2, 2),
}
HEADS = {
    "untrained": "Untrained",
    "solved": "Solved",
    "not yet": "Not yet",
    "never": "Never",
}
LINES = {
    "one": "A straight line separates the classes.",
    "perceptron": "No straight line separates the classes, so the rule never comes to rest.",
    "logistic": "No straight line separates the classes, so one unit cannot tell them apart.",
    "network": "No straight line separates the classes, but hidden units can bend it.",
}


class Task(NamedTuple):
    """Who learns from which points: a state of the widget without its step."""

    data: str
    function: int
    points: tuple
    unit: str
    hidden: int
    seed: int


def toys():
    """{name: (x (n, 2), y (n,))} of the sets that are drawn once."""
    moons = data.two_moons(40, noise=0.1, rng=np.random.default_rng(7))
    spirals = data.spirals(60, turns=1.0, noise=0.02, rng=np.random.default_rng(7))
    known = {"two moons": moons, "spirals": spirals}
    return {name: (x.round(2), y) for name, (x, y) in known.items()}


TOYS = toys()


def examples(task):
    """The points and their classes, those of the hand last: x (n, 2) and y (n,)."""
    x, y = np.empty((0, 2)), np.empty(0, int)
    if task.data == "Boolean":
        x, y = data.boolean_functions()[f"{task.function:04b}"]
    elif task.data in TOYS:
        x, y = TOYS[task.data]
    own = np.array(task.points, float).reshape(-1, 3)
    return np.vstack([x, own[:, :2]]), np.append(y, own[:, 2].astype(int))


def learner(task):
    """A `Perceptron`, a logistic unit or a network of one hidden layer, as it starts."""
    if task.unit == "perceptron":
        return nn.Perceptron(2)
    sizes = (2, 1) if task.unit == "logistic" else (2, task.hidden, 1)
    return nn.models.mlp(sizes, "Tanh", rng=np.random.default_rng(task.seed))


def uniforms():
    """What the first weights of each seed are made of: (N_SEEDS, 33), from 0 to 1."""
    return np.array(
        [np.random.default_rng(seed).random(4 * MOST_HIDDEN + 1) for seed in range(N_SEEDS)]
    )


def train(task, steps):
    """The learner after some steps, and the points that it had wrong after each, (steps + 1,).

    A step of the perceptron shows it the next point. The others go down the mean cross-entropy
    of all points, by Adam.
    """
    (x, y), model = examples(task), learner(task)
    wrong, adam, loss = [mistakes(model, x, y)], None, nn.BCELoss()
    if task.unit != "perceptron":
        adam = nn.Adam(model, lr=LR)
    for step in range(steps if len(x) else 0):
        if adam is None:
            here = slice(step % len(x), step % len(x) + 1)
            model.learn(x[here], y[here])
        else:
            loss.forward(model.forward(x), y[:, None])
            model.backward_params(loss.backward())
            adam.step()
        wrong.append(mistakes(model, x, y))
    return model, np.array(wrong)


def scores(model, x):
    """What is above 0 for class 1: x (n, 2) -> (n,)."""
    if isinstance(model, nn.Perceptron):
        return model.sums(x)
    return model.forward(x)[:, 0]


def mistakes(model, x, y):
    """How many points are on the wrong side."""
    return int(((scores(model, x) > 0) != y).sum()) if len(x) else 0


def hidden_lines(model):
    """The lines w·x + b = 0 of the hidden units: weights (h, 2) and biases (h,)."""
    if isinstance(model, nn.Perceptron) or len(model.children()) == 1:
        return np.empty((0, 2)), np.empty(0)
    first = model[0].params
    return first["weight"], first["bias"]


def separable(x, y):
    """Whether a straight line has all of class 0 on one side and all of class 1 on the other.

    The line's normal must have an acute angle with every difference of a point of class 1 and one
    of class 0. It exists when all differences point into one half of the plane: when somewhere
    around the circle they leave more than half a turn free.
    """
    differences = (x[y == 1][:, None] - x[y == 0]).reshape(-1, 2)
    if not len(differences):
        return True
    if (differences == 0).all(axis=1).any():
        return False
    angles = np.sort(np.arctan2(differences[:, 1], differences[:, 0]))
    gaps = np.diff(np.append(angles, angles[0] + 2 * np.pi))
    return bool(gaps.max() > np.pi + 1e-9)


def verdict(task, step, wrong):
    """One of the words of HEADS."""
    if not step:
        return "untrained"
    if not wrong:
        return "solved"
    alone = task.unit != "network"
    return "never" if alone and not separable(*examples(task)) else "not yet"


def sentence(task, step):
    """How many points are wrong, and whether a line could have them all right."""
    x, y = examples(task)
    wrong = train(task, step)[1][-1]
    head = HEADS[verdict(task, step, wrong)]
    line = LINES["one" if separable(x, y) else task.unit]
    steps = f"{step} step{'s'[: step != 1]}"
    return f"{head}: after {steps}, {wrong} of {len(x)} points are on the wrong side. {line}"
