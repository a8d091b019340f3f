"""coursekit: an interactive course on computer vision and neural networks, in plain NumPy.

Every formula of the lectures is a short function here (`filters`, `pyramids`, `nn`), a thing to
drag (`widgets`) and an exercise with a check (`checks`). Import the rooms you need; this module
loads none of them, so `import coursekit` costs nothing.
"""

__version__ = "0.1.0"
