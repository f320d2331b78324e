"""The wheels, each installed in an environment of its own."""

import fcntl
import json
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest

from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic_postgres import connect
from tests.programs import find, free_port, running

pytestmark = [pytest.mark.integration, pytest.mark.registry]

ROOT = Path(__file__).parents[2]
# wsgi does its work when it is imported, and so needs settings.
IMPORT_EVERYTHING = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
    if not module.name.endswith(".wsgi"):
        importlib.import_module(module.name)
"""

PACKAGES = ("cli", "core", "mongo", "places", "postgres", "web")


def uv(*arguments: str | Path) -> None:
    options = ("--quiet", "--no-config", "--no-progress", "--system-certs")
    subprocess.run((find("uv"), *arguments, *options), cwd=ROOT, check=True)


def environment(folder: Path) -> Path:
    """Make an empty environment, and return its Python."""
    uv("venv", "--python", sys.executable, folder)
    return folder / "bin/python"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("wheels")
    # Builds share packages/*/build: two processes of one run build one after the other.
    with (tmp_path_factory.getbasetemp().parent / "wheels.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        uv("build", "--wheel", "--all-packages", "--out-dir", folder)
    return {name: next(folder.glob(f"rentomatic_{name}-*.whl")) for name in PACKAGES}


@pytest.fixture(scope="module")
def production(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment of requirements/prod.txt and our wheels alone."""
    python = environment(tmp_path_factory.mktemp("production") / "venv")
    uv("pip", "sync", "--python", python, "--require-hashes", "requirements/prod.txt")
    uv("pip", "install", "--python", python, "--no-deps", *wheels.values())
    return python.parent


def test_the_core_is_usable_by_itself(wheels: dict[str, Path], tmp_path: Path) -> None:
    python = environment(tmp_path / "venv")
    uv("pip", "install", "--python", python, "--offline", wheels["core"])
    program = """
from rentomatic.repository.connect import connect
from rentomatic.requests.search import parse_search
from rentomatic.use_cases.search import search_rooms
rooms = connect("memory://").rooms
search = parse_search([("filter_price__lt", "60")])
print(len(search_rooms(rooms, search).rooms))
"""
    answer = subprocess.run(
        (python, "-I", "-c", program), check=True, capture_output=True, text=True
    )

    assert answer.stdout == "2\n"


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_names_everything_that_it_imports(
    wheels: dict[str, Path], package: str, tmp_path: Path
) -> None:
    python = environment(tmp_path / "venv")
    constraints = ("--constraints", "requirements/prod.txt")
    uv("pip", "install", "--python", python, *constraints, wheels[package], wheels["core"])
    module = "rentomatic" if package == "core" else f"rentomatic_{package}"

    subprocess.run((python, "-c", IMPORT_EVERYTHING, module), check=True)


def test_the_wheels_serve_postgresql_with_what_production_installs(
    production: Path, empty_postgres_url: str, tmp_path: Path
) -> None:
    environ = {"PATH": "/usr/bin:/bin", "RENTOMATIC_REPOSITORY": empty_postgres_url}
    subprocess.run((production / "rentomatic", "db", "migrate"), env=environ, check=True)
    rooms = connect(empty_postgres_url).rooms
    rooms.put(EXAMPLE_ROOMS)
    rooms.close()
    port = free_port()
    settings = ROOT / "services/gunicorn.conf.py"
    command = [str(production / "gunicorn"), "-c", str(settings), "--bind", f"127.0.0.1:{port}"]

    with running(command, tmp_path / "log", lambda: status(port) == 200, environ=environ):
        assert [room["price"] for room in json.loads(get(port, "/rooms"))] == [39, 48, 60, 66]
        assert b"</html>" in get(port, "/docs")
        assert b"@media" in get(port, "/docs.css")


def status(port: int) -> int:
    try:
        return ask(port, "/readyz")[0]
    except ConnectionError:
        return 0


def get(port: int, path: str) -> bytes:
    return ask(port, path)[1]


def ask(port: int, path: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()
