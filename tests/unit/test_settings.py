"""From an environment to one checked value."""

from itertools import pairwise
from pathlib import Path

import pytest

from rentomatic.errors import InvalidRequest
from rentomatic.settings.settings import NESTED, Settings, load

NO_FILE = {"APPLICATION_CONFIG_PATH": "/nowhere"}
EMBEDDED = Path("/state/my sockets")


def settings(**environ: str) -> Settings:
    return load(NO_FILE | environ)


def problems_of(**environ: str) -> list[str]:
    with pytest.raises(InvalidRequest) as failure:
        settings(**environ)
    return [str(problem) for problem in failure.value.problems]


def test_an_empty_environment_serves_from_the_embedded_database() -> None:
    assert load(NO_FILE, EMBEDDED) == Settings(
        repository="postgresql://rentomatic@/application?host=%2Fstate%2Fmy%20sockets",
        owner="postgresql://postgres@/application?host=%2Fstate%2Fmy%20sockets",
        maintenance_database="postgres",
        environment="development",
        bind="127.0.0.1",
        port=8080,
        workers=4,
        export_limit=100_000,
    )


@pytest.mark.parametrize(
    "text", ["1.2.3", "10.0.0.1/8", "rooms.example", "1.2.3.4,", "fe80::1%eth0"]
)
def test_trusted_proxies_are_addresses_and_networks(text: str) -> None:
    (problem,) = problems_of(RENTOMATIC_REPOSITORY="memory://", RENTOMATIC_TRUSTED_PROXIES=text)

    assert problem.startswith("RENTOMATIC_TRUSTED_PROXIES: Is not addresses or networks like")


def test_nginx_listens_on_no_address_with_a_zone() -> None:
    (problem,) = problems_of(RENTOMATIC_REPOSITORY="memory://", RENTOMATIC_BIND="fe80::1%eth0")

    assert problem == (
        "RENTOMATIC_BIND: Has a zone, which Nginx does not know: use an address without %"
    )


def test_without_any_database_the_start_stops() -> None:
    assert problems_of() == [
        "RENTOMATIC_REPOSITORY: "
        "Is not set, and POSTGRES_HOSTNAME is not either: there is no database"
    ]


def test_every_name_is_read() -> None:
    found = settings(
        RENTOMATIC_REPOSITORY="mongodb://host/rooms",
        POSTGRES_DB="maintenance",
        FLASK_CONFIG="production",
        RENTOMATIC_SECRET_KEY="k" * 32,
        RENTOMATIC_BIND="::",
        RENTOMATIC_PORT="80",
        WEB_CONCURRENCY="16",
        RENTOMATIC_EXPORT_LIMIT="7",
        RENTOMATIC_IMPORT_LIMIT="8",
        FLASK_ENV="whatever",
        PATH="/bin",
    )

    assert found == Settings(
        repository="mongodb://host/rooms",
        owner="mongodb://host/rooms",
        maintenance_database="maintenance",
        environment="production",
        secret_key="k" * 32,
        bind="::",
        port=80,
        workers=16,
        export_limit=7,
        import_limit=8,
    )


