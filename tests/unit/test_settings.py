"""From an environment to one checked value."""

from pathlib import Path

import pytest

from rentomatic.errors import InvalidRequest
from rentomatic.repository.protocols import Limits
from rentomatic.settings.settings import REMOVED, Settings, load

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

    assert problem.startswith("RENTOMATIC_TRUSTED_PROXIES: must be addresses or networks like")


def test_nginx_listens_on_no_address_with_a_zone() -> None:
    (problem,) = problems_of(RENTOMATIC_REPOSITORY="memory://", RENTOMATIC_BIND="fe80::1%eth0")

    assert problem == (
        "RENTOMATIC_BIND: must be an address without a zone (%), which Nginx does not support"
    )


def test_without_any_database_the_start_stops() -> None:
    assert problems_of() == [
        "RENTOMATIC_REPOSITORY: must be set, or POSTGRES_HOSTNAME: no database is configured"
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
        FLASK_ENV="anything",
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
        ("RENTOMATIC_IMPORT_LIMIT", "16M", "must be a whole number from 1 to 2147483647"),
        ("RENTOMATIC_EXPORT_LIMIT", "0", "must be a whole number from 1 to 2147483647"),
        ("FLASK_CONFIG", "prod", "must be one of development, testing, production"),
        ("RENTOMATIC_BIND", "localhost", "must be an IP address"),
        ("RENTOMATIC_BIND", "127.0.0.1:80", "must be an IP address"),
        ("RENTOMATIC_PORT", "0", "must be a whole number from 1 to 65535"),
        ("RENTOMATIC_PORT", "65536", "must be a whole number from 1 to 65535"),
        ("RENTOMATIC_PORT", "http", "must be a whole number from 1 to 65535"),
        ("RENTOMATIC_PORT", " 80", "must be a whole number from 1 to 65535"),
        ("WEB_CONCURRENCY", "0", "must be a whole number from 1 to 1024"),
        ("WEB_CONCURRENCY", "4.0", "must be a whole number from 1 to 1024"),
        ("WEB_CONCURRENCY", "auto", "must be a whole number from 1 to 1024"),
        ("RENTOMATIC_SERVER_TIMING", "yes", "must be on or off"),
        ("RENTOMATIC_READ_ONLY", "1", "must be on or off"),
        *[
            (
                "RENTOMATIC_PHOTOS",
                value,
                "must be host names like photos.example or *.photos.example, separated by commas",
            )
            for value in (
                "https://a.example",
                "a.example/b",
                "*",
                "a.*.example",
                "a b",
                ",",
                "a;b",
            )
        ],
        *[
            (
                "RENTOMATIC_PHOTO_FOLDER",
                value,
                "must be a path without quotation marks, dollar signs and backslashes",
            )
            for value in ('/a"b', "/$x", "/a\\b", "/a\nb")
        ],
        ("RENTOMATIC_PHOTO_LIMIT", "0", "must be a whole number from 1 to 2147483647"),
        ("RENTOMATIC_MICRO_CACHE", "On", "must be on or off"),
        ("RENTOMATIC_HTTPS_PORT", "0", "must be a whole number from 1 to 65535"),
        ("RENTOMATIC_CERTIFICATE", "/nowhere/rooms.pem", "There is no file /nowhere/rooms.pem"),
        ("RENTOMATIC_CERTIFICATE_KEY", "/", "There is no file /"),
        ("RENTOMATIC_RATE_LIMIT", "-1", "must be a whole number from 0 to 100000"),
        ("RENTOMATIC_MAX_REQUESTS", "many", "must be a whole number from 0 to 2147483647"),
        ("RENTOMATIC_DRAIN_DELAY", "3601", "must be a whole number from 0 to 3600"),
        *[
            (f"RENTOMATIC_{name}_TIMEOUT", value, f"must be a whole number from {least} to 86400")
            for name, least in (("LOCK", 1), ("STATEMENT", 1), ("REQUEST", 3))
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
            "must be * or origins like https://rooms.example, separated by commas"
        ]
    else:
        assert settings(**environ).cors_origins == origins


def in_memory(**environ: str) -> Settings:
    return settings(RENTOMATIC_REPOSITORY="memory://", **environ)


def contradictions_of(**environ: str) -> list[str]:
    return problems_of(RENTOMATIC_REPOSITORY="memory://", **environ)


@pytest.mark.parametrize(
    ("request_timeout", "proxy", "stop", "limits"),
    [("15", 20, 25, Limits(5, 3, 60, 3)), ("3", 8, 13, Limits(1, 1, 12, 1))],
)
def test_every_timeout_follows_from_that_of_a_request(
    request_timeout: str, proxy: int, stop: int, limits: Limits
) -> None:
    settings = in_memory(RENTOMATIC_REQUEST_TIMEOUT=request_timeout)

    assert settings.limits == limits
    assert (settings.proxy_timeout, settings.stop_timeout) == (proxy, stop)


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        (
            {"RENTOMATIC_STATEMENT_TIMEOUT": "15"},
            "RENTOMATIC_STATEMENT_TIMEOUT: must be less than RENTOMATIC_REQUEST_TIMEOUT,"
            " which is 15",
        ),
        (
            {"RENTOMATIC_LOCK_TIMEOUT": "6"},
            "RENTOMATIC_LOCK_TIMEOUT: must not be greater than RENTOMATIC_STATEMENT_TIMEOUT,"
            " which is 5",
        ),
    ],
)
def test_the_innermost_timeout_is_the_shortest(environ: dict[str, str], message: str) -> None:
    assert contradictions_of(**environ) == [message]


