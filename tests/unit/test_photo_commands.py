"""`rentomatic photos clean`: settings and options that it rejects."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from rentomatic_cli import main

MONGO = {"RENTOMATIC_REPOSITORY": "mongodb://localhost/rooms"}


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        (MONGO, "RENTOMATIC_PHOTO_FOLDER: must be set"),
        (
            MONGO | {"RENTOMATIC_PHOTO_FOLDER": "/nonexistent"},
            "RENTOMATIC_PHOTO_FOLDER: There is no folder /nonexistent",
        ),
        (
            {"RENTOMATIC_REPOSITORY": "memory://", "RENTOMATIC_PHOTO_FOLDER": "/"},
            "RENTOMATIC_REPOSITORY: must not be memory://, whose rooms this command cannot see",
        ),
    ],
)
def test_a_setting_that_it_cannot_use_is_named(environ: dict[str, str], message: str) -> None:
    result = CliRunner().invoke(main, ["photos", "clean"], env=environ)

    assert (result.exit_code, result.stderr) == (2, f"rentomatic: {message}\n")


def test_photos_stay_for_a_day_at_least(tmp_path: Path) -> None:
    environ = MONGO | {"RENTOMATIC_PHOTO_FOLDER": str(tmp_path)}

    result = CliRunner().invoke(main, ["photos", "clean", "--days", "0"], env=environ)

    assert result.exit_code == 2
    assert "0 is not in the range x>=1" in result.stderr
