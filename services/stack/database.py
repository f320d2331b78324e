"""The embedded PostgreSQL, and how processes share its server.

Two flock(2) locks coordinate them. Users of the server hold `postgres.users` shared; the process
that gets it exclusively may stop the server. The process that holds `postgres.starter` may start
the server; a stack holds it as long as it runs, because supervisord starts the server then.
"""

import os
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from rentomatic.settings.settings import Settings
from services.stack.signals import blocked_signals
from services.stack.state import State, lock_exclusive, lock_file, lock_shared, try_lock_exclusive

PORT = "5432"  # part of the unix socket's name; the server listens on no network
SOCKET = f".s.PGSQL.{PORT}"
PID_FILE = "postmaster.pid"
STATUS_LINE = 7  # index in PID_FILE of the server's status

# Recovery after a crash needs at least one new WAL segment of 16 MiB.
RESERVE_BYTES = 32 * 2**20
READ_ONLY = ("-c", "default_transaction_read_only=on", "-c", "autovacuum=off")


def is_embedded(settings: Settings, state: State) -> bool:
    """Return whether the settings name the embedded database of this state."""
    return settings.owner.endswith(f"?host={quote(str(state.run), safe='')}")


@dataclass(frozen=True)
class Database:
    """A PostgreSQL cluster in the state's folder; `programs` is the folder of its programs."""

    state: State
    programs: Path

    @property
    def _new(self) -> Path:
        """Exists until the example rooms have been inserted."""
        return self.state.data / "rentomatic.new"

    def is_new(self) -> bool:
        """Return whether the cluster still lacks the example rooms."""
        return self._new.exists()

    def mark_filled(self) -> None:
        self._new.unlink(missing_ok=True)

    def create(self) -> None:
        """Create the cluster unless it exists. An interrupted creation starts anew."""
        if self.state.data.exists():
            return
        unfinished = self.state.data.with_suffix(".unfinished")
        for locale in ("C.UTF-8", "C"):
            shutil.rmtree(unfinished, ignore_errors=True)
            result = self._initdb(unfinished, locale)
            if result.returncode == 0:
                (unfinished / self._new.name).touch()
                unfinished.rename(self.state.data)
                return
        raise SystemExit(f"initdb failed: {result.stderr.strip()}")

    def _initdb(self, folder: Path, locale: str) -> "subprocess.CompletedProcess[str]":
        options = ("--auth=trust", "--encoding=UTF8", f"--locale={locale}", "--no-sync")
        command = (self.programs / "initdb", "-D", folder, "-U", "postgres", *options)
        return subprocess.run(
            (*command, "--no-instructions"), capture_output=True, text=True, check=False
        )

    def server_command(self) -> tuple[str, ...]:
        return (str(self.programs / "postgres"), "-D", str(self.state.data), *self._options())

    def _options(self) -> tuple[str, ...]:
        """Return the server's options; in postgresql.conf, paths would be wrong after a move."""
        escaped = str(self.state.run).replace('"', '""')
        return ("-k", f'"{escaped}"', "-p", PORT, "-c", "listen_addresses=")

    def start(self) -> None:
        """Start the server as a daemon, and wait until it is ready."""
        self.remove_stale_pid_file()
        log = self.state.log / "postgres.log"
        if self._pg_ctl("start", "-l", str(log), "-o", shlex.join(self._options())):
            raise SystemExit(f"PostgreSQL does not start; see {log}")

    def stop(self) -> None:
        """Disconnect all clients, stop the server, and wait until it has stopped."""
        if (self.state.data / PID_FILE).exists():
            self._pg_ctl("stop", "-m", "fast")

    def _pg_ctl(self, action: str, *options: str) -> int:
        command = (str(self.programs / "pg_ctl"), action, "-D", str(self.state.data), "-s", "-w")
        with blocked_signals():  # if Ctrl-C ended pg_ctl, the server would keep running
            return subprocess.call((*command, *options), stdin=subprocess.DEVNULL)

    def is_ready(self) -> bool:
        """Return whether a server listens and has finished its startup."""
        with socket.socket(socket.AF_UNIX) as client:
            if client.connect_ex(str(self.state.run / SOCKET)):
                return False
        try:
            lines = (self.state.data / PID_FILE).read_text("utf-8").splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == "ready"

    def remove_stale_pid_file(self) -> None:
        """Remove the pid file if another program now has the process id of a crashed server.

        PostgreSQL takes any living process with that id for a server, and would not start.
        """
        file = self.state.data / PID_FILE
        if not file.exists():
            return
        name = Path("/proc") / file.read_text("utf-8").split("\n")[0] / "comm"
        if name.exists() and not name.read_text("utf-8").startswith("postgres"):
            file.unlink()

    @property
    def _reserve(self) -> Path:
        """Disk space that is freed for PostgreSQL if it cannot start on a full disk."""
        return self.state.data / "rentomatic.reserve"

    def make_reserve(self) -> bool:
        """Allocate the reserve unless it exists, and return whether it exists now."""
        if self._reserve.exists():
            return True
        if shutil.disk_usage(self.state.data).free < 2 * RESERVE_BYTES:
            return False
        with suppress(OSError), self._reserve.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES)
            return True
        self._reserve.unlink(missing_ok=True)
        return False

    def use_reserve(self) -> bool:
        """Free the reserve if the disk is full, and return whether that has freed space."""
        if not self._reserve.exists():
            return False
        if shutil.disk_usage(self.state.data).free >= RESERVE_BYTES:
            return False
        self._reserve.unlink()
        return True


@contextmanager
def shared_server(database: Database, start: Callable[[Database], None]) -> Iterator[None]:
    """Keep the server running during the block; its last user stops it.

    `start` starts and prepares the server; at most one process calls it at a time.
    """
    with lock_file(database.state.folder / "postgres.users") as users:
        lock_shared(users)
        try:
            _start_or_wait(database, start)
            yield
        finally:
            _stop_if_unused(database, users)


def _start_or_wait(database: Database, start: Callable[[Database], None]) -> None:
    with lock_file(database.state.folder / "postgres.starter") as starter:
        while not database.is_ready() or database.is_new():
            if try_lock_exclusive(starter):
                start(database)
                return
            time.sleep(0.05)


@contextmanager
def owned_server(database: Database, start: Callable[[Database], None]) -> Iterator[None]:
    """Start and stop the server once, and let only supervisord start it during the block."""
    folder = database.state.folder
    with (
        lock_file(folder / "postgres.users") as users,
        lock_file(folder / "postgres.starter") as starter,
    ):
        lock_shared(users)
        try:
            lock_exclusive(starter)
            start(database)
            _stop_when_unused(database, users)
            lock_shared(users)
            yield
        finally:
            _stop_if_unused(database, users)


def _stop_when_unused(database: Database, users: TextIO) -> None:
    if not try_lock_exclusive(users):
        print("Waiting for other commands that use the database", flush=True)
        lock_exclusive(users)
    database.stop()


def _stop_if_unused(database: Database, users: TextIO) -> None:
    if try_lock_exclusive(users):
        database.stop()
