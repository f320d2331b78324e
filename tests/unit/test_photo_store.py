"""The folder of photos."""

import os
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from rentomatic_web.photos.images import Encoded
from rentomatic_web.photos.store import (
    DAY_SECONDS,
    Cleaned,
    clean,
    digests,
    save,
    small_url,
    url_of,
)

PHOTO = Encoded(b"large", b"small")
DIGEST = sha256(b"large").hexdigest()
FILES = {f"{DIGEST}.webp", f"{DIGEST}-480.webp"}


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def age(folder: Path, days: float) -> None:
    """Make the mark of the photo older."""
    moment = time.time() - days * DAY_SECONDS
    os.utime(folder / f"{DIGEST}.unused", (moment, moment))


def test_a_photo_is_two_files_that_others_can_read(tmp_path: Path) -> None:
    assert save(tmp_path, PHOTO) == DIGEST

    assert (tmp_path / f"{DIGEST}.webp").read_bytes() == b"large"
    assert (tmp_path / f"{DIGEST}-480.webp").read_bytes() == b"small"
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o644}


def test_the_same_photo_is_stored_once(tmp_path: Path) -> None:
    assert save(tmp_path, PHOTO) == save(tmp_path, PHOTO)

    assert names(tmp_path) == FILES
    assert digests(tmp_path) == {DIGEST}


def test_a_photo_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / f"{DIGEST}.webp").mkdir()

    with pytest.raises(IsADirectoryError):
        save(tmp_path, PHOTO)

    assert names(tmp_path) == FILES


def test_an_unused_photo_is_removed_days_after_it_was_found(tmp_path: Path) -> None:
    save(tmp_path, PHOTO)

    assert clean(tmp_path, {DIGEST}, 2) == Cleaned(removed=0, unused=1)
    assert clean(tmp_path, {DIGEST}, 2) == Cleaned(removed=0, unused=1)
    age(tmp_path, 1.9)
    assert clean(tmp_path, {DIGEST}, 2) == Cleaned(removed=0, unused=1)
    assert names(tmp_path) == {*FILES, f"{DIGEST}.unused"}
    age(tmp_path, 2.1)
    assert clean(tmp_path, {DIGEST}, 2) == Cleaned(removed=1, unused=0)
    assert names(tmp_path) == set()


def test_a_photo_that_a_room_has_again_stays(tmp_path: Path) -> None:
    save(tmp_path, PHOTO)
    clean(tmp_path, {DIGEST}, 1)
    age(tmp_path, 3)

    assert clean(tmp_path, set(), 1) == Cleaned(removed=0, unused=0)
    assert clean(tmp_path, {DIGEST}, 1) == Cleaned(removed=0, unused=1)
    assert names(tmp_path) == {*FILES, f"{DIGEST}.unused"}


def test_a_photo_that_is_uploaded_again_stays(tmp_path: Path) -> None:
    save(tmp_path, PHOTO)
    clean(tmp_path, {DIGEST}, 1)
    age(tmp_path, 3)

    save(tmp_path, PHOTO)

    assert clean(tmp_path, {DIGEST}, 1) == Cleaned(removed=0, unused=1)
    assert names(tmp_path) == {*FILES, f"{DIGEST}.unused"}


def test_a_photo_that_is_uploaded_while_it_is_removed_stays(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as threads:
        for _ in range(200):
            (tmp_path / f"{DIGEST}.unused").touch()
            age(tmp_path, 3)
            both = (
                threads.submit(clean, tmp_path, {DIGEST}, 1),
                threads.submit(save, tmp_path, PHOTO),
            )
            for each in both:
                each.result()

            assert names(tmp_path) >= FILES


def test_files_of_killed_uploads_are_removed_a_day_later(tmp_path: Path) -> None:
    old, new = tmp_path / ".a.webp-1.unfinished", tmp_path / ".b.webp-2.unfinished"
    old.touch()
    new.touch()
    os.utime(old, (0, 0))

    clean(tmp_path, set(), 1)

    assert names(tmp_path) == {new.name}


def test_a_url_names_a_size() -> None:
    assert url_of(DIGEST) == f"/photos/{DIGEST}.webp"
    assert small_url(url_of(DIGEST)) == f"/photos/{DIGEST}-480.webp"
    assert small_url("https://photos.example/a.webp") == "https://photos.example/a.webp"
