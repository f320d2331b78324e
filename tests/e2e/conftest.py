"""Stacks that tests can ask for."""

from collections.abc import Iterator

import pytest

from tests.e2e.stack import Checkout, checkout


@pytest.fixture
def embedded(shell: dict[str, str]) -> Iterator[Checkout]:
    """A checkout that nobody has used yet, with its embedded database."""
    with checkout(shell) as services:
        yield services


@pytest.fixture
def in_memory(shell: dict[str, str]) -> Iterator[Checkout]:
    """A checkout whose rooms are in memory."""
    with checkout(shell, RENTOMATIC_REPOSITORY="memory://") as services:
        yield services
