"""What a teacher runs: exercises out of solutions, and marks for a folder of submissions.

Questions, points and checks come from the teacher's notebooks alone. A submission's code runs in a
process of its own and answers over a wire of plain numbers; the comparison happens here.
"""

from coursekit.grading.exercises import stale_exercises, strip, write_exercises
from coursekit.grading.forget import forget_student
from coursekit.grading.grade import grade_folder
from coursekit.grading.mark import Result, mark_submission
from coursekit.grading.notebook import read_exercise, read_exercises
from coursekit.grading.sandbox import Limits

__all__ = [
    "Limits",
    "Result",
    "forget_student",
    "grade_folder",
    "mark_submission",
    "read_exercise",
    "read_exercises",
    "stale_exercises",
    "strip",
    "write_exercises",
]
