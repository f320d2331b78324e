"""Archives of pg_dump: what is in one, and whether all of it can be read."""

import hashlib
import re
import subprocess
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

from rentomatic.errors import InvalidRequest, Problem

ROWS = re.compile(rb"COPY public\.(\w+) \(.*\) FROM stdin;\n")
END = b"\\.\n"


class Contents(NamedTuple):
    """What a database holds: at which revision, and how many rooms; None is without the table."""

    revision: str | None
    rooms: int | None


def read_archive(file: Path, programs: Path) -> Contents:
    """Read an archive from its first byte to its last, and return what is in it.

    Raises InvalidRequest when it is none, damaged, or not what its checksum says.
    """
    _compare(file)
    command = (programs / "pg_restore", "--file=-", file)
    with TemporaryFile() as errors:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors) as process:  # noqa: S603
            contents = _contents(iter(process.stdout or ()))
        if process.returncode:
            errors.seek(0)
            raise _unreadable(file, errors.read().decode(errors="replace").strip())
    return contents


def checksum_of(file: Path) -> Path:
    """Return where the checksum of an archive is, for sha256sum --check."""
    return file.with_name(f"{file.name}.sha256")


def digest(file: Path) -> str:
    """Return the SHA-256 of a file."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _compare(file: Path) -> None:
    """Refuse a file that is not what its checksum says; one that lies alone may be right."""
    checksum = checksum_of(file)
    if checksum.exists() and checksum.read_bytes().split()[:1] != [digest(file).encode()]:
        raise _unreadable(file, f"Is damaged: it is not what {checksum.name} says")


def _unreadable(file: Path, message: str) -> InvalidRequest:
    return InvalidRequest([Problem(file.name, message)])


def _contents(lines: Iterator[bytes]) -> Contents:
    """Return what a script holds that restores a database."""
    revision, rooms = None, None
    for line in lines:
        found = ROWS.fullmatch(line)
        if found is None:
            continue
        first, number = _count(takewhile(END.__ne__, lines))
        if found[1] == b"room":
            rooms = number
        if found[1] == b"alembic_version" and number:
            revision = first.decode().strip()
    return Contents(revision, rooms)


def _count(rows: Iterator[bytes]) -> tuple[bytes, int]:
    """Return the first row, or nothing, and the number of rows."""
    first = next(rows, None)
    return (b"", 0) if first is None else (first, 1 + sum(1 for _ in rows))
