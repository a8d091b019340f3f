"""Fixtures that every room's tests share."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

# A busy machine is no failure: tests assert numbers, never seconds.
settings.register_profile("course", deadline=None)
settings.register_profile("nightly", deadline=None, max_examples=1000)

TESTS = Path(__file__).parent


def pytest_configure(config):
    settings.load_profile("nightly" if config.option.nightly else "course")


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
