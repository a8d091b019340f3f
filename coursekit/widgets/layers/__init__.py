"""Layers: one step of learning in two small networks, number by number."""

from coursekit.widgets.layers.widget import LayerWidget

__all__ = ["LayerWidget"]