def test_a_blank_value_is_no_value() -> None:
    names = ("RENTOMATIC_REPOSITORY", "POSTGRES_HOSTNAME", "FLASK_CONFIG", "APPLICATION_CONFIG")
    blank = dict.fromkeys((*names, "RENTOMATIC_PORT", "APPLICATION_DB"), "")

    assert load(NO_FILE | blank, EMBEDDED) == load(NO_FILE, EMBEDDED)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("RENTOMATIC_IMPORT_LIMIT", "16M", "Is not a whole number from 1 to 2147483647"),
        ("RENTOMATIC_EXPORT_LIMIT", "0", "Is not a whole number from 1 to 2147483647"),
        ("FLASK_CONFIG", "prod", "Is not one of development, testing, production"),
        ("RENTOMATIC_BIND", "localhost", "Is not an IP address"),
        ("RENTOMATIC_BIND", "127.0.0.1:80", "Is not an IP address"),
        ("RENTOMATIC_PORT", "0", "Is not a whole number from 1 to 65535"),
        ("RENTOMATIC_PORT", "65536", "Is not a whole number from 1 to 65535"),
        ("RENTOMATIC_PORT", "http", "Is not a whole number from 1 to 65535"),
        ("RENTOMATIC_PORT", " 80", "Is not a whole number from 1 to 65535"),
        ("WEB_CONCURRENCY", "0", "Is not a whole number from 1 to 1024"),
        ("WEB_CONCURRENCY", "4.0", "Is not a whole number from 1 to 1024"),
        ("WEB_CONCURRENCY", "auto", "Is not a whole number from 1 to 1024"),
        ("RENTOMATIC_SERVER_TIMING", "yes", "Is not on or off"),
        ("RENTOMATIC_READ_ONLY", "1", "Is not on or off"),
        ("RENTOMATIC_MICRO_CACHE", "On", "Is not on or off"),
        ("RENTOMATIC_HTTPS_PORT", "0", "Is not a whole number from 1 to 65535"),
        ("RENTOMATIC_CERTIFICATE", "/nowhere/rooms.pem", "There is no file /nowhere/rooms.pem"),
        ("RENTOMATIC_CERTIFICATE_KEY", "/", "There is no file /"),
        ("RENTOMATIC_RATE_LIMIT", "-1", "Is not a whole number from 0 to 100000"),
        ("RENTOMATIC_MAX_REQUESTS", "many", "Is not a whole number from 0 to 2147483647"),
        ("RENTOMATIC_DRAIN_DELAY", "3601", "Is not a whole number from 0 to 3600"),
        *[
            (f"RENTOMATIC_{name}_TIMEOUT", value, "Is not a whole number from 1 to 86400")
            for name in ("LOCK", "STATEMENT", "REQUEST", "PROXY", "STOP", "IDLE", "POOL")
            for value in ("0", "5s", "1.5", "86401")
        ],
    ],
)
def test_a_wrong_value_is_named(name: str, value: str, message: str) -> None:
    environ = {"RENTOMATIC_REPOSITORY": "memory://", name: value}

    assert problems_of(**environ) == [f"{name}: {message}"]


def test_every_wrong_value_is_named_at_once() -> None:
    problems = problems_of(
        POSTGRES_HOSTNAME="db",
        POSTGRES_PORT="x",
        FLASK_CONFIG="x",
        RENTOMATIC_BIND="x",
        RENTOMATIC_PORT="x",
        WEB_CONCURRENCY="x",
    )

    assert {problem.split(":")[0] for problem in problems} == {
        "POSTGRES_USER",
        "POSTGRES_PASSWORD",
        "POSTGRES_PORT",
        "FLASK_CONFIG",
        "RENTOMATIC_BIND",
        "RENTOMATIC_PORT",
        "WEB_CONCURRENCY",
    }


def test_memory_is_served_by_one_process() -> None:
    found = settings(RENTOMATIC_REPOSITORY="memory://", WEB_CONCURRENCY="8")

    assert found.workers == 1


@pytest.mark.parametrize(
    ("text", "origins"),
    [
        ("", ()),
        ("*", ("*",)),
        ("https://rooms.example", ("https://rooms.example",)),
        ("HTTP://Localhost:3000 , http://[::1]:80x0", None),
        (
            "HTTP://Localhost:3000 , http://[::1]:8080",
            ("http://localhost:3000", "http://[::1]:8080"),
        ),
        ("https://rooms.example/", None),
        ("https://rooms.example:443", None),
        ("http://rooms.example:80", None),
        ("https://me:secret@rooms.example", None),
        ("rooms.example", None),
        ("https://*.example", None),
        ("*,https://rooms.example", None),
        ("https://rooms.example,", None),
        ("null", None),
    ],
)
def test_other_origins_are_named_as_browsers_name_them(
    text: str, origins: tuple[str, ...] | None
) -> None:
    environ = {"RENTOMATIC_REPOSITORY": "memory://", "RENTOMATIC_CORS_ORIGINS": text}

    if origins is None:
        assert problems_of(**environ) == [
            "RENTOMATIC_CORS_ORIGINS: "
            "Is neither * nor origins like https://rooms.example, between commas"
        ]
    else:
        assert settings(**environ).cors_origins == origins


def in_memory(**environ: str) -> Settings:
    return settings(RENTOMATIC_REPOSITORY="memory://", **environ)


def contradictions_of(**environ: str) -> list[str]:
    return problems_of(RENTOMATIC_REPOSITORY="memory://", **environ)


