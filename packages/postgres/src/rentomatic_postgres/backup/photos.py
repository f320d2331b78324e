"""The photos of backups: one copy of each, which all backups in a folder share.

The copies are in the folder `photos` beside the archives. Each archive has a list of its photos.
Photos never change, because their names are hashes, so that a backup copies new ones only.
"""

import os
import re
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from rentomatic.errors import InvalidRequest, Problem
from rentomatic_postgres.backup.files import UNFINISHED, digest, list_backups, photos_of

FOLDER = "photos"
PATTERN = "*.webp"
SMALL = "-"  # in the names of the small sizes

# A line of a list.
LINE = re.compile(rf"(?P<digest>[0-9a-f]{{64}})  (?P<name>{FOLDER}/[0-9a-f-]+\.webp)")

# SHA-256 by name; names are relative to the folder of backups.
Sums = dict[str, str]


def copy_photos(photos: Path, backups: Path) -> Sums:
    """Copy new photos to the folder of backups; return the sums of all photos.

    Copies that the newest backup lists are not read. Raises ChildProcessError if a new copy
    differs from its photo.
    """
    folder = backups / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    newest = next(iter(list_backups(backups)), None)
    known = read_sums(photos_of(newest.file)) if newest else {}
    sums: Sums = {}
    for photo in sorted(photos.glob(PATTERN)):
        copy, name = folder / photo.name, f"{FOLDER}/{photo.name}"
        is_known = name in known and copy.exists() and _size(copy) == _size(photo)
        with suppress(FileNotFoundError):  # removed meanwhile, as no room has it
            sums[name] = known[name] if is_known else _copy(photo, copy)
    if sums.keys() - known.keys():
        os.sync()  # faster than one file after the other
    return sums


def count_photos(archive: Path) -> int | None:
    """Return the number of photos in a backup; None if it has no list of them."""
    photos = photos_of(archive)
    return _count(read_sums(photos)) if photos.exists() else None


def verify_photos(archive: Path, digest: Callable[[Path], str] = digest) -> None:
    """Read the copies of a backup; raise InvalidRequest if one is missing or damaged.

    `digest` can remember the digests of copies that several backups share.
    """
    for name, expected in read_sums(photos_of(archive)).items():
        copy = archive.parent / name
        if not copy.exists():
            raise InvalidRequest([Problem(archive.name, f"is incomplete: {copy} is missing")])
        if digest(copy) != expected:
            raise InvalidRequest([Problem(archive.name, f"is damaged: {copy} has changed")])


def restore_photos(archive: Path, photos: Path | None) -> None:
    """Copy the photos of a backup that the folder `photos` does not have; delete none."""
    sums = read_sums(photos_of(archive))
    if not sums:
        return
    if photos is None:
        message = f"must be set, because the backup has {_count(sums)} photos"
        raise InvalidRequest([Problem("RENTOMATIC_PHOTO_FOLDER", message)])
    photos.mkdir(parents=True, exist_ok=True)
    for name in sums:
        copy = archive.parent / name
        photo = photos / copy.name
        if not photo.exists() or _size(photo) != _size(copy):
            _copy(copy, photo)


def prune_photos(backups: Path) -> None:
    """Delete the copies that no backup lists."""
    lists = backups.glob(photos_of(Path("*.dump")).name)
    listed = {name for each in lists for name in read_sums(each)}
    for copy in (backups / FOLDER).glob(PATTERN):
        if f"{FOLDER}/{copy.name}" not in listed:
            copy.unlink()


def read_sums(file: Path) -> Sums:
    """Read a list in the format of `sha256sum`; a missing one is empty."""
    if not file.exists():
        return {}
    sums: Sums = {}
    for text in file.read_text("utf-8", "replace").splitlines():
        line = LINE.fullmatch(text)
        if line is None:
            raise InvalidRequest([Problem(file.name, "is damaged: it is not a list of photos")])
        sums[line["name"]] = line["digest"]
    return sums


def write_sums(file: Path, sums: Mapping[str, str]) -> None:
    lines = (f"{hexadecimal}  {name}\n" for name, hexadecimal in sums.items())
    file.write_text("".join(lines), "utf-8")


def _copy(file: Path, copy: Path) -> str:
    """Copy a file that others may read, read the copy back, and return its digest."""
    unfinished = copy.with_name(f".{copy.name}{UNFINISHED}")
    try:
        shutil.copyfile(file, unfinished)
        unfinished.chmod(0o644)
        copied = digest(unfinished)
        if copied != digest(file):
            raise ChildProcessError(f"The copy of {file} differs from it")
        unfinished.replace(copy)
    finally:
        unfinished.unlink(missing_ok=True)
    return copied


def _size(file: Path) -> int:
    return file.stat().st_size


def _count(sums: Sums) -> int:
    return sum(SMALL not in name for name in sums)
