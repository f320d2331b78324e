"""Configuration files of Nginx and supervisord."""

import re
from configparser import RawConfigParser
from pathlib import Path

import pytest

from rentomatic.settings.settings import load
from services.stack.database import Database, is_embedded
from services.stack.environment import environment
from services.stack.render import SITE, write_nginx, write_supervisord
from services.stack.serve import max_stop_seconds
from services.stack.state import ROOT, State

PROGRAMS = ("gunicorn", "nginx", "postgres")


@pytest.fixture
def state(tmp_path: Path) -> State:
    state = State(tmp_path / "a state")
    state.make_folders()
    return state


def test_the_site_names_every_gunicorn_and_keeps_nginxs_own_variables(tmp_path: Path) -> None:
    chosen = load(
        {
            "RENTOMATIC_REPOSITORY": "memory://",
            "RENTOMATIC_BIND": "::1",
            "RENTOMATIC_PORT": "80",
            "RENTOMATIC_IMPORT_LIMIT": "12345",
        }
    )
    write_nginx(tmp_path, chosen, State(tmp_path), [Path("/one"), Path("/two")])

    site = "".join((tmp_path / name).read_text("utf-8") for name in SITE)
    assert "listen [::1]:80 default_server;" in site
    assert 'server "unix:/one"; server "unix:/two";' in site
    assert "proxy_set_header Host $rentomatic_host;" in site
    assert "client_max_body_size 12345;" in site


def test_no_template_keeps_a_name_of_ours(state: State) -> None:
    settings = load({}, embedded=state.run)

    write_supervisord(state, settings, Database(state, Path("/bin")))

    for file in (*state.run.glob("*.conf"), *state.run.glob("nginx/*")):
        assert not re.search(r"\$\{", file.read_text("utf-8")), file


def test_supervisord_runs_postgresql_only_where_it_is_ours(state: State) -> None:
    settings = load({}, embedded=state.run)

    def programs(database: Database | None) -> set[str]:
        parser = RawConfigParser()
        parser.read(write_supervisord(state, settings, database))
        return {name for name in parser.sections() if name.startswith("program:")}

    assert programs(None) == {"program:gunicorn", "program:nginx"}
    assert "program:postgres" in programs(Database(state, Path("/bin")))


def test_a_stop_waits_for_requests_and_down_for_the_stop(state: State) -> None:
    settings = load({"RENTOMATIC_REQUEST_TIMEOUT": "67"}, embedded=state.run)
    parser = RawConfigParser()
    parser.read(write_supervisord(state, settings, Database(state, Path("/bin"))))
    waits = {name: parser[f"program:{name}"]["stopwaitsecs"] for name in PROGRAMS}

    assert waits == {"gunicorn": "77", "nginx": "77", "postgres": "30"}
    assert max_stop_seconds(settings) > sum(map(int, waits.values()))


def test_only_the_database_of_the_state_is_embedded(state: State) -> None:
    ours = load({}, embedded=state.run)
    memory = load({"RENTOMATIC_REPOSITORY": "memory://"}, embedded=state.run)
    elsewhere = load({"RENTOMATIC_REPOSITORY": "postgresql:///a?host=%2Ftmp"}, embedded=state.run)

    assert [is_embedded(chosen, state) for chosen in (ours, memory, elsewhere)] == [
        True,
        False,
        False,
    ]


def test_only_its_owner_enters_where_the_sockets_are(state: State) -> None:
    assert state.run.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("folder", ["", "/srv/photos", "photos"])
def test_nginx_and_gunicorn_have_the_same_folder_of_photos(state: State, folder: str) -> None:
    settings = load({"RENTOMATIC_PHOTO_FOLDER": folder}, embedded=state.run)

    write_nginx(state.run / "nginx", settings, state, [])

    variables = environment(settings, state, None)
    found = {"": state.folder / "photos", "photos": ROOT / "photos"}.get(folder, Path(folder))
    assert variables["RENTOMATIC_PHOTO_FOLDER"] == str(found)
    server = (state.run / "nginx" / "rentomatic.server").read_text("utf-8")
    assert f'alias "{found}/$rentomatic_photo";' in server