@pytest.mark.parametrize(("shorter", "longer"), list(pairwise(NESTED)))
def test_whoever_knows_most_gives_up_first(shorter: str, longer: str) -> None:
    chosen = {name: str(10 + number) for number, name in enumerate(NESTED)}
    assert in_memory(**chosen)

    equal = chosen | {longer: chosen[shorter]}

    assert f"{longer}: Is not more than {shorter}, which is {chosen[shorter]}" in (
        contradictions_of(**equal)
    )


def test_a_limit_is_compared_with_the_defaults_of_the_others() -> None:
    assert contradictions_of(RENTOMATIC_REQUEST_TIMEOUT="20") == [
        "RENTOMATIC_PROXY_TIMEOUT: Is not more than RENTOMATIC_REQUEST_TIMEOUT, which is 20"
    ]


def test_a_value_that_is_wrong_by_itself_is_compared_with_nothing() -> None:
    assert contradictions_of(RENTOMATIC_LOCK_TIMEOUT="99", RENTOMATIC_PORT="x") == [
        "RENTOMATIC_PORT: Is not a whole number from 1 to 65535"
    ]


def test_an_import_is_over_in_time_to_be_answered() -> None:
    short = {"RENTOMATIC_LOCK_TIMEOUT": "1", "RENTOMATIC_STATEMENT_TIMEOUT": "2"}

    assert in_memory(RENTOMATIC_REQUEST_TIMEOUT="15").import_timeout == 12
    assert in_memory(RENTOMATIC_REQUEST_TIMEOUT="3", **short).import_timeout == 1


def test_a_certificate_and_its_key_come_together(tmp_path: Path) -> None:
    certificate, key = tmp_path / "rooms.pem", tmp_path / "rooms.key"
    certificate.touch()
    key.touch()
    one = {"RENTOMATIC_HTTPS_PORT": "8443", "RENTOMATIC_CERTIFICATE": str(certificate)}
    other = {"RENTOMATIC_HTTPS_PORT": "8443", "RENTOMATIC_CERTIFICATE_KEY": str(key)}

    assert in_memory(**one | other).certificate_key == str(key)
    assert contradictions_of(**one) == [
        "RENTOMATIC_CERTIFICATE_KEY: Is not set, but its other half is"
    ]
    assert contradictions_of(**other) == [
        "RENTOMATIC_CERTIFICATE: Is not set, but its other half is"
    ]
    assert contradictions_of(**one | other | {"RENTOMATIC_HTTPS_PORT": ""}) == [
        "RENTOMATIC_HTTPS_PORT: Is not set, but RENTOMATIC_CERTIFICATE is"
    ]


def test_https_has_a_port_of_its_own() -> None:
    assert in_memory().https_port is None
    assert in_memory(RENTOMATIC_HTTPS_PORT="8443").https_port == 8443
    assert contradictions_of(RENTOMATIC_PORT="8443", RENTOMATIC_HTTPS_PORT="8443") == [
        "RENTOMATIC_HTTPS_PORT: Is RENTOMATIC_PORT as well"
    ]


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("", ()),
        ("Rooms.Example", ("rooms.example",)),
        ("rooms.example , 10.0.0.1,[::1]", ("rooms.example", "10.0.0.1", "[::1]")),
        ("rooms.example:443", None),
        ("https://rooms.example", None),
        ("rooms.example,", None),
        ("-rooms", None),
        ('rooms"; evil', None),
        ("*", None),
    ],
)
def test_hosts_are_names_without_ports(text: str, hosts: tuple[str, ...] | None) -> None:
    if hosts is None:
        assert contradictions_of(RENTOMATIC_HOSTS=text) == [
            "RENTOMATIC_HOSTS: Is not host names like rooms.example, between commas"
        ]
    else:
        assert in_memory(RENTOMATIC_HOSTS=text).hosts == hosts


def test_production_needs_a_key_and_a_file_may_hold_it(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 32 + "\n")
    production = {"RENTOMATIC_REPOSITORY": "memory://", "FLASK_CONFIG": "production"}

    assert problems_of(**production) == [
        "RENTOMATIC_SECRET_KEY: "
        "Is not set, nor is RENTOMATIC_SECRET_KEY_FILE: production needs one"
    ]
    found = settings(**production, RENTOMATIC_SECRET_KEY_FILE=str(tmp_path / "key"))
    assert found.secret_key == "k" * 32
    assert found.masked()["RENTOMATIC_SECRET_KEY"] == "***"
