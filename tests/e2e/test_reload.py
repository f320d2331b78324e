"""A stack that gets new code and settings while it serves."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from pytest_postgresql.executors import NoopExecutor

import rentomatic_web
from tests.e2e.stack import Checkout, ask, checkout, eventually
from tests.servers import PostgresServer, database

pytestmark = pytest.mark.integration

CLIENTS = 16
ENOUGH = 300  # requests


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """A configuration of the test's own, as an operator would edit it."""
    file = tmp_path / "development.json"
    configure(file)
    return file


def configure(file: Path, **settings: str) -> None:
    entries = [{"name": name, "value": value} for name, value in settings.items()]
    file.write_text(json.dumps(entries), "utf-8")


@pytest.fixture
def services(shell: dict[str, str], postgres_url: str, configuration: Path) -> Iterator[Checkout]:
    settings = {
        "APPLICATION_CONFIG_PATH": str(configuration.parent),
        "RENTOMATIC_REPOSITORY": postgres_url,
        "WEB_CONCURRENCY": "2",
        "PYTHONPATH": str(configuration.parent),
    }
    with checkout(shell, **settings) as services:
        yield services


@pytest.fixture(scope="module")
def lasting_configuration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The configuration of the stack that several tests share."""
    return tmp_path_factory.mktemp("configuration") / "development.json"


@pytest.fixture(scope="module")
def lasting_services(
    shell: dict[str, str],
    postgres_server: PostgresServer,
    postgres_template: NoopExecutor,
    lasting_configuration: Path,
) -> Iterator[Checkout]:
    """A stack that serves, for tests of reloads that are refused: nothing of it changes."""
    configure(lasting_configuration)
    folder = str(lasting_configuration.parent)
    template = postgres_template.template_dbname
    with database(postgres_server, "test_reload", template) as url:
        settings = {
            "APPLICATION_CONFIG_PATH": folder,
            "RENTOMATIC_REPOSITORY": url,
            "WEB_CONCURRENCY": "2",
            "PYTHONPATH": folder,
        }
        with checkout(shell, **settings) as services, services.serving():
            # A worker that still boots would fail and stop gunicorn.
            eventually(lambda: len(workers(services)) == 2, "both processes serve")
            yield services


def workers(services: Checkout) -> list[Path]:
    return list((services.state / "run/workers").iterdir())


def serving(services: Checkout) -> list[int]:
    return services.processes("gunicorn.conf.py")


def test_a_reload_replaces_every_process_and_brings_new_settings(
    services: Checkout, configuration: Path
) -> None:
    with services.serving():
        assert "Server-Timing" not in ask(services.port, "/rooms").fields
        master, *before = serving(services)
        configure(configuration, RENTOMATIC_SERVER_TIMING="on", RENTOMATIC_IMPORT_LIMIT="7")

        status, output = services.run("reload")

        assert (status, output) == (
            0,
            "Reloaded: 2 new workers serve, the old ones have stopped\n",
        )
        assert "Server-Timing" in ask(services.port, "/rooms").fields
        after = serving(services)
        assert after[0] == master
        assert len(after) == 3
        assert not set(after) & set(before)
        eventually(lambda: import_of_8_bytes(services) == 413, "Nginx has the new limit")


def import_of_8_bytes(services: Checkout) -> int:
    return ask(services.port, "/rooms/import", "POST", b"12345678").status


def test_a_reload_brings_new_code(services: Checkout, configuration: Path) -> None:
    package = configuration.parent / "rentomatic_web"
    shutil.copytree(Path(rentomatic_web.__path__[0]), package)
    with services.serving():
        health = package / "api/health.py"
        health.write_text(health.read_text("utf-8").replace('"ok"', '"renewed"'), "utf-8")
        assert services.answer("/livez") == {"status": "ok"}

        assert services.run("reload")[0] == 0

        assert services.answer("/livez") == {"status": "renewed"}


@pytest.mark.parametrize("module", ["flask", "psycopg2"])
def test_code_that_does_not_start_is_not_reloaded(
    lasting_services: Checkout, lasting_configuration: Path, module: str
) -> None:
    before = serving(lasting_services)
    broken = lasting_configuration.parent / f"{module}.py"
    broken.write_text("raise RuntimeError('half an installation')\n", "utf-8")

    try:
        status, output = lasting_services.run("reload")
    finally:
        broken.unlink()

    assert status == 1
    assert "RuntimeError: half an installation\n" in output
    assert output.endswith(": nothing was reloaded\n")
    assert serving(lasting_services) == before
    assert lasting_services.prices() == []


def test_wrong_settings_are_named_and_not_reloaded(
    lasting_services: Checkout, lasting_configuration: Path
) -> None:
    before = serving(lasting_services)
    configure(lasting_configuration, RENTOMATIC_EXPORT_LIMIT="none")

    try:
        status, output = lasting_services.run("reload")
    finally:
        configure(lasting_configuration)

    assert status == 2
    assert output == "RENTOMATIC_EXPORT_LIMIT: must be a whole number from 1 to 2147483647\n"
    assert serving(lasting_services) == before


def test_what_is_down_cannot_reload(in_memory: Checkout) -> None:
    assert in_memory.run("reload") == (1, "The stack is not running: start it with `just up`\n")


def test_no_request_is_dropped_while_the_stack_reloads_twice(services: Checkout) -> None:
    with services.serving(), ThreadPoolExecutor(CLIENTS) as pool:
        over = Event()
        clients = [pool.submit(_ask_until, over, services.port) for _ in range(CLIENTS)]
        try:
            outcomes = [services.run("reload") for _ in range(2)]
        finally:
            over.set()
        statuses = sum((client.result() for client in clients), Counter())

    assert [status for status, _ in outcomes] == [0, 0], outcomes
    assert set(statuses) == {200}, statuses
    assert statuses[200] > ENOUGH


def _ask_until(over: Event, port: int) -> Counter[int]:
    """Send requests on new connections, and count the statuses."""
    statuses: Counter[int] = Counter()
    while not over.is_set():
        statuses[ask(port, "/rooms").status] += 1
    return statuses
