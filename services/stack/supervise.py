"""Runs supervisord inside this process, and stops all programs if one cannot be started."""

import json
import os
import shlex
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from supervisor import events
from supervisor.medusa.asyncore_25 import ExitNow
from supervisor.options import ServerOptions
from supervisor.states import SupervisorStates
from supervisor.supervisord import Supervisor

from services.stack.database import READ_ONLY, Database

MAX_PAUSE_SECONDS = 30  # between two starts of a program
EXIT_EVENTS = (
    events.ProcessStateBackoffEvent,
    events.ProcessStateExitedEvent,
    events.ProcessStateStoppedEvent,
)


def supervise(
    configuration: Path, drain_file: Path, drain_delay: int, database: Database | None
) -> int:
    """Run the programs until a signal arrives (returns 0) or one cannot be started (returns 1).

    A shutdown creates `drain_file`, and serves for `drain_delay` seconds more.
    """
    options = ServerOptions()
    options.realize(["--configuration", str(configuration)], doc=__doc__)
    options.first, options.test = True, False
    stack = Stack(options, drain_file, drain_delay, database)
    with suppress(ExitNow):
        stack.main()
    options.close_httpservers()
    options.close_logger()
    return int(stack.has_failed)


class Stack(Supervisor):  # type: ignore[misc]
    """A supervisor of programs that depend on each other."""

    has_failed = False
    shutdown_at: float | None = None

    def __init__(
        self,
        options: ServerOptions,
        drain_file: Path,
        drain_delay: int,
        database: Database | None,
    ) -> None:
        super().__init__(options)
        self.drain_file, self.drain_delay, self.database = drain_file, drain_delay, database

    def handle_signal(self) -> None:
        """Drain after the first signal; shut down after the drain delay or a second signal."""
        super().handle_signal()
        is_signalled = self.options.mood < SupervisorStates.RUNNING and not self.has_failed
        if is_signalled and self.shutdown_at is None:
            with suppress(OSError):  # a full disk must not prevent a shutdown
                self.drain_file.touch()
            self.shutdown_at = time.monotonic() + self.drain_delay
            self.options.mood = SupervisorStates.RUNNING
        if self.shutdown_at is not None and time.monotonic() >= self.shutdown_at:
            self.options.mood = SupervisorStates.SHUTDOWN

    def runforever(self) -> None:
        events.subscribe(EXIT_EVENTS, _kill_group)
        events.subscribe(events.ProcessStateRunningEvent, _restart_always)
        events.subscribe(events.ProcessStateBackoffEvent, _limit_pause)
        events.subscribe(events.ProcessStateFatalEvent, self._fail)
        if self.database:
            events.subscribe(EXIT_EVENTS, self._use_reserve)
            events.subscribe(events.Tick5Event, self._restore_reserve)
        super().runforever()

    def _use_reserve(self, event: Any) -> None:
        """Restart PostgreSQL read-only if a full disk has ended it: recovery writes WAL."""
        config = event.process.config
        if config.name == "postgres" and self.database and self.database.use_reserve():
            _log("The disk is full: PostgreSQL serves read-only until 64 MiB are free")
            config.command = f"{config.command} {shlex.join(READ_ONLY)}"

    def _restore_reserve(self, _event: Any) -> None:
        """Restart PostgreSQL for reads and writes once the disk has free space again."""
        process = self.process_groups["postgres"].processes["postgres"]
        writable = process.config.command.removesuffix(f" {shlex.join(READ_ONLY)}")
        if self.database and self.database.make_reserve() and writable != process.config.command:
            _log("The disk has free space again: PostgreSQL restarts for reads and writes")
            process.config.command = writable
            if process.pid:
                process.signal(signal.SIGINT)

    def _fail(self, event: Any) -> None:
        _log(f"{event.process.config.name} exits repeatedly: stopping the stack")
        self.has_failed = True
        self.options.mood = SupervisorStates.SHUTDOWN


def _log(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _restart_always(event: Any) -> None:
    """Retry without limit once a program has run: later failures can be temporary."""
    event.process.config.startretries = sys.maxsize


def _limit_pause(event: Any) -> None:
    """supervisord adds one second to the pause after each failed start."""
    event.process.backoff = min(event.process.backoff, MAX_PAUSE_SECONDS)


def _kill_group(event: Any) -> None:
    """Kill the children of a killed program: workers of Nginx would keep its port."""
    leader = event.process.pid
    if leader:  # 0 if the program could not be started, and killpg(0) would kill our own group
        with suppress(ProcessLookupError):
            os.killpg(leader, signal.SIGKILL)
    if event.process.config.name == "postgres":
        _kill_backends(event.process.config.command)


def _kill_backends(command: str) -> None:
    """Kill the backends of a PostgreSQL server that has ended.

    Each backend leads its own process group. A busy backend does not notice that the server has
    ended, and a new server does not start while it runs.
    """
    words = shlex.split(command)
    data = Path(words[words.index("-D") + 1]).resolve()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # the process has ended, or belongs to another user
            if (process / "cwd").readlink() == data and _is_postgres(process):
                os.kill(int(process.name), signal.SIGKILL)


def _is_postgres(process: Path) -> bool:
    return (process / "comm").read_text("utf-8").startswith("postgres")


class EnvironmentInterface:
    """XML-RPC methods `stack.*`.

    /proc/PID/environ does not work: processes in other user namespaces cannot read it.
    """

    def get(self) -> str:
        """Return the environment variables as JSON, because XML lacks some characters."""
        return json.dumps(dict(os.environ))


def make_environment_interface(_supervisor: Any, **_settings: str) -> EnvironmentInterface:
    return EnvironmentInterface()
