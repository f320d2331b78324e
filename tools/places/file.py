"""Writes the SQLite file. Its bytes depend on nothing but the tables."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from rentomatic_places.positions import INDEX
from tools.places.tables import Row

HEADER_SIZE = 100
PAGE_SIZE = 8192
_SCHEMA = f"""
PRAGMA page_size = {PAGE_SIZE};
PRAGMA secure_delete = ON;
CREATE TABLE country (code TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE region (id INTEGER PRIMARY KEY, country TEXT NOT NULL, name TEXT NOT NULL);
CREATE TABLE area (
    key TEXT NOT NULL, country TEXT NOT NULL, region INTEGER NOT NULL,
    PRIMARY KEY (key, country, region)
) WITHOUT ROWID;
CREATE TABLE place (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, region INTEGER NOT NULL,
    longitude INTEGER NOT NULL, latitude INTEGER NOT NULL, population INTEGER NOT NULL,
    importance INTEGER NOT NULL
);
{INDEX};
CREATE TABLE name (last TEXT NOT NULL, names TEXT NOT NULL, PRIMARY KEY (last, names))
    WITHOUT ROWID;
CREATE TABLE beginning (key TEXT NOT NULL PRIMARY KEY, names TEXT NOT NULL) WITHOUT ROWID;
"""
# Fields of the file's header that depend on the number of writes and on the version of SQLite.
_CHANGE_COUNTER, _VERSION_VALID_FOR, _SQLITE_VERSION = 24, 92, 96
_INTERIOR = (2, 5)  # types of pages whose header has four more bytes


def write(path: Path, tables: dict[str, Iterable[Row]]) -> None:
    """Write the file in place of an older one."""
    with TemporaryDirectory() as folder:
        new = Path(folder) / path.name
        with closing(sqlite3.connect(new, isolation_level=None)) as connection:
            connection.executescript(_SCHEMA)
            connection.execute("BEGIN")
            for table, rows in tables.items():
                _insert(connection, table, sorted(rows))
            connection.execute("COMMIT")
            connection.execute("VACUUM")
        content = bytearray(new.read_bytes())
    _normalize(content)
    path.write_bytes(content)


def _insert(connection: sqlite3.Connection, table: str, rows: list[Row]) -> None:
    values = ",".join("?" * len(rows[0]))
    connection.executemany(f"INSERT INTO {table} VALUES ({values})", rows)  # noqa: S608


def _normalize(content: bytearray) -> None:
    """Make the bytes independent of the version of SQLite: https://sqlite.org/fileformat.html."""
    for field in (_CHANGE_COUNTER, _VERSION_VALID_FOR, _SQLITE_VERSION):
        content[field : field + 4] = (1).to_bytes(4, "big")
    for page in range(0, len(content), PAGE_SIZE):
        header = page or HEADER_SIZE
        cells = int.from_bytes(content[header + 3 : header + 5], "big")
        start = header + (12 if content[header] in _INTERIOR else 8) + 2 * cells
        end = page + int.from_bytes(content[header + 5 : header + 7], "big")
        content[start:end] = bytes(end - start)
