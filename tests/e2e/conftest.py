"""Fixtures that several files of the end-to-end tests use."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browsers import chromium
from tests.e2e.sites import gunicorn
from tests.e2e.stack import Checkout, checkout
from tests.programs import folder


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty folder, on a path that is short enough for unix sockets."""
    with folder() as path:
        yield path


@pytest.fixture(scope="session")
def application() -> Iterator[Path]:
    """The socket of a gunicorn with rooms in memory, which all tests share: they only read."""
    with folder() as path, gunicorn(path, "one", "memory://") as address:
        yield address


@pytest.fixture
def embedded(shell: dict[str, str]) -> Iterator[Checkout]:
    """A checkout that nobody has used yet, with its embedded database and two workers."""
    with checkout(shell, WEB_CONCURRENCY="2") as services:
        yield services


@pytest.fixture
def in_memory(shell: dict[str, str]) -> Iterator[Checkout]:
    """A checkout whose rooms are in memory."""
    with checkout(shell, RENTOMATIC_REPOSITORY="memory://") as services:
        yield services


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; a test opens a context of its own in it."""
    with chromium() as started:
        yield started
