"""Training: a network that learns digits while its learning rate is dragged."""

from coursekit.widgets.training.widget import TrainingWidget

__all__ = ["TrainingWidget"]
