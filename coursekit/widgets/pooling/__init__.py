"""Pooling: one number for each window, and the way of its slope back to the pixels."""

from coursekit.widgets.pooling.widget import PoolingWidget

__all__ = ["PoolingWidget"]
