"""Checks of 09_what_did_it_learn, second half: nearest pictures, and a network that is fooled."""

import numpy as np

from coursekit.checks import task
from coursekit.checks.answers import NotPassed

FAR = 0.1  # how far a pixel may be moved to fool a network


@task("09_4_nearest", points=4)
def nearest_task(cosine_distances, nearest, t):
    with t.part("cosine distances", points=1):
        q, g = draw_features(t)
        products = q @ g.T
        lengths = np.linalg.norm(q, axis=1)[:, None], np.linalg.norm(g, axis=1)
        right = 1 - products / lengths[0] / lengths[1]
        slips = {
            "the cosine itself: 1 minus that is the distance": 1 - right,
            "the product without lengths": 1 - products,
            "queries and gallery swapped": right.T,
            "columns made of length 1; rows are pictures": 1
            - (q / np.linalg.norm(q, axis=0)) @ (g / np.linalg.norm(g, axis=0)).T,
            "euclidean distances": np.linalg.norm(q[:, None] - g, axis=2),
        }
        t.close(cosine_distances(q, g), right, "the distances", slips)

    with t.part("lengths do not count", points=1):
        q, g = draw_features(t)
        right = t.shape(cosine_distances(q, g), (len(q), len(g)), "the distances")
        longer = cosine_distances(100 * q, t.rng.uniform(0.01, 9, (len(g), 1)) * g)
        t.close(longer, right, "what it returns for longer and shorter rows")
        t.close(np.diag(cosine_distances(q, 3 * q)), np.zeros(len(q)), "the distance to itself")

    with t.part("the k nearest", points=1):
        m, n = t.sizes(2)
        distances, k = t.rng.permuted(np.arange(m * n + n) / 7.0)[: m * n].reshape(m, n), n - 1
        order = np.argsort(distances, axis=1)
        slips = {
            "the farthest first": order[:, ::-1][:, :k],
            "the rank of each: wanted are the numbers of the nearest": np.argsort(order)[:, :k],
            "all of them: the first k": order,
            "the distances themselves: wanted are the numbers": np.sort(distances)[:, :k],
        }
        t.close(nearest(distances, k), order[:, :k], "the numbers", slips)

    with t.part("the first of equals comes first", points=1):
        for n in (11, 40, 300):  # quick sorts keep the order of a few by chance
            distances = t.rng.integers(0, 4, (3, n)) / 4
            order = np.argsort(distances, axis=1, kind="stable")
            slips = {
                "the last of equals first": n
                - 1
                - np.argsort(distances[:, ::-1], axis=1, kind="stable")
            }
            t.close(nearest(distances, n), order, "the numbers", slips)


@task("09_5_fool", points=2)
def fool_task(fool, t):
    with t.part("another answer for nearly the same picture", points=1):
        check_fooled(*draw_fooled(t, fool))

    with t.part("and it is a picture", points=1):
        x, W, unit, picture = draw_fooled(t, fool)
        if picture.min() < -1e-6 or picture.max() > 1 + 1e-6:
            ends = f"{picture.min():.2f} to {picture.max():.2f}"
            raise NotPassed("wrong", f"pixels should be from 0 to 1; they are {ends}")
        check_fooled(x, W, unit, picture)


def draw_features(t):
    m, n, d = t.sizes(3)
    return t.normal(m, d) + 0.5, t.normal(n, d) + 0.5


def draw_fooled(t, fool):
    """x, W, a unit that is not the largest but within reach, and the learner's picture."""
    while True:
        x, W = t.rng.random((30, 25)), t.normal(4, 750)
        unit = int((W @ x.ravel()).argmin())
        lead, reach = (W - W[unit]) @ x.ravel(), FAR * np.abs(W - W[unit]).sum(axis=1)
        if (lead <= reach / 2).all():  # half: a simple answer loses some where it is clipped
            return x, W, unit, t.shape(fool(x, W, unit), x.shape, "the picture")


def check_fooled(x, W, unit, picture):
    far = np.abs(picture - x).max()
    if not far <= FAR * (1 + 1e-5):
        raise NotPassed("wrong", f"no pixel should move by more than {FAR}; one moved by {far:.2g}")
    scores = W @ picture.ravel()
    best, own = scores.max(), scores[unit]
    # The learner's product may end in other bits than this one, and just reach the largest score.
    if own < best - 1e-9 * np.abs(scores).max():
        message = f"unit {unit} should have the largest score; it has {own:.1f}, another {best:.1f}"
        raise NotPassed("wrong", message)
