"""The log as a terminal shows it."""

import io
import json
import logging
import re
from pathlib import Path

import pytest

from rentomatic_web.middleware.logs import JSONFormatter
from services.stack import terminal
from services.stack.terminal import readable, relay, to_file, to_output

TIME = r"\d\d:\d\d:\d\d"


def line(**entry: object) -> bytes:
    entries = {"time": "2026-01-31T18:00:00.123+00:00", "level": "info", **entry}
    return json.dumps(entries).encode() + b"\n"


def shown(**entry: object) -> str:
    text = readable(line(**entry)).decode()
    assert re.match(TIME, text)
    return text[len("18:00:00 ") :]


def test_a_request_is_what_was_asked_and_how_it_was_answered() -> None:
    request = {"message": "request", "method": "GET", "path": "/rooms", "status": 200}

    assert shown(**request, duration_ms=3.1, worker=7) == "info    GET /rooms 200 3.1 ms\n"
    # Nginx's own.
    assert shown(**request | {"status": 503}, duration_s=2.001) == (
        "info    GET /rooms 503 2.001 s\n"
    )


def test_other_lines_of_the_log_are_their_message() -> None:
    assert shown(level="warning", message="Zażółć") == "warning Zażółć\n"


def test_an_exception_stands_below_its_line() -> None:
    try:
        raise ZeroDivisionError("by nothing")
    except ZeroDivisionError as error:
        told = (ZeroDivisionError, error, error.__traceback__)
    record = logging.LogRecord("test", logging.ERROR, "", 0, "It failed", None, told)

    first, *below = readable(JSONFormatter().format(record).encode()).decode().splitlines()

    assert re.fullmatch(f"{TIME} error   It failed", first)
    assert below[0] == "    Traceback (most recent call last):"
    assert below[-1] == "    ZeroDivisionError: by nothing"


def test_what_a_client_sends_moves_no_cursor() -> None:
    request = {"message": "request", "method": "GET", "path": "/\x1b[2J\n\x85", "status": 404}

    assert shown(**request) == "info    GET /\\x1b[2J\\n\\x85 404\n"


@pytest.mark.parametrize(
    "text",
    [
        b"Rent-o-Matic serves http://127.0.0.1:8080/rooms (Ctrl-C stops it)\n",
        b"\n",
        b"without an end",
        b"5\n",
        b"[1]\n",
        b'{"time": 5, "level": "info", "message": "x"}\n',
        b'{"time": "then", "level": "info", "message": "x"}\n',
        b'{"level": "info", "message": "x"}\n',
        b'{"time": "2026-01-31T18:00:00Z", "level": "info", "message": "request"}\n',
        b"[" * 100_000,
        b'{"time": "2026-01-31T18:00:00Z", "level": "info", "message": "x"\n',
    ],
)
def test_any_other_line_stays_as_it_is(text: bytes) -> None:
    assert readable(text) == text


def test_any_other_line_controls_no_terminal() -> None:
    assert readable(b"\xff\x1b[2J\r\x9b\n") == rb"\xff\x1b[2J\r\x9b" + b"\n"


def test_a_terminal_that_is_gone_holds_nobody_up() -> None:
    class Gone(io.BytesIO):
        def write(self, _line: object) -> int:
            raise OSError

    lines = iter([b"one\n", b"two\n"])

    relay(lines, to_output(Gone()))

    assert not list(lines)


def test_a_full_disk_holds_nobody_up() -> None:
    lines = iter([b"one\n", b"two\n"])

    with Path("/dev/full").open("wb", buffering=0) as full:
        relay(lines, to_output(full))

    assert not list(lines)


def test_a_file_is_rotated_and_one_older_file_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal, "MAX_FILE_BYTES", 40)
    file = tmp_path / "stack.log"
    file.write_bytes(b"of an earlier start\n")

    with to_file(str(file)) as add:
        relay((b"line %d\n" % number for number in range(20)), add)

    older = tmp_path / "stack.log.1"
    assert sorted(tmp_path.iterdir()) == [file, older]
    assert max(each.stat().st_size for each in (file, older)) <= 40
    assert file.read_bytes().endswith(b"line 19\n")


def test_any_byte_gets_into_the_file(tmp_path: Path) -> None:
    file = tmp_path / "stack.log"

    with to_file(str(file)) as add:
        relay([b"%s \xff\n", b"{"], add)

    assert file.read_bytes() == b"%s \xff\n{"
