"""Convolution: a kernel slides over a picture, number by number."""

from coursekit.widgets.convolution.widget import ConvolutionWidget

__all__ = ["ConvolutionWidget"]
