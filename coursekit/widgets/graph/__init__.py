"""Graph: a formula taken apart into nodes, forwards and backwards."""

from coursekit.widgets.graph.widget import GraphWidget

__all__ = ["GraphWidget"]
