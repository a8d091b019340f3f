"""What a network learned, seen in pictures: saliency, images that excite a unit, neighbours."""

from coursekit.unitviz.dream import deep_dream
from coursekit.unitviz.first_layer import FilterFit, fit_filters
from coursekit.unitviz.maximize import Step, maximize_unit
from coursekit.unitviz.neighbours import Neighbours, features, nearest
from coursekit.unitviz.regularizers import high_frequencies, l2, total_variation
from coursekit.unitviz.saliency import saliency
from coursekit.unitviz.sheet import contact_sheet, tile
from coursekit.unitviz.units import Unit
from coursekit.unitviz.views import random_view

__all__ = [
    "FilterFit",
    "Neighbours",
    "Step",
    "Unit",
    "contact_sheet",
    "deep_dream",
    "features",
    "fit_filters",
    "high_frequencies",
    "l2",
    "maximize_unit",
    "nearest",
    "random_view",
    "saliency",
    "tile",
    "total_variation",
]
