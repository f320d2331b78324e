"""Signal handling of processes that have child processes."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

# A terminal sends these to all processes in the foreground, so children get them as well.
TERMINAL_SIGNALS = (signal.SIGINT, signal.SIGQUIT)
PROCESS_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def blocked_signals() -> Iterator[None]:
    """Delay signals that end a process until the block has ended."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, (*TERMINAL_SIGNALS, *PROCESS_SIGNALS))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def exit_on_signals() -> None:
    """Convert signals to SystemExit, so that context managers and `finally` clean up."""
    _handle((*TERMINAL_SIGNALS, *PROCESS_SIGNALS), lambda number, _frame: sys.exit(128 + number))


def wait_for(child: "subprocess.Popen[bytes]") -> int:
    """Forward signals to a child until it exits, and return its exit status as a shell does."""
    _handle(TERMINAL_SIGNALS, lambda _number, _frame: None)
    _handle(PROCESS_SIGNALS, lambda number, _frame: child.send_signal(number))
    status = child.wait()
    return status if status >= 0 else 128 - status


def _handle(
    numbers: tuple[signal.Signals, ...], handler: Callable[[int, FrameType | None], None]
) -> None:
    for number in numbers:
        # Do not handle an ignored signal: nohup ignores SIGHUP.
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)
