"""A traced graph as numbers: where its nodes stand, and what is known after each step."""

from typing import NamedTuple

from coursekit.widgets.graph.formula import read
from coursekit.widgets.words import number


class Node(NamedTuple):
    """A line of `Value.trace` with its place in the picture, x and y from 0 to 1."""

    name: str
    op: str
    inputs: tuple[int, ...]
    value: float
    local: tuple[float, ...]  # d value / d input, for each input
    upstream: float  # d output / d value
    x: float
    y: float


def trace(formula):
    """The nodes of a formula, inputs first, each with its place."""
    steps = read(formula).trace()
    index = {step.name: i for i, step in enumerate(steps)}
    inputs = [tuple(index[name] for name in step.inputs) for step in steps]
    columns = _columns(inputs)
    return [
        Node(s.name.replace("-", "−"), s.op, i, s.value, s.local, s.upstream, x, y)
        for s, i, x, y in zip(steps, inputs, columns, _rows(inputs, columns), strict=True)
    ]


def _columns(inputs):
    """A node stands right of its inputs, and an input just left of the first that uses it."""
    depth = []
    for sources in inputs:
        depth.append(1 + max((depth[i] for i in sources), default=-1))
    for i, sources in enumerate(inputs):
        if not sources:
            depth[i] = min(depth[k] for k, used in enumerate(inputs) if i in used) - 1
    return [d / max(depth) for d in depth]


def _rows(inputs, columns):
    """Inputs stand one below the other as the formula names them, results between their inputs."""
    leaves = [i for i, sources in enumerate(inputs) if not sources]
    rows = {i: (k + 0.5) / len(leaves) for k, i in enumerate(leaves)}
    for column in sorted(set(columns)):
        here = [i for i, c in enumerate(columns) if c == column]
        for i in here:
            if inputs[i]:
                rows[i] = sum(rows[k] for k in inputs[i]) / len(inputs[i])
        rows |= _apart({i: rows[i] for i in here})
    return [rows[i] for i in range(len(inputs))]


def _apart(rows):
    """Move nodes of one column up and down until there is room for the numbers between them."""
    gap = min(0.24, 1 / len(rows))
    order, low = sorted(rows, key=rows.get), gap / 2
    moved = {}
    for i in order:
        low = moved[i] = max(low, rows[i])
        low += gap
    high = 1 - gap / 2
    for i in order[::-1]:
        high = moved[i] = min(high, moved[i])
        high -= gap
    return moved


def operations(nodes):
    """The places of the nodes that compute something, in the order of computing."""
    return [i for i, node in enumerate(nodes) if node.inputs]


def n_steps(nodes):
    """The last step: each operation forwards, the output's slope 1, each operation backwards."""
    return 2 * len(operations(nodes)) + 1


def slopes(nodes, step):
    """What has arrived at each node after a step of the way back; None where nothing has yet."""
    ops = operations(nodes)
    arrived = [None] * len(nodes)
    if step > len(ops):
        arrived[-1] = 1.0
    for i in ops[::-1][: max(0, step - len(ops) - 1)]:
        for source, local in zip(nodes[i].inputs, nodes[i].local, strict=True):
            arrived[source] = (arrived[source] or 0.0) + local * nodes[i].upstream
    return arrived


def sentence(nodes, step):
    """What happens in a step, with its numbers."""
    ops = operations(nodes)
    if step == 0:
        return "Start. The inputs are known; every step computes one node."
    if step <= len(ops):
        return f"Forward. {computed(nodes, nodes[ops[step - 1]])}"
    if step == len(ops) + 1:
        return "Turn. The slope of the output to itself is 1."
    return f"Backward. {passed_on(nodes, nodes[ops[2 * len(ops) + 1 - step]])}"


def computed(nodes, node):
    values = [number(nodes[i].value) for i in node.inputs]
    if node.op in "+×":
        return f"{f' {node.op} '.join(values)} = {number(node.value)}."
    return f"{node.op} of {', '.join(values)} is {number(node.value)}."


def passed_on(nodes, node):
    parts = [
        f"{nodes[i].name} gets {number(node.upstream)} · {number(local)} = "
        f"{number(node.upstream * local)}"
        for i, local in zip(node.inputs, node.local, strict=True)
    ]
    return f"{node.name} has the slope {number(node.upstream)}: {', '.join(parts)}."
