"""The three lanes: which tests are slow, which are of a browser, and which seeds a run takes.

fast      pytest -m "not slow and not browser"    while you work
README's  pytest                                  before a commit; `.ci/run`
nightly   .ci/nightly                             pytest --nightly and what takes hours
"""

import os
import random
import secrets
import shlex
from fnmatch import fnmatchcase

SEED = "COURSEKIT_SEED"  # names the environment variable
BROWSER = "tests/browser/"
# Patterns of folders, modules and tests that take seconds of a processor or start many processes.
SLOW = (
    "exercises/*",
    "notebooks/*",
    "solutions/*",
    "tests/test_build.py::*",
    "tests/test_doors.py::test_hostile*",
    "tests/test_everywhere.py::*",
    "tests/test_exercise_*.py::*",
    "tests/test_grading*.py::*",
    "tests/test_hostile.py::*",
    "tests/test_hub.py::*",
    "tests/test_lanes.py::*",
    "tests/test_needs.py::*",
    "tests/test_sandbox.py::*",
    "tests/test_summary.py::*",
    "tests/test_system_calls.py::*",
    "tests/test_checks.py::test_single_precision_is_right_too",
    "tests/test_checks.py::test_trivial_answers_earn_nothing_and_stop_nothing",
    "tests/test_compress.py::test_larger_steps_give_fewer_bytes_and_less_likeness",
    "tests/test_data_clips.py::test_clips_are_the_photograph_moved_by_their_shifts",
    "tests/test_data_clips.py::test_h264_keeps_what_is_seen",
    "tests/test_exercises.py::test_law_*",
    "tests/test_exercises.py::test_real_nbgrader_strips_and_marks_alike",
    "tests/test_exercises.py::test_the_grader_gives_a_solution_all_points_and_an_exercise_none",
    "tests/test_keypoints.py::test_found_again_as_often_as_skimages",
    "tests/test_keypoints.py::test_keypoints_are_found_again",
    "tests/test_lite.py::test_rooms_work_without_what_a_browser_lacks",
    "tests/test_motion.py::test_a_photograph_moves_as_it_should",
    "tests/test_motion.py::test_a_stream_moves_as_it_should_once_it_has_settled",
    "tests/test_motion.py::test_colour_frames_move_as_they_should",
    "tests/test_motion.py::test_past_the_limit_it_warns_with_the_largest_alpha",
    "tests/test_networks.py::test_face_networks_tell_faces_from_the_rest",
    "tests/test_nn_torch.py::*",
    "tests/test_nn_training.py::test_a_run_of_lenet5_ends_at_torchs_weights",
    "tests/test_own_exercise.py::test_the_page_does_what_it_says",
    "tests/test_site.py::test_widget_becomes_a_picture_with_its_state_beside_it",
    "tests/test_steerable.py::test_agrees_with_pyrtools",
    "tests/test_unitviz.py::test_fit_filters_finds_what_was_put_in",
    "tests/test_unitviz.py::test_the_frequency_is_where_the_kernel_answers_most",
    "tests/test_unitviz.py::test_the_images_of_digits_are_digits_for_another_network_too",
    "tests/test_unitviz.py::test_without_penalty_and_view_the_second_network_is_less_sure",
    "tests/test_widgets.py::test_closed_widgets_are_forgotten",
    "tests/test_widgets.py::test_presets_work_fail_and_puzzle",
    "tests/test_widgets.py::test_reader_without_kernel_gets_picture_and_words",
    "tests/test_widgets.py::test_state_is_a_line_that_makes_the_same_widget",
    "tests/test_widgets.py::test_still_and_words_follow_the_state",
    "tests/test_widgets_motion.py::test_magnified_clip_is_the_librarys",
    "tests/test_widgets_pictures.py::test_a_part_that_is_off_is_what_is_missing",
    "tests/test_wire.py::test_a_changed_message_is_an_error_or_a_value",
    "tests/test_wire.py::test_any_message_is_the_reply_or_a_fault",
    "tests/test_wire.py::test_any_reply_is_a_value_or_a_reason",
)
_settings = {"nightly": False, "seed": ""}


def settle(nightly):
    """Once a process, before tests are collected. Workers inherit the seed of who starts them."""
    os.environ.setdefault(SEED, str(secrets.randbelow(1_000_000)))
    _settings.update(nightly=nightly, seed=os.environ[SEED])


def seed():
    """The seed of this run as one says it again."""
    return f"{SEED}={_settings['seed']}"


def rotating(few, of):
    """`few` numbers of range(of), other ones in every run; all of them with `pytest --nightly`.

    The same for all workers of a run, so that it can be given to parametrize. The environment
    variable COURSEKIT_SEED, which is printed above and in a failure, brings them back.
    """
    if _settings["nightly"]:
        return [*range(of)]
    return sorted(random.Random(_settings["seed"]).sample(range(of), few))


def markers(nodeid):
    """Names of the markers that say in which lane a test is."""
    name = nodeid.partition("[")[0]
    slow = any(fnmatchcase(name, pattern) for pattern in SLOW)
    return ["browser"] * name.startswith(BROWSER) + ["slow"] * slow


def command(nodeid, nightly):
    """What runs a test again as it ran here."""
    options = " --nightly" if nightly else ""
    return f"{seed()} pytest -n0{options} {shlex.quote(nodeid)}"
