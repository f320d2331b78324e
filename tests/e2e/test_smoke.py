"""The whole stack, once: PostgreSQL, gunicorn and Nginx start, serve rooms and stop."""

import os
import signal

import pytest

from rentomatic.repository.memory import EXAMPLE_ROOMS
from tests.e2e.stack import Checkout
from tests.programs import PATIENCE_SECONDS

pytestmark = [pytest.mark.integration, pytest.mark.smoke]


def test_a_new_checkout_serves_rooms_until_sigterm(embedded: Checkout) -> None:
    with embedded.serving() as process:
        assert embedded.prices() == sorted(room.price for room in EXAMPLE_ROOMS)
        for program in ("/postgres", "gunicorn.conf.py", "/nginx"):
            assert embedded.processes(program), program
        os.killpg(process.pid, signal.SIGTERM)

        assert process.wait(PATIENCE_SECONDS) == 0
