"""GraphWidget: a formula, how far its graph has been walked, and the same numbers for Python."""

import traitlets

from coursekit.widgets.base import CourseWidget, Preset, front_end
from coursekit.widgets.graph import model
from coursekit.widgets.graph.formula import LONGEST, MOST
from coursekit.widgets.traits import Number

START = "(x + y) * z where x=-2, y=5, z=-4"
SIGMOID = "1 / (1 + exp(-(w0*x0 + w1*x1 + w2))) where w0=2, x0=-1, w1=-3, x1=-2, w2=-3"
DEAD = "relu(w*x + b) where w=2, x=-1, b=0.5"
TWICE = "x*x + y where x=3, y=1"


class Formula(traitlets.TraitType):
    """A text that `coursekit.widgets.graph.formula.read` understands."""

    def validate(self, widget, value):
        model.read(value)
        return value


class GraphWidget(CourseWidget):
    """A formula as a graph of single numbers, walked forwards and backwards node by node.

    formula: as in "(x + y) * z where x=-2, y=5, z=-4", with +, −, *, /, **, exp, log, tanh, relu,
    sigmoid and max, up to 24 nodes. step: 0 is the start, then each operation forwards, the
    output's slope 1, each operation backwards; one beyond the last is the last. The numbers are
    those of `coursekit.nn.graph.Value.trace`. Raises ValueError or TypeError for another state.
    """

    title = "Graph stepper"
    question = "How does the last number of a formula tell every other one what it did?"
    topics = ("B2",)
    controls = ("step", "formula")
    presets = (
        Preset(
            "works",
            "the sigmoid circuit",
            "Four simple nodes make σ, and on the way back their slopes multiply to σ(1 − σ) = "
            "0.197. No node knows more than its own inputs.",
            {"step": 17, "formula": SIGMOID},
        ),
        Preset(
            "fails",
            "a dead unit",
            "The sum is negative, relu passes 0 on, and so every slope before it is 0: nothing "
            "here can learn from this example.",
            {"step": 7, "formula": DEAD},
        ),
        Preset(
            "puzzles",
            "used twice",
            "x goes into both sides of one product. Go one step on: which number will stand "
            "under x, and is it the one you know for x²?",
            {"step": 4, "formula": TWICE},
        ),
    )
    _esm = front_end("graph")

    step = Number(0, 0, 2 * MOST, whole=True).tag(sync=True)
    formula = Formula(START).tag(sync=True)
    trace = traitlets.Dict().tag(sync=True)

    def facts(self):
        known = {START, SIGMOID, DEAD, TWICE}  # these need no Python
        return {
            "traces": {formula: message(formula) for formula in known},
            "longest": LONGEST,
        }

    @traitlets.default("trace")
    def _trace_to_send(self):
        return {"formula": self.formula, "nodes": message(self.formula)}

    @traitlets.observe("formula")
    def _send_trace(self, _):
        self.trace = self._trace_to_send()

    def nodes(self):
        """The nodes of the formula, inputs first, as `model.Node`."""
        return model.trace(self.formula)

    def slopes(self):
        """The slope that has arrived at each node up to the present step, or None."""
        return model.slopes(self.nodes(), self._step(self.nodes()))

    def _step(self, nodes):
        return min(self.step, model.n_steps(nodes))

    def still(self):
        from coursekit.widgets.graph.still import draw

        nodes = self.nodes()
        step, ops = self._step(nodes), model.operations(nodes)
        known = [i not in ops[step:] for i in range(len(nodes))]
        return draw(nodes, known, self.slopes())

    def sentence(self):
        nodes = self.nodes()
        return model.sentence(nodes, self._step(nodes))


def message(formula):
    """The nodes of a formula as the page receives them."""
    return [node._asdict() for node in model.trace(formula)]
