"""An output that programs can open anew by its name, /dev/fd/1."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def relayed_output() -> Iterator[None]:
    """Put a pipe of our own before the output of this process, for as long as the block lasts.

    The output itself may be a socket, a file in which every opening has its own place, or another
    user's terminal; none of these can be opened anew. With STACK_LOG, the pipe ends in that file.
    """
    log = filter(None, [os.environ.get("STACK_LOG")])
    relay = (sys.executable, "-m", "services.stack.terminal", *log)
    end, beginning = os.pipe()
    stdout, stderr = os.dup(1), os.dup(2)
    # In a session of its own, it outlives a Ctrl-C to tell how the programs ended.
    with subprocess.Popen(relay, stdin=end, start_new_session=True):
        os.close(end)
        _redirect(beginning, beginning)
        os.close(beginning)
        try:
            yield
        finally:
            sys.stdout.flush()
            _redirect(stdout, stderr)


def _redirect(stdout: int, stderr: int) -> None:
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)
