"""What signals do to a process that has others to end."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

TO_ALL = (signal.SIGINT, signal.SIGQUIT)  # a terminal sends these to every process of a command
TO_ONE = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def held() -> Iterator[None]:
    """Let signals that end a process wait until the block has ended."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (*TO_ALL, *TO_ONE))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end_in_order() -> None:
    """Let a signal unwind this process, so that what it began is ended too."""
    _handle((*TO_ALL, *TO_ONE), lambda number, _frame: sys.exit(128 + number))


def wait_for(child: "subprocess.Popen[bytes]") -> int:
    """Return the exit status of a child, as a shell does, and leave every signal to it."""
    _handle(TO_ALL, lambda _number, _frame: None)
    _handle(TO_ONE, lambda number, _frame: child.send_signal(number))
    status = child.wait()
    return status if status >= 0 else 128 - status


def _handle(
    numbers: tuple[signal.Signals, ...], handler: Callable[[int, FrameType | None], None]
) -> None:
    for number in numbers:
        if signal.getsignal(number) != signal.SIG_IGN:  # as nohup wants it
            signal.signal(number, handler)
