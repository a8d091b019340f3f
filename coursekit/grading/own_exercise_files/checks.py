"""Tasks of our own exercises. Jupyter, `coursekit check` and `coursekit grade` find them here."""

import numpy as np

from coursekit.checks import task


@task("NAME_1_means", points=3)
def task_NAME_1_means(row_means, t):
    with t.part("a mean for every row", points=2):
        x = t.normal(*t.sizes(2))  # two sizes that differ, so that swapped axes cannot hide
        slips = {
            "the means of the columns": x.mean(axis=0),
            "sums, not divided by the number of columns": x.sum(axis=1),
        }
        t.close(row_means(x), x.mean(axis=1), "the list of means", slips)

    with t.part("rows of one number", points=1):
        x = t.normal(5, 1)
        t.close(row_means(x), x[:, 0], "the list of means", {"one mean of all": np.mean(x)})
