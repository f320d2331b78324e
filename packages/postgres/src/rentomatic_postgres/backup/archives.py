"""Verification of pg_dump archives."""

import re
import subprocess
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

from rentomatic.errors import InvalidRequest, Problem
from rentomatic_postgres.backup.files import checksum_of, digest, photos_of

COPY = re.compile(rb"COPY public\.(\w+) \(.*\) FROM stdin;\n")
END = b"\\.\n"


class Contents(NamedTuple):
    """The revision and the number of rooms of a database; None if the table does not exist."""

    revision: str | None
    rooms: int | None


def read_archive(file: Path, programs: Path) -> Contents:
    """Read a whole archive; raise InvalidRequest if it is damaged or no archive."""
    _verify_checksum(file)
    command = (programs / "pg_restore", "--file=-", file)
    with TemporaryFile() as errors:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors) as process:  # noqa: S603
            contents = _contents(iter(process.stdout or ()))
        if process.returncode:
            errors.seek(0)
            raise _unreadable(file, errors.read().decode(errors="replace").strip())
    return contents


def _verify_checksum(file: Path) -> None:
    """Raise InvalidRequest if a checksum is wrong, of the archive or of the list of its photos.

    A missing file of checksums is accepted.
    """
    checksum = checksum_of(file)
    if not checksum.exists():
        return
    expected = checksum.read_text("utf-8", "replace").split()[::2] or [""]
    for each, hexadecimal in zip((file, photos_of(file)), expected, strict=False):
        if not each.exists() or digest(each) != hexadecimal:
            raise _unreadable(each, f"is damaged: its checksum differs from {checksum.name}")


def _unreadable(file: Path, message: str) -> InvalidRequest:
    return InvalidRequest([Problem(file.name, message)])


def _contents(lines: Iterator[bytes]) -> Contents:
    """Count the rows of the COPY blocks in a restore script."""
    revision, rooms = None, None
    for line in lines:
        copy = COPY.fullmatch(line)
        if copy is None:
            continue
        first, number = _count(takewhile(END.__ne__, lines))
        if copy[1] == b"room":
            rooms = number
        if copy[1] == b"alembic_version" and number:
            revision = first.decode().strip()
    return Contents(revision, rooms)


def _count(rows: Iterator[bytes]) -> tuple[bytes, int]:
    """Return the first row (empty if there is none) and the number of rows."""
    first = next(rows, None)
    return (b"", 0) if first is None else (first, 1 + sum(1 for _ in rows))
