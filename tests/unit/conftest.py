"""Fixtures of unit tests."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def request_lines(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> Callable[[], list[dict[str, Any]]]:
    """Return the log lines of the requests so far; each line is returned once."""
    caplog.set_level(logging.INFO, "rentomatic_web.middleware.logs")
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]