@pytest.mark.parametrize(("name", "successor"), REMOVED.items())
def test_a_removed_setting_is_refused_with_its_successor(name: str, successor: str) -> None:
    assert contradictions_of(**{name: "20"}) == [
        f"{name}: is no longer a setting: its value follows from {successor}"
    ]


def test_a_value_that_is_wrong_by_itself_is_compared_with_nothing() -> None:
    assert contradictions_of(RENTOMATIC_LOCK_TIMEOUT="99", RENTOMATIC_PORT="x") == [
        "RENTOMATIC_PORT: must be a whole number from 1 to 65535"
    ]


def test_an_import_is_over_in_time_to_be_answered() -> None:
    assert in_memory(RENTOMATIC_REQUEST_TIMEOUT="15").import_timeout == 12
    assert in_memory(RENTOMATIC_REQUEST_TIMEOUT="3").import_timeout == 1


def test_a_certificate_and_its_key_come_together(tmp_path: Path) -> None:
    certificate, key = tmp_path / "rooms.pem", tmp_path / "rooms.key"
    certificate.touch()
    key.touch()
    one = {"RENTOMATIC_HTTPS_PORT": "8443", "RENTOMATIC_CERTIFICATE": str(certificate)}
    other = {"RENTOMATIC_HTTPS_PORT": "8443", "RENTOMATIC_CERTIFICATE_KEY": str(key)}

    assert in_memory(**one | other).certificate_key == str(key)
    assert contradictions_of(**one) == [
        "RENTOMATIC_CERTIFICATE_KEY: must be set together with RENTOMATIC_CERTIFICATE"
    ]
    assert contradictions_of(**other) == [
        "RENTOMATIC_CERTIFICATE: must be set together with RENTOMATIC_CERTIFICATE_KEY"
    ]
    assert contradictions_of(**one | other | {"RENTOMATIC_HTTPS_PORT": ""}) == [
        "RENTOMATIC_HTTPS_PORT: must be set, because RENTOMATIC_CERTIFICATE is"
    ]


def test_https_has_a_port_of_its_own() -> None:
    assert in_memory().https_port is None
    assert in_memory(RENTOMATIC_HTTPS_PORT="8443").https_port == 8443
    assert contradictions_of(RENTOMATIC_PORT="8443", RENTOMATIC_HTTPS_PORT="8443") == [
        "RENTOMATIC_HTTPS_PORT: must differ from RENTOMATIC_PORT"
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
            "RENTOMATIC_HOSTS: must be host names like rooms.example, separated by commas"
        ]
    else:
        assert in_memory(RENTOMATIC_HOSTS=text).hosts == hosts


def test_production_needs_a_key_and_a_file_may_hold_it(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 32 + "\n")
    production = {"RENTOMATIC_REPOSITORY": "memory://", "FLASK_CONFIG": "production"}

    assert problems_of(**production) == [
        "RENTOMATIC_SECRET_KEY: "
        "must be set, or RENTOMATIC_SECRET_KEY_FILE: production needs one of them"
    ]
    found = settings(**production, RENTOMATIC_SECRET_KEY_FILE=str(tmp_path / "key"))
    assert found.secret_key == "k" * 32
    assert found.masked()["RENTOMATIC_SECRET_KEY"] == "***"
