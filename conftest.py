"""For all tests: one BLAS thread for each of pytest's workers; stored texts of notebooks for nbval.

Notebooks are stored without execution counts, compared texts stay.
"""

import os

# Read when NumPy is loaded, here and in kernels: threads of several workers wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def pytest_collection_modifyitems(items):
    """Give every stored text a count, for nbval refuses a text of a cell that was never run."""
    for item in items:
        cell = getattr(item, "cell", None)  # only nbval's items have one
        if cell and cell.get("outputs"):
            cell.execution_count = 1
