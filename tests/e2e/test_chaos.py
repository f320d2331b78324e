"""What `just chaos` does, with small numbers and on one stack: nothing acknowledged is lost."""

from collections.abc import Iterator

import pytest

from tests.e2e.stack import Checkout, checkout
from tools.chaos.scenarios import SCENARIOS, SETTINGS, run
from tools.chaos.size import SHORT

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def stack(shell: dict[str, str]) -> Iterator[Checkout]:
    """A stack that is broken time and again."""
    with checkout(shell, **SETTINGS) as services, services.serving():
        yield services


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_breaks_is_whole_again(stack: Checkout, name: str) -> None:
    assert run(name, stack, SHORT)
