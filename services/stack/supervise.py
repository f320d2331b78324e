"""supervisord inside this process. Ends the stack when a program cannot be started."""

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

from services.stack.database import READ_ONLY, Database

MAX_PAUSE_SECONDS = 30  # between two starts of a program
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
    """A supervisor of programs that need each other."""

    has_failed = False
    stops_at: float | None = None

    def __init__(self, options: ServerOptions, drain: Drain, database: Database | None) -> None:
        super().__init__(options)
        self.drain, self.database = drain, database

    def handle_signal(self) -> None:
        """Drain when a signal asks for the end, and end when that is done or asked for again."""
        super().handle_signal()
        is_asked = self.options.mood < SupervisorStates.RUNNING and not self.has_failed
        if is_asked and self.stops_at is None:
            with suppress(OSError):  # a full disk must not prevent a stop
                self.drain.file.touch()
            self.stops_at = time.monotonic() + self.drain.delay
            self.options.mood = SupervisorStates.RUNNING
        if self.stops_at is not None and time.monotonic() >= self.stops_at:
            self.options.mood = SupervisorStates.SHUTDOWN

    def runforever(self) -> None:
        events.subscribe(GONE, _end_group)
        events.subscribe(events.ProcessStateRunningEvent, _restart_always)
        events.subscribe(events.ProcessStateBackoffEvent, _limit_pause)
        events.subscribe(events.ProcessStateFatalEvent, self._end)
        if self.database:
            events.subscribe(GONE, self._use_reserve)
            events.subscribe(events.Tick5Event, self._restore_reserve)
        super().runforever()

    def _use_reserve(self, event: Any) -> None:
        """Restart PostgreSQL read-only if a full disk has ended it: recovery writes WAL."""
        config = event.process.config
        if config.name == "postgres" and self.database and self.database.use_reserve():
            _log("The disk is full: PostgreSQL serves read-only until 64 MiB are free")
            config.command = f"{config.command} {shlex.join(READ_ONLY)}"

    def _restore_reserve(self, _event: Any) -> None:
        """Restart PostgreSQL for reads and writes once the disk has room again."""
        process = self.process_groups["postgres"].processes["postgres"]
        writable = process.config.command.removesuffix(f" {shlex.join(READ_ONLY)}")
        if self.database and self.database.make_reserve() and writable != process.config.command:
            _log("The disk has room again: PostgreSQL restarts for reads and writes")
            process.config.command = writable
            if process.pid:
                process.signal(signal.SIGINT)

    def _end(self, event: Any) -> None:
        _log(f"{event.process.config.name} does not stay up, so the stack ends")
        self.has_failed = True
        self.options.mood = SupervisorStates.SHUTDOWN


def supervise(configuration: Path, drain: Drain, database: Database | None) -> int:
    """Run the programs until a signal ends them (0) or one of them cannot be started (1)."""
    options = ServerOptions()
    options.realize(["--configuration", str(configuration)], doc=__doc__)
    options.first, options.test = True, False
    stack = Stack(options, drain, database)
    with suppress(ExitNow):
        stack.main()
    options.close_httpservers()
    options.close_logger()
    return int(stack.has_failed)


def _log(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _restart_always(event: Any) -> None:
    """Never give up a program that has run once: a failure now, such as a full disk, can pass."""
    event.process.config.startretries = sys.maxsize


def _limit_pause(event: Any) -> None:
    """Let the pauses grow by a second each, but not without end."""
    event.process.backoff = min(event.process.backoff, MAX_PAUSE_SECONDS)


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
