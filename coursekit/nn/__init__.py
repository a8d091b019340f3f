"""Neural networks by hand: layers with forward and backward, losses, optimisers."""

from coursekit.nn.module import Module

__all__ = ["Module"]
