"""PostgreSQL's own programs: which of those on PATH, and how they reach the database."""

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from psycopg2.extensions import make_dsn
from sqlalchemy import URL, Connection, text

from rentomatic_postgres.urls import connection_parameters

NEEDED = ("pg_dump", "pg_restore", "psql")
MAJOR_VERSION = text("SELECT current_setting('server_version_num')::int / 10000")


# Programs of this version and later set transaction_timeout, which older servers do not have.
TRANSACTION_TIMEOUT = 17


def programs_of(connection: Connection) -> Path:
    """Return the folder on PATH with programs of the server's major version, or the newest."""
    return programs(connection.scalar(MAJOR_VERSION))


def programs(server: int | None = None) -> Path:
    """Return the folder on PATH with programs of that major version, or else the newest.

    Raises FileNotFoundError if there are none, or if the server would refuse their output.
    """
    found = {_major_version(folder): folder for folder in reversed(_folders())}
    if not found:
        raise FileNotFoundError(f"{', '.join(NEEDED)} are not on PATH")
    suitable = [version for version in found if server is None or _suits(version, server)]
    if not suitable:
        raise FileNotFoundError(
            f"PostgreSQL {server} refuses backups of pg_dump {max(found)}, which set"
            f" transaction_timeout: put {', '.join(NEEDED)} of PostgreSQL {server} on PATH"
        )
    return found[server if server in suitable else max(suitable)]


def _suits(version: int, server: int) -> bool:
    return version < TRANSACTION_TIMEOUT or server >= TRANSACTION_TIMEOUT


def reach(url: URL) -> tuple[str, dict[str, str]]:
    """Return libpq's connection string, and an environment with the password.

    The string is for a command line, which everyone can read.
    """
    parameters = connection_parameters(url)
    password = parameters.pop("password", "")
    secret = {"PGPASSWORD": password} if password else {}
    return make_dsn(**parameters), os.environ | secret


def _folders() -> list[Path]:
    folders = map(Path, os.environ.get("PATH", os.defpath).split(os.pathsep))
    return [folder for folder in folders if all(_is_in(folder, name) for name in NEEDED)]


def _is_in(folder: Path, name: str) -> bool:
    return shutil.which(name, path=str(folder)) is not None


@cache
def _major_version(folder: Path) -> int:
    command = (folder / "pg_dump", "--version")
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    return int(re.findall(r"\) (\d+)", output)[0])
