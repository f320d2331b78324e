"""The folder of photos. A photo is two files, named by the SHA-256 of the large one.

    <64 hex digits>.webp, <64 hex digits>-480.webp

Files never change. A photo that no room has gets a mark, `<64 hex digits>.unused`, and is removed
if it still has the mark days later.
"""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from rentomatic.domain.room import Room
from rentomatic_web.photos.images import SMALL, Encoded

LARGE_SUFFIX, SMALL_SUFFIX, MARK_SUFFIX = ".webp", f"-{SMALL}.webp", ".unused"
UNFINISHED = ".unfinished"
URL_PREFIX = "/photos/"
DAY_SECONDS = 86_400


class Cleaned(NamedTuple):
    """The number of photos that were removed, and of those that are marked as unused."""

    removed: int
    unused: int


def url_of(digest: str) -> str:
    return f"{URL_PREFIX}{digest}{LARGE_SUFFIX}"


def small_url(url: str) -> str:
    """Return the URL of the small size; a photo that is not kept here has one size."""
    if not url.startswith(URL_PREFIX):
        return url
    return url.removesuffix(LARGE_SUFFIX) + SMALL_SUFFIX


def kept_digests(room: Room) -> Iterator[str]:
    """Yield the digests of the room's photos that are kept here."""
    for photo in room.photos:
        if photo["url"].startswith(URL_PREFIX):
            yield photo["url"].removeprefix(URL_PREFIX).removesuffix(LARGE_SUFFIX)


def save(folder: Path, photo: Encoded) -> str:
    """Save a photo, and return its digest; saving it again takes its mark away."""
    digest = sha256(photo.large).hexdigest()
    # In this order, so that clean() cannot remove the new files: see _remove.
    (folder / f"{digest}{MARK_SUFFIX}").unlink(missing_ok=True)
    _write(folder / f"{digest}{SMALL_SUFFIX}", photo.small)
    _write(folder / f"{digest}{LARGE_SUFFIX}", photo.large)
    return digest


def digests(folder: Path) -> set[str]:
    """Return the digests of all photos."""
    names = (file.name.removesuffix(LARGE_SUFFIX) for file in folder.glob(f"*{LARGE_SUFFIX}"))
    return {name for name in names if "-" not in name}


def clean(folder: Path, unused: Iterable[str], days: int) -> Cleaned:
    """Mark the photos that no room has, and remove those that had the mark for as many days.

    Marks of other photos are taken away.
    """
    remaining = set(unused)
    oldest = time.time() - days * DAY_SECONDS
    removed = 0
    for mark in folder.glob(f"*{MARK_SUFFIX}"):
        digest = mark.name.removesuffix(MARK_SUFFIX)
        if digest not in remaining:
            mark.unlink(missing_ok=True)
        elif _remove_marked(folder, digest, oldest):
            remaining.remove(digest)
            removed += 1
    for digest in remaining:
        (folder / f"{digest}{MARK_SUFFIX}").open("a").close()  # keeps the time of an old mark
    _remove_unfinished(folder)
    return Cleaned(removed, len(remaining))


def _write(file: Path, content: bytes) -> None:
    """Write a file that Nginx can read, and give it its name when it is on the disk."""
    unfinished = file.with_name(f".{file.name}-{os.getpid()}{UNFINISHED}")
    try:
        with unfinished.open("wb") as opened:
            os.fchmod(opened.fileno(), 0o644)
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def _remove_marked(folder: Path, digest: str, oldest: float) -> bool:
    """Remove a photo if its mark is old enough; return whether that happened."""
    files = [folder / f"{digest}{suffix}" for suffix in (LARGE_SUFFIX, SMALL_SUFFIX)]
    inodes = [file.stat().st_ino if file.exists() else None for file in files]
    mark = folder / f"{digest}{MARK_SUFFIX}"
    with suppress(FileNotFoundError):
        if mark.stat().st_mtime <= oldest:
            for file, inode in zip(files, inodes, strict=True):
                _remove(file, inode)
            mark.unlink(missing_ok=True)
            return True
    return False


def _remove(file: Path, inode: int | None) -> None:
    """Remove a file, unless an upload has replaced it since its inode and its mark were read."""
    removed = file.with_name(f".{file.name}{UNFINISHED}")
    with suppress(FileNotFoundError):
        file.rename(removed)
        if removed.stat().st_ino == inode:
            removed.unlink()
        else:
            removed.rename(file)


def _remove_unfinished(folder: Path) -> None:
    """Remove files of uploads that were killed."""
    for file in folder.glob(f".*{UNFINISHED}"):
        with suppress(FileNotFoundError):
            if file.stat().st_mtime < time.time() - DAY_SECONDS:
                file.unlink()
