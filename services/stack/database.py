"""The embedded PostgreSQL: a cluster of its own, on a unix socket of its own."""

import os
import shlex
import shutil
import socket
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from services.stack.signals import held
from services.stack.state import State

PORT = "5432"  # of the socket; nothing listens on a network
SOCKET = f".s.PGSQL.{PORT}"
# Where a server writes its process id and, on the eighth line, how far it is.
PID_FILE = "postmaster.pid"
STATUS_LINE = 7

# Recovery after a crash needs at least one new WAL segment of 16 MiB.
RESERVE_BYTES = 32 * 2**20
READ_ONLY = ("-c", "default_transaction_read_only=on", "-c", "autovacuum=off")


@dataclass(frozen=True)
class Database:
    """A PostgreSQL cluster in the state's folder, and the programs that run it."""

    state: State
    programs: Path

    @property
    def _new(self) -> Path:
        """Marks a cluster whose first rooms are still to come."""
        return self.state.data / "rentomatic.new"

    def server(self) -> tuple[str, ...]:
        """Return the command of the server; it is reached on the state's socket and nowhere else.

        The folders are named on the command line, so that a checkout may move.
        """
        program = str(self.programs / "postgres")
        return (program, "-D", str(self.state.data), *_options(self.state.run))

    def create(self) -> None:
        """Make the cluster, unless it is there; half a one, left by a kill, counts as none."""
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

    def is_new(self) -> bool:
        """Say whether the cluster has yet to get its first rooms."""
        return self._new.exists()

    def keep(self) -> None:
        """Note that the cluster is new no longer."""
        self._new.unlink(missing_ok=True)

    @property
    def _reserve(self) -> Path:
        """Disk space that is given to PostgreSQL when it cannot start on a full disk."""
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

    def is_ready(self) -> bool:
        """Say whether a server answers, and has done with starting."""
        with socket.socket(socket.AF_UNIX) as client:
            if client.connect_ex(str(self.state.run / SOCKET)):
                return False
        try:
            lines = (self.state.data / PID_FILE).read_text("utf-8").splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > STATUS_LINE and lines[STATUS_LINE].strip() == "ready"

    def start(self) -> None:
        """Start the server apart from this process, and wait until it is ready."""
        self.forget_dead_server()
        log = self.state.log / "postgres.log"
        options = ("-l", str(log), "-o", shlex.join(_options(self.state.run)))
        if self._control("start", *options):
            raise SystemExit(f"PostgreSQL does not start: {log} says why")

    def stop(self) -> None:
        """Stop the server, and wait until it has stopped; its clients lose their connections."""
        if (self.state.data / PID_FILE).exists():
            self._control("stop", "-m", "fast")

    def forget_dead_server(self) -> None:
        """Remove the process id of a server that a crash ended, if it is another program's by now.

        PostgreSQL would take any living process of that id for a server.
        """
        file = self.state.data / PID_FILE
        if not file.exists():
            return
        name = Path("/proc") / file.read_text("utf-8").split("\n")[0] / "comm"
        if name.exists() and not name.read_text("utf-8").startswith("postgres"):
            file.unlink()

    def _control(self, action: str, *options: str) -> int:
        command = (str(self.programs / "pg_ctl"), action, "-D", str(self.state.data), "-s", "-w")
        with held():  # a pg_ctl that Ctrl-C ends leaves a server behind
            return subprocess.call((*command, *options), stdin=subprocess.DEVNULL)


def _options(sockets: Path) -> tuple[str, ...]:
    escaped = str(sockets).replace('"', '""')
    return ("-k", f'"{escaped}"', "-p", PORT, "-c", "listen_addresses=")
