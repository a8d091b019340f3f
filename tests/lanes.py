"""The three lanes: which tests are slow, which are of a browser, and which seeds a run takes.

fast      pytest -m "not slow and not browser"    while you work
README's  pytest                                  before a commit; `.ci/run`
nightly   .ci/nightly                             pytest --nightly and what takes hours
"""

import os
import random
import secrets
import shlex

SEED = "COURSEKIT_SEED"  # names the environment variable
BROWSER = "tests/browser/"
# Modules, notebooks or tests that take too long for the fast lane: see `pytest --durations=50`.
SLOW = ()
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
    marks = ["browser"] if nodeid.startswith(BROWSER) else []
    return [*marks, "slow"] if nodeid.startswith(SLOW) else marks


def command(nodeid, nightly):
    """What runs a test again as it ran here."""
    options = " --nightly" if nightly else ""
    return f"{seed()} pytest -n0{options} {shlex.quote(nodeid)}"
