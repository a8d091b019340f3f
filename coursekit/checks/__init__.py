"""What a learner calls: `check("06_1_tanh", tanh, tanh_derivative)` says what is right so far.

Tasks live in files such as `06_backpropagation.py` here, or in a teacher's own `checks.py` beside
the notebook. The same task marks a learner's functions in the notebook and, in the grader,
stand-ins for functions that live in another process.
"""

from coursekit.checks.marking import check
from coursekit.checks.report import Report
from coursekit.checks.tasks import task

__all__ = ["Report", "check", "task"]
