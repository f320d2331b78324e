"""The JSON file that an environment chooses, and wins over."""

import json
from pathlib import Path

import pytest

from rentomatic.errors import InvalidRequest
from rentomatic.settings.settings import Settings, load

CONFIGURATIONS = Path(__file__).parents[2] / "services" / "config"
EMBEDDED = Path("/state")


def settings(folder: Path, **environ: str) -> Settings:
    return load({"APPLICATION_CONFIG_PATH": str(folder)} | environ, EMBEDDED)


def problems_of(folder: Path, **environ: str) -> list[str]:
    with pytest.raises(InvalidRequest) as failure:
        settings(folder, **environ)
    return [str(problem) for problem in failure.value.problems]


def write(file: Path, **values: object) -> None:
    entries = [{"name": name, "value": value} for name, value in values.items()]
    file.write_text(json.dumps(entries), "utf-8")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    values = {"RENTOMATIC_REPOSITORY": "mongodb://file/", "RENTOMATIC_PORT": "8001"}
    write(tmp_path / "development.json", **values, WEB_CONCURRENCY=2)

    found = settings(tmp_path, RENTOMATIC_PORT="8002")

    assert (found.repository, found.port, found.workers) == ("mongodb://file/", 8002, 2)


def test_a_blank_value_is_no_value_on_either_side(tmp_path: Path) -> None:
    write(tmp_path / "development.json", RENTOMATIC_PORT="8001", WEB_CONCURRENCY="")

    found = settings(tmp_path, RENTOMATIC_PORT="")

    assert (found.port, found.workers) == (8001, 4)


def test_the_environment_chooses_the_file(tmp_path: Path) -> None:
    write(tmp_path / "development.json", APPLICATION_DB="development")
    write(tmp_path / "testing.json", APPLICATION_DB="test")

    found = settings(tmp_path, APPLICATION_CONFIG="testing")

    assert found.owner == "postgresql://postgres@/test?host=%2Fstate"


def test_a_chosen_file_has_to_be_there(tmp_path: Path) -> None:
    assert problems_of(tmp_path, APPLICATION_CONFIG="nowhere") == [
        f"APPLICATION_CONFIG: There is no file {tmp_path}/nowhere.json"
    ]


@pytest.mark.parametrize(
    "text", ["", "{}x", "5", "[5]", '{"RENTOMATIC_PORT": "80"}', '[{"name": "A"}]', '["name"]']
)
def test_a_file_is_a_list_of_names_and_values(tmp_path: Path, text: str) -> None:
    (tmp_path / "development.json").write_text(text, "utf-8")

    assert problems_of(tmp_path) == [
        f"APPLICATION_CONFIG: {tmp_path}/development.json is not a JSON list of name/value pairs"
    ]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "testing.json").mkdir()

    assert problems_of(tmp_path, APPLICATION_CONFIG="testing") == [
        f"APPLICATION_CONFIG: {tmp_path}/testing.json cannot be read: Is a directory"
    ]


@pytest.mark.parametrize("name", ["development", "testing", "production"])
def test_our_own_files_load_and_hold_no_password(name: str) -> None:
    given = {"POSTGRES_PASSWORD": "given", "RENTOMATIC_SECRET_KEY": "given" * 7}
    found = settings(CONFIGURATIONS, APPLICATION_CONFIG=name, **given)

    assert found.environment == name
    assert "PASSWORD" not in (CONFIGURATIONS / f"{name}.json").read_text("utf-8")


def test_one_way_to_say_a_thing_overrules_the_files_other_way(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("mine", "utf-8")
    login = {"POSTGRES_HOSTNAME": "file", "POSTGRES_USER": "me", "POSTGRES_PASSWORD": "theirs"}
    role = {"APPLICATION_USER": "role", "APPLICATION_PASSWORD": "theirs"}
    write(tmp_path / "development.json", **login, **role)
    write(tmp_path / "testing.json", RENTOMATIC_REPOSITORY="memory://")

    by_password_file = settings(tmp_path, POSTGRES_PASSWORD_FILE=str(secret))
    by_role_file = settings(tmp_path, APPLICATION_PASSWORD_FILE=str(secret))
    by_host = settings(tmp_path, APPLICATION_CONFIG="testing", **login)

    assert by_password_file.owner == "postgresql://me:mine@file:5432/application"
    assert by_role_file.repository == "postgresql://role:mine@file:5432/application"
    assert by_host.repository == "postgresql://me:theirs@file:5432/application"


def test_null_is_no_value(tmp_path: Path) -> None:
    write(tmp_path / "development.json", RENTOMATIC_PORT=None)

    assert settings(tmp_path).port == 8080
