"""Several servers in the URL of a database, in the spellings of libpq and of SQLAlchemy."""

import pytest
from psycopg2.extensions import parse_dsn

from rentomatic.errors import InvalidRequest
from rentomatic.settings.settings import load
from rentomatic_postgres.backup.client_programs import libpq_connection
from rentomatic_postgres.connections import parse_url
from rentomatic_postgres.urls import connection_parameters


@pytest.mark.parametrize(
    ("url", "hosts", "ports"),
    [
        ("postgresql://a/d", "a", None),
        ("postgresql://a:1/d", "a", "1"),
        ("postgresql://[::1]:1/d", "::1", "1"),
        ("postgresql:///d?host=/run/a&port=1", "/run/a", "1"),
        ("postgresql://%2Frun%2Fa/d", "/run/a", None),
        ("postgresql://a:1,b:2/d", "a,b", "1,2"),
        ("postgresql://a,b:2/d", "a,b", ",2"),
        ("postgresql://a,b/d", "a,b", ","),
        ("postgresql://a,b", "a,b", ","),
        ("postgresql://a,b?sslmode=disable", "a,b", ","),
        ("postgresql://[::1]:1,b,[::2]/d", "::1,b,::2", "1,,"),
        ("postgresql://%2Frun%2Fa,%2Frun%2Fb:2/d", "/run/a,/run/b", ",2"),
        ("postgresql:///d?host=a&host=b", "a,b", ","),
        ("postgresql:///d?host=a:1&host=[::1]:2", "a,::1", "1,2"),
        ("postgresql:///d?host=/run/a:1&host=/run/b", "/run/a,/run/b", "1,"),
        ("postgresql:///d?host=a,b&port=1,2", "a,b", "1,2"),
        ("postgresql:///d?host=a,b&port=1", "a,b", "1,1"),
        ("postgresql:///d?host=::1,::2", "::1,::2", ","),
    ],
)
@pytest.mark.parametrize("login", ["", "me@", "me:p,q%2C@"])
def test_hosts_reach_us_and_the_programs_of_postgresql_alike(
    url: str, hosts: str, ports: str | None, login: str
) -> None:
    parsed = parse_url(url.replace("//", f"//{login}", 1))

    parameters = connection_parameters(parsed)
    assert (parameters["host"], parameters.get("port")) == (hosts, ports)
    assert parameters.get("password") == ("p,q," if ":" in login else None)
    target, environ = libpq_connection(parsed)
    assert parse_dsn(target) == {
        name: value for name, value in parameters.items() if name != "password"
    }
    assert environ.get("PGPASSWORD") == parameters.get("password")


def test_other_parameters_are_passed_on() -> None:
    url = "postgresql://a,b/d d?target_session_attrs=read-write&application_name=it's"

    assert parse_dsn(libpq_connection(parse_url(url))[0]) == {
        "host": "a,b",
        "port": ",",
        "dbname": "d d",
        "target_session_attrs": "read-write",
        "application_name": "it's",
    }


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///d?host=a,b&port=1,2,3",
        "postgresql:///d?host=a:1&host=b&port=1,2",
        "postgresql://a/d?sslmode=disable&sslmode=require",
        "postgresql://a:x/d",
    ],
)
def test_hosts_that_do_not_fit_are_refused(url: str) -> None:
    with pytest.raises(InvalidRequest, match="must be a valid PostgreSQL URL"):
        parse_url(url)


@pytest.mark.parametrize(
    ("hostname", "hosts", "ports"),
    [
        ("a,b", "a,b", "6,6"),
        ("a,::1", "a,::1", "6,6"),
        ("/run/a,/run/b", "/run/a,/run/b", "6,6"),
    ],
)
@pytest.mark.parametrize("prefix", ["POSTGRES", "APPLICATION"])
def test_a_setting_may_name_several_hosts(
    prefix: str, hostname: str, hosts: str, ports: str
) -> None:
    given = {
        "APPLICATION_CONFIG_PATH": "/nowhere",
        "POSTGRES_HOSTNAME": "db",
        "POSTGRES_USER": "me",
        "POSTGRES_PASSWORD": "p",
        f"{prefix}_HOSTNAME": hostname,
        f"{prefix}_PORT": "6",
    }

    parameters = connection_parameters(parse_url(load(given).repository))

    assert (parameters["host"], parameters["port"]) == (hosts, ports)
