"""Notebooks with other points, ids, tags, kinds and checks than the teacher's."""

from copy import deepcopy

from corpus.build import SOLUTION, ZERO, cheating, without_answers


def edited_unsolved(change):
    """Nothing solved, and the list of the cells changed."""
    notebook = without_answers()
    return notebook | {"cells": change(deepcopy(notebook["cells"]))}


STRUCTURE = {
    "more-points": without_answers(
        lambda cell: cell["metadata"].get("nbgrader", {}).update(points=1000)
    ),
    "passing-checks": without_answers(
        lambda cell: cell.update(source="1000") if "check(" in "".join(cell["source"]) else None
    ),
    "everything-locked": without_answers(
        lambda cell: cell["metadata"].get("nbgrader", {}).update(locked=True, solution=False)
    ),
    "no-cells": SOLUTION | {"cells": []},
    "strange-cells": SOLUTION
    | {"cells": [None, 3, [], {}, {"cell_type": 3, "source": {}}, {"source": [1, 2]}] * 3},
    "strange-metadata": without_answers(lambda cell: cell.update(metadata=[])),
    "nothing-written": without_answers(),
    "not-python": cheating("def cheat(:"),
    "nul-characters": cheating(ZERO + "\0"),
    "deep-python": cheating("cheat = " + "(" * 10_000),
    "lone-surrogates": cheating(f"{ZERO}  # \ud800"),
    "check-cells-gone": edited_unsolved(
        lambda cells: [cell for cell in cells if "check(" not in "".join(cell["source"])]
    ),
    "cells-twice": edited_unsolved(lambda cells: cells * 2),
    "ids-exchanged": edited_unsolved(
        lambda cells: [
            cell | {"metadata": other["metadata"]}
            for cell, other in zip(cells, reversed(cells), strict=True)
        ]
    ),
    "negative-points": without_answers(
        lambda cell: cell["metadata"].get("nbgrader", {}).update(points=-1e308)
    ),
    "points-of-text": without_answers(
        lambda cell: cell["metadata"].get("nbgrader", {}).update(points="4", grade="yes")
    ),
    "all-checks-for-sale": without_answers(
        lambda cell: cell["metadata"].update(
            nbgrader={"grade": True, "points": 15, "grade_id": "x"}
        )
    ),
    "tags": without_answers(
        lambda cell: cell["metadata"].update(tags=["remove-cell", "skip-execution", "nbgrader:4"])
    ),
    "raw-cells": without_answers(lambda cell: cell.update(cell_type="raw")),
    "future-schema": without_answers(
        lambda cell: cell["metadata"].get("nbgrader", {}).update(schema_version=99, task=True)
    ),
    "another-kernel": without_answers() | {"metadata": {"kernelspec": {"name": "bash"}}},
    "another-format": without_answers() | {"nbformat": 99, "nbformat_minor": "x"},
    "answers-in-outputs": without_answers(
        lambda cell: cell.update(outputs=[{"output_type": "execute_result", "data": {"a": "4"}}])
    ),
    "answers-in-attachments": without_answers(
        lambda cell: cell.update(attachments={"a.py": {"text/plain": "tanh = np.tanh"}})
    ),
    "grade-recorded": without_answers() | {"grade": 15, "score": {"points": 15, "manual": True}},
    "ids-of-everything": without_answers(
        lambda cell: cell["metadata"].update(nbgrader={"grade_id": "../../etc/passwd\n\0"})
    ),
    "sources-of-every-kind": SOLUTION
    | {"cells": [{"cell_type": "code", "source": s} for s in ({}, [[]], None, 3, True, [None])]},
}
