"""The log as a terminal shows it."""

import pytest

from services.stack.readable import readable

TIME = '"time": "2026-11-24T12:00:00.000+00:00"'


def test_a_request_is_a_short_line() -> None:
    line = readable(
        f'{{{TIME}, "level": "info", "logger": "x", "message": "request", "worker": 7,'
        ' "request_id": "abc", "method": "GET", "path": "/rooms", "route": "/rooms",'
        ' "status": 200, "duration_ms": 3.14, "token": "ann"}\n'
    )

    assert line[8:] == " INFO    GET /rooms 200 3.1 ms token=ann\n"


def test_nginx_counts_seconds() -> None:
    line = readable(
        f'{{{TIME}, "level": "warning", "logger": "nginx", "message": "request",'
        ' "method": "GET", "path": "/", "status": 503, "duration_s": 0.25}\n'
    )

    assert line[8:] == " WARNING GET / 503 250.0 ms\n"


def test_an_exception_keeps_its_lines() -> None:
    line = readable(
        f'{{{TIME}, "level": "error", "logger": "app", "message": "Away",'
        ' "exception": "Traceback\\nError"}'
    )

    assert line[8:] == " ERROR   app: Away\n    Traceback\n    Error\n"


@pytest.mark.parametrize(
    "line", ["Rent-o-Matic serves\n", "{}\n", "[1]\n", "7\n", "null", '{"time": 7}\n', "{\n", "\n"]
)
def test_other_lines_are_left_alone(line: str) -> None:
    assert readable(line) == line
