"""The stack on a terminal, as a developer has it."""

import os
import pty
import re
import signal
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.e2e.stack import Checkout, ask

pytestmark = pytest.mark.integration


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """The two ends of a terminal: of the reader and of the programs."""
    ours, theirs = pty.openpty()
    with closing(os.fdopen(ours, "rb", buffering=0)):
        yield ours, theirs


def read(terminal: int, end: str = "\0") -> str:
    """Return the output up to a text, or up to the end."""
    shown = b""
    try:
        while end.encode() not in shown and (part := os.read(terminal, 65536)):
            shown += part
    except OSError:  # how Linux says that the other end is closed
        pass
    return shown.decode()


def test_a_terminal_shows_readable_lines_to_the_last(
    in_memory: Checkout, terminal: tuple[int, int]
) -> None:
    ours, theirs = terminal
    process = in_memory.start("serve", output=theirs)
    os.close(theirs)
    try:
        shown = read(ours, "(Ctrl-C stops it)")
        ask(in_memory.port, "/rooms?filter_price__lt=60")
        ask(in_memory.port, "/%1b[2J")
    finally:
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does
    shown += read(ours)
    process.wait(10)

    time = r"\d\d:\d\d:\d\d"
    assert re.search(rf"^{time} info    GET /rooms 200 [\d.]+ ms\r$", shown, re.MULTILINE)
    assert re.search(rf"^{time} info    GET /\\x1b\[2J 404 ", shown, re.MULTILINE)
    assert f"http://127.0.0.1:{in_memory.port}/rooms (Ctrl-C stops it)\r\n" in shown
    assert "received SIGINT" in shown
    assert re.search(rf"^{time} info    Shutting down: Master\r$", shown, re.MULTILINE)
    assert '{"' not in shown
    assert "\x1b" not in shown
