"""Photos in backups: copied once, verified, restored."""

import stat
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from rentomatic.repository.connect import connect
from rentomatic_web.photos.images import Encoded
from rentomatic_web.photos.store import digests, save
from tests.backups import backup, done, run
from tests.rooms import room

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("postgres_programs")]

DAMAGE = {"other": b"larga", "cut": b"lar", "empty": b""}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with two photos, and files that are none."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(2):
        save(folder, photo(number))
    (folder / ".x.webp.unfinished").touch()
    (folder / f"{'0' * 64}.unused").touch()
    return folder


@pytest.fixture
def environ(postgres_url: str, tmp_path: Path, photos: Path) -> dict[str, str]:
    storage = connect(postgres_url)
    storage.rooms.put([room(1)])
    storage.close()
    return {
        "RENTOMATIC_REPOSITORY": postgres_url,
        "RENTOMATIC_BACKUPS": str(tmp_path / "backups"),
        "RENTOMATIC_PHOTO_FOLDER": str(photos),
    }


def photo(number: int) -> Encoded:
    return Encoded(b"large %d" % number, b"small %d" % number)


def copies(environ: dict[str, str]) -> dict[str, bytes]:
    folder = Path(environ["RENTOMATIC_BACKUPS"], "photos")
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.glob("*.webp")}


def listed(environ: dict[str, str]) -> list[list[str]]:
    """Return the photos and the validity of each backup, newest first."""
    return [line.split()[-2:] for line in done(environ, "backups").splitlines()[1:]]


def test_a_backup_has_a_copy_and_a_sum_of_each_photo(
    environ: dict[str, str], photos: Path
) -> None:
    output = done(environ, "backup")

    assert output.endswith(" bytes, 1 rooms, 2 photos\n")
    assert copies(environ) == files(photos)
    assert listed(environ) == [["2", "yes"]]


def test_sha256sum_verifies_the_files_of_a_backup(environ: dict[str, str]) -> None:
    file = backup(environ)

    for sums in (f"{file}.sha256", f"{file}.photos"):
        command = ("sha256sum", "--check", "--quiet", sums)
        subprocess.run(command, check=True, cwd=file.parent)
    assert len(Path(f"{file}.photos").read_text().splitlines()) == 4
    assert len(Path(f"{file}.sha256").read_text().splitlines()) == 2


def test_the_next_backup_copies_new_photos_only(environ: dict[str, str], photos: Path) -> None:
    backup(environ)
    folder = Path(environ["RENTOMATIC_BACKUPS"], "photos")
    before = {file.name: file.stat().st_ino for file in folder.iterdir()}
    save(photos, photo(2))

    backup(environ)

    after = {file.name: file.stat().st_ino for file in folder.iterdir()}
    assert len(after) == 6
    assert before.items() <= after.items()
    assert copies(environ) == files(photos)
    assert listed(environ) == [["3", "yes"], ["2", "yes"]]


def test_a_folder_that_does_not_exist_yet_has_no_photos(environ: dict[str, str]) -> None:
    output = done({**environ, "RENTOMATIC_PHOTO_FOLDER": "/nonexistent/photos"}, "backup")

    assert output.endswith(" bytes, 1 rooms, 0 photos\n")


def test_missing_photos_are_restored_and_others_stay(
    environ: dict[str, str], photos: Path
) -> None:
    file = backup(environ)
    before = files(photos)
    lost, *_ = sorted(photos.glob("*.webp"))
    lost.unlink()
    newer = save(photos, photo(2))

    output = done(environ, "restore", file.name, "--yes", "--no-backup")

    assert ": 1 rooms, 2 photos, at " in output
    assert before.items() <= files(photos).items()
    assert newer in digests(photos)
    assert stat.S_IMODE(lost.stat().st_mode) == 0o644


def test_another_machine_gets_the_photos(
    environ: dict[str, str], empty_postgres_url: str, photos: Path, tmp_path: Path
) -> None:
    file = backup(environ)
    folder = tmp_path / "new" / "photos"
    there = {"RENTOMATIC_REPOSITORY": empty_postgres_url, "RENTOMATIC_PHOTO_FOLDER": str(folder)}

    done(environ | there, "restore", str(file), "--yes")

    assert files(folder) == files(photos)


def test_without_a_folder_a_backup_with_photos_is_refused(environ: dict[str, str]) -> None:
    file = backup(environ)

    result = run({**environ, "RENTOMATIC_PHOTO_FOLDER": ""}, "restore", file.name, "--yes")

    assert (result.exit_code, result.stderr) == (
        2,
        "rentomatic: RENTOMATIC_PHOTO_FOLDER: must be set, because the backup has 2 photos\n",
    )


def test_a_missing_copy_is_named(environ: dict[str, str]) -> None:
    file = backup(environ)
    lost = sorted(Path(environ["RENTOMATIC_BACKUPS"], "photos").iterdir())[0]
    lost.unlink()

    result = run(environ, "restore", file.name, "--yes")

    assert result.exit_code == 2
    assert result.stderr == f"rentomatic: {file.name}: is incomplete: {lost} is missing\n"
    assert listed(environ) == [["2", "no"]]
    backup(environ)
    assert listed(environ) == [["2", "yes"], ["2", "yes"]]


@pytest.mark.parametrize("content", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_copy_is_named(environ: dict[str, str], content: bytes) -> None:
    file = backup(environ)
    name = f"{sha256(b'large 0').hexdigest()}.webp"
    copy = Path(environ["RENTOMATIC_BACKUPS"], "photos", name)
    copy.write_bytes(content)

    result = run(environ, "restore", file.name, "--yes")

    assert result.exit_code == 2
    assert result.stderr == f"rentomatic: {file.name}: is damaged: {copy} has changed\n"
    assert listed(environ) == [["2", "no"]]


@pytest.mark.parametrize("has_sums", [True, False])
def test_a_damaged_list_is_named(environ: dict[str, str], has_sums: bool) -> None:
    file = backup(environ)
    photos = Path(f"{file}.photos")
    photos.write_text("x  photos/../../x\n" + photos.read_text())
    if not has_sums:
        Path(f"{file}.sha256").unlink()

    result = run(environ, "restore", file.name, "--yes")

    assert result.exit_code == 2
    assert result.stderr.startswith(f"rentomatic: {photos.name}: is damaged: it")
    assert listed(environ)[0][-1] == "no"


def test_a_list_that_is_missing_is_named(environ: dict[str, str]) -> None:
    file = backup(environ)
    Path(f"{file}.photos").unlink()

    result = run(environ, "restore", file.name, "--yes")

    assert result.stderr.startswith(f"rentomatic: {file.name}.photos: is damaged: ")


def test_copies_of_removed_backups_are_removed(environ: dict[str, str], photos: Path) -> None:
    old = backup(environ)
    (photos / f"{sha256(b'large 0').hexdigest()}.webp").unlink()
    (photos / f"{sha256(b'large 0').hexdigest()}-480.webp").unlink()

    backup(environ, "--keep", "2")
    assert len(copies(environ)) == 4
    backup(environ, "--keep", "2")

    assert not list(old.parent.glob(f"{old.name}*"))
    assert copies(environ) == files(photos)
    assert listed(environ) == [["1", "yes"], ["1", "yes"]]


def test_a_backup_without_photos_is_restored(environ: dict[str, str], photos: Path) -> None:
    file = backup({**environ, "RENTOMATIC_PHOTO_FOLDER": ""})
    before = files(photos)

    output = done(environ, "restore", file.name, "--yes", "--no-backup")

    assert ": 1 rooms, at " in output
    assert files(photos) == before
