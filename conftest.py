"""For all tests: one BLAS thread for each of pytest's workers; stored texts of notebooks for nbval;
what tests need (tests/needs.py) and the lane each one is in (tests/lanes.py).

Notebooks are stored without execution counts, compared texts stay.
"""

import os

import lanes
import needs
import pytest

# Read when NumPy is loaded, here and in kernels: threads of several workers wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_addoption(parser):
    parser.addoption("--nightly", action="store_true", help="all seeds, not a few that rotate")


def pytest_configure(config):
    lanes.settle(config.option.nightly)


def pytest_report_header():
    return f"seeds that rotate: {lanes.seed()}"


@pytest.hookimpl(tryfirst=True)  # before pytest reads -m
def pytest_collection_modifyitems(items):
    """Mark the lanes, and give every stored text a count.

    nbval refuses a text of a cell that was never run.
    """
    for item in items:
        for name in lanes.markers(item.nodeid):
            item.add_marker(name)
        cell = getattr(item, "cell", None)  # only nbval's items have one
        if cell and cell.get("outputs"):
            cell.execution_count = 1


@pytest.hookimpl(tryfirst=True)  # before any fixture is made
def pytest_runtest_setup(item):
    needs.needs(*(name for marker in item.iter_markers("needs") for name in marker.args))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Write into the report, which a worker sends, what was lacking or how to repeat a failure."""
    report = yield
    if call.excinfo and isinstance(call.excinfo.value, needs.Lacking):
        report.lacks = call.excinfo.value.things
    if report.failed:
        again = lanes.command(item.nodeid, item.config.option.nightly)
        report.sections.append(("to repeat", again))
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)  # after all other summaries
def pytest_terminal_summary(terminalreporter):
    done = yield
    if lines := needs.table(terminalreporter.stats.get("skipped", [])):
        terminalreporter.section("not tried on this machine")
        terminalreporter.write_line("\n".join(lines))
    return done
