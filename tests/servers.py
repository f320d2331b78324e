"""Real servers for tests: databases, and the Nginx that every deployment has."""

import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import psycopg
from pymongo import MongoClient
from pymongo.errors import ConnectionFailure
from pytest_postgresql.janitor import DatabaseJanitor

from rentomatic.settings.settings import load
from services.stack import privileges, programs, render
from services.stack.state import State
from tests.programs import ROOM_NEEDED, find, folder, free_port, missing, running

# Nothing here has to survive a crash of the machine.
POSTGRES_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "synchronous_commit": "off",
}

# Two connections for each database: clients cannot but share them.
PGBOUNCER = """
[databases]
* = host={server}
[pgbouncer]
pool_mode = transaction
default_pool_size = 2
max_client_conn = 200
unix_socket_dir = {home}
listen_port = 5432
auth_type = trust
auth_file = {users}
"""

INITDB_OPTIONS = (
    "--auth=trust",
    "--encoding=UTF8",
    "--no-locale",
    "--no-sync",
    "--username=postgres",
    "--pgdata",
)


class PostgresServer(NamedTuple):
    """Where a PostgreSQL server listens; the members are those that pytest-postgresql asks for."""

    host: str
    port: int = 5432
    user: str = "postgres"
    password: str | None = None
    options: str = ""
    maintenance_dbname: str = "postgres"
    template_dbname: str = "template1"

    def url(self, database: str) -> str:
        """Return the URL of one of its databases."""
        return f"postgresql://{self.user}@/{database}?host={quote(self.host, safe='')}"


@contextmanager
def postgres(
    environ: Mapping[str, str], room_needed: int = ROOM_NEEDED
) -> Iterator[PostgresServer]:
    """Run the PostgreSQL that the environment has, reached by a unix socket only."""
    with folder(room_needed) as home:
        prefix = privileges.prefix(home)
        server, data = PostgresServer(str(home)), home / "data"
        postgres, initdb = _postgres_programs(environ, data)
        subprocess.run([*prefix, initdb, *INITDB_OPTIONS, data], check=True, capture_output=True)
        settings = POSTGRES_SETTINGS | {"unix_socket_directories": server.host}
        arguments = [f"--{name}={value}" for name, value in settings.items()]
        argv = [*prefix, str(postgres), "-D", str(data), *arguments]
        with running(argv, home / "log", lambda: _answers_postgres(server), signal.SIGINT):
            yield server


@contextmanager
def pgbouncer(server: PostgresServer, users: Sequence[str]) -> Iterator[PostgresServer]:
    """Run a PgBouncer before the server, in transaction mode, whose clients share connections."""
    with folder() as home:
        names = home / "users"
        names.write_text("".join(f'"{user}" ""\n' for user in users), "utf-8")
        ini = home / "pgbouncer.ini"
        ini.write_text(PGBOUNCER.format(server=server.host, home=home, users=names), "utf-8")
        pooled = server._replace(host=str(home))
        argv = [*privileges.prefix(home), find("pgbouncer"), str(ini)]
        with running(argv, home / "log", lambda: _answers_postgres(pooled), signal.SIGINT):
            yield pooled


@contextmanager
def database(server: PostgresServer, name: str, template: str) -> Iterator[str]:
    """Lend the URL of a copy of the template, which is dropped afterwards."""
    with DatabaseJanitor(
        user=server.user,
        host=server.host,
        port=server.port,
        dbname=name,
        template_dbname=template,
    ):
        yield server.url(name)


@contextmanager
def mongo(port: int) -> Iterator[str]:
    """Run a server that speaks MongoDB's wire protocol, and lend the start of its URL."""
    with folder() as home:
        argv = [find("secantusd-py"), "--port", str(port), "--cache-size", "64M"]
        argv += ["--storage-path", str(home / "data"), "--enable-test-commands"]
        # It has nothing to save, and takes two seconds to end in peace.
        with running(argv, home / "log", lambda: _answers_mongo(port), signal.SIGKILL):
            yield f"mongodb://127.0.0.1:{port}"


@contextmanager
def nginx(home: Path, gunicorns: Sequence[Path], **settings: str) -> Iterator[int]:
    """Run Nginx with the site of every deployment before these sockets, and lend its port.

    The settings are given by the names of the environment.
    """
    port = free_port()
    own = {"RENTOMATIC_REPOSITORY": "memory://", "RENTOMATIC_PORT": str(port)}
    chosen = load(own | settings)
    frame = render.write_nginx(home / "nginx", chosen, State(home), gunicorns)
    # As root, Nginx would run its workers as someone who cannot enter our folder.
    command = [*privileges.prefix(home), *render.nginx_command(frame)]
    with running(command, home / "nginx.log", lambda: listens(("127.0.0.1", port))):
        yield port


def listens(address: str | tuple[str, int]) -> bool:
    """Say whether somebody listens on a unix socket, or on a port."""
    with socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET) as client:
        return client.connect_ex(address) == 0


def _postgres_programs(environ: Mapping[str, str], data: Path) -> tuple[Path, Path]:
    try:
        folder = programs.postgresql(environ, data)
    except SystemExit:
        missing("PostgreSQL")
    return folder / "postgres", folder / "initdb"


def _answers_postgres(server: PostgresServer) -> bool:
    try:
        psycopg.connect(server.url(server.maintenance_dbname)).close()
    except psycopg.OperationalError:
        return False
    return True


def _answers_mongo(port: int) -> bool:
    with MongoClient[dict[str, object]]("127.0.0.1", port, serverSelectionTimeoutMS=100) as client:
        try:
            return bool(client.admin.command("ping"))
        except ConnectionFailure:
            return False
