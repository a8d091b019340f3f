"""Things to drag. Python holds the state, the page computes and draws it at the hand's speed.

Each widget has a folder: `model.py` (numbers only), `widget.py` (the state, presets, words) and
`view.js` (its page, on top of `front/`). What the page computes by itself is a short copy of the
model's formulas, and tests/browser/test_front_end.py holds the two together. `nbconvert/` is a
template for saved pages that need neither a kernel nor a network.
"""

from coursekit.widgets.base import Entry
from coursekit.widgets.blend import BlendWidget
from coursekit.widgets.boundary import BoundaryWidget
from coursekit.widgets.convolution import ConvolutionWidget
from coursekit.widgets.coring import CoringWidget
from coursekit.widgets.descent import DescentWidget
from coursekit.widgets.fit import FitWidget
from coursekit.widgets.graph import GraphWidget
from coursekit.widgets.im2col import Im2colWidget
from coursekit.widgets.layers import LayerWidget
from coursekit.widgets.motion import MotionWidget
from coursekit.widgets.pooling import PoolingWidget
from coursekit.widgets.pyramid import PyramidWidget
from coursekit.widgets.steering import SteeringWidget
from coursekit.widgets.training import TrainingWidget
from coursekit.widgets.unit import UnitWidget
from coursekit.widgets.unit_images import UnitImageWidget

WIDGETS = (  # in the order of the lectures
    SteeringWidget,
    PyramidWidget,
    BlendWidget,
    CoringWidget,
    MotionWidget,
    UnitWidget,
    BoundaryWidget,
    FitWidget,
    DescentWidget,
    TrainingWidget,
    GraphWidget,
    LayerWidget,
    ConvolutionWidget,
    Im2colWidget,
    PoolingWidget,
    UnitImageWidget,
)


def catalogue():
    """Every widget: its title, its class, the course's topics it shows, the question it asks."""
    return [Entry(w.title, w, w.topics, w.question) for w in WIDGETS]


__all__ = [
    "BlendWidget",
    "BoundaryWidget",
    "ConvolutionWidget",
    "CoringWidget",
    "DescentWidget",
    "FitWidget",
    "GraphWidget",
    "Im2colWidget",
    "LayerWidget",
    "MotionWidget",
    "PoolingWidget",
    "PyramidWidget",
    "SteeringWidget",
    "TrainingWidget",
    "UnitImageWidget",
    "UnitWidget",
    "catalogue",
]
