"""supervisord inside this process, which ends everything when a program stays down."""

import os
import shlex
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from supervisor import events
from supervisor.medusa.asyncore_25 import ExitNow
from supervisor.options import ServerOptions
from supervisor.states import SupervisorStates
from supervisor.supervisord import Supervisor

GONE = (
    events.ProcessStateBackoffEvent,
    events.ProcessStateExitedEvent,
    events.ProcessStateStoppedEvent,
)


class Drain(NamedTuple):
    """What tells load balancers of a stop before it begins: a file, and for how many seconds."""

    file: Path
    delay: int


class Stack(Supervisor):  # type: ignore[misc]
    """A supervisor of programs that are nothing without each other."""

    has_failed = False
    stops_at: float | None = None

    def __init__(self, options: ServerOptions, drain: Drain) -> None:
        super().__init__(options)
        self.drain = drain

    def handle_signal(self) -> None:
        """Drain when a signal asks for the end, and end when that is done or asked for again."""
        super().handle_signal()
        is_asked = self.options.mood < SupervisorStates.RUNNING and not self.has_failed
        if is_asked and self.stops_at is None:
            self.drain.file.touch()
            self.stops_at = time.monotonic() + self.drain.delay
            self.options.mood = SupervisorStates.RUNNING
        if self.stops_at is not None and time.monotonic() >= self.stops_at:
            self.options.mood = SupervisorStates.SHUTDOWN

    def runforever(self) -> None:
        events.subscribe(GONE, _end_group)
        events.subscribe(events.ProcessStateFatalEvent, self._end)
        super().runforever()

    def _end(self, event: Any) -> None:
        name = event.process.config.name
        print(f"{name} does not stay up, so the stack ends", file=sys.stderr, flush=True)
        self.has_failed = True
        self.options.mood = SupervisorStates.SHUTDOWN


def supervise(configuration: Path, drain: Drain) -> int:
    """Run the programs until a signal ends them (0) or one of them cannot be kept up (1)."""
    options = ServerOptions()
    options.realize(["--configuration", str(configuration)], doc=__doc__)
    options.first, options.test = True, False
    stack = Stack(options, drain)
    with suppress(ExitNow):
        stack.main()
    options.close_httpservers()
    options.close_logger()
    return int(stack.has_failed)


def _end_group(event: Any) -> None:
    """End what a killed program leaves: workers of Nginx would keep the port for ever."""
    leader = event.process.pid
    if leader:  # 0 when nothing could be started, and to killpg 0 is our own group
        with suppress(ProcessLookupError):
            os.killpg(leader, signal.SIGKILL)
    if event.process.config.name == "postgres":
        _end_backends(event.process.config.command)


def _end_backends(command: str) -> None:
    """End the processes of a PostgreSQL that is gone.

    Each leads a group of its own. One that computes does not notice that its server is gone, and
    no other server starts beside it.
    """
    words = shlex.split(command)
    data = Path(words[words.index("-D") + 1]).resolve()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended, or is somebody else's
            if (process / "cwd").readlink() == data and _is_postgres(process):
                os.kill(int(process.name), signal.SIGKILL)


def _is_postgres(process: Path) -> bool:
    return (process / "comm").read_text("utf-8").startswith("postgres")
