"""pg_dump, pg_restore and psql: their folder on PATH, and their connection arguments."""

import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from psycopg2.extensions import make_dsn
from sqlalchemy import URL, Connection, text

from rentomatic_postgres.urls import connection_parameters

PROGRAMS = ("pg_dump", "pg_restore", "psql")
MAJOR_VERSION = text("SELECT current_setting('server_version_num')::int / 10000")
# Since this version, pg_dump writes SET transaction_timeout, which older servers reject.
TRANSACTION_TIMEOUT_VERSION = 17


def programs_of(connection: Connection) -> Path:
    """Return the folder of the programs for the server of a connection."""
    return programs(connection.scalar(MAJOR_VERSION))


def programs(server: int | None = None) -> Path:
    """Return the folder on PATH with the programs of a major version, or else the newest.

    Raises FileNotFoundError if there is none whose backups the server can restore.
    """
    folders = {_major_version(folder): folder for folder in reversed(_folders())}
    if not folders:
        raise FileNotFoundError(f"{', '.join(PROGRAMS)} are not on PATH")
    suitable = [
        version for version in folders if server is None or _is_compatible(version, server)
    ]
    if not suitable:
        raise FileNotFoundError(
            f"PostgreSQL {server} rejects backups of pg_dump {max(folders)}, which set"
            f" transaction_timeout: put {', '.join(PROGRAMS)} of PostgreSQL {server} on PATH"
        )
    return folders[server if server in suitable else max(suitable)]


def _is_compatible(version: int, server: int) -> bool:
    return version < TRANSACTION_TIMEOUT_VERSION or server >= TRANSACTION_TIMEOUT_VERSION


def libpq_connection(url: URL) -> tuple[str, dict[str, str]]:
    """Return libpq's connection string, and an environment with the password.

    The password is not in the string, because other users can read command lines.
    """
    parameters = connection_parameters(url)
    password = parameters.pop("password", "")
    secret = {"PGPASSWORD": password} if password else {}
    return make_dsn(**parameters), os.environ | secret


def _folders() -> list[Path]:
    folders = map(Path, os.environ.get("PATH", os.defpath).split(os.pathsep))
    return [folder for folder in folders if all(_is_in(folder, name) for name in PROGRAMS)]


def _is_in(folder: Path, name: str) -> bool:
    return shutil.which(name, path=str(folder)) is not None


@cache
def _major_version(folder: Path) -> int:
    command = (folder / "pg_dump", "--version")
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    return int(re.findall(r"\) (\d+)", output)[0])
