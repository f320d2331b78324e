"""`rentomatic photos clean`, with each storage that commands can use."""

import os
import time
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from rentomatic.repository.connect import connect
from rentomatic_cli import main
from rentomatic_web.photos.images import Encoded
from rentomatic_web.photos.store import DAY_SECONDS, save, url_of
from tests.rooms import room

pytestmark = pytest.mark.integration

ELSEWHERE = "https://photos.example/a.webp"


@pytest.fixture(params=["postgres", "mongo"])
def environ(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    return {
        "RENTOMATIC_REPOSITORY": request.getfixturevalue(f"{request.param}_url"),
        "RENTOMATIC_PHOTO_FOLDER": str(tmp_path),
    }


def run(environ: dict[str, str], *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["photos", "clean", *arguments], env=environ)
    return result.exit_code, result.output


def test_photos_of_rooms_stay_and_others_are_removed_later(
    environ: dict[str, str], tmp_path: Path
) -> None:
    used, unused = (save(tmp_path, Encoded(b"%d" % each, b"small")) for each in range(2))
    with closing(connect(environ["RENTOMATIC_REPOSITORY"])) as storage:
        photos = ({"url": ELSEWHERE}, {"url": url_of(used), "alt": "A view"})
        storage.rooms.put([room(1), room(2, photos=photos)])

    first = run(environ)
    moment = time.time() - 3 * DAY_SECONDS
    os.utime(tmp_path / f"{unused}.unused", (moment, moment))
    second, third, fourth = run(environ), run(environ, "--days", "2"), run(environ)

    assert first == second == (0, "Removed 0 photos; 1 others are unused\n")
    assert third == (0, "Removed 1 photos; 0 others are unused\n")
    assert fourth == (0, "Removed 0 photos; 0 others are unused\n")
    assert {file.name for file in tmp_path.iterdir()} == {f"{used}.webp", f"{used}-480.webp"}
