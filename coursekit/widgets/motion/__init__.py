"""Motion magnification: a sway of a twentieth of a pixel, made large enough to be seen."""

from coursekit.widgets.motion.widget import MotionWidget

__all__ = ["MotionWidget"]
