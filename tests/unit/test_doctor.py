"""`rentomatic doctor` without a server."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from click.testing import CliRunner
from click.testing import Result as Invocation

from rentomatic.checks import Level, Result, guarded, ok
from rentomatic.errors import RepositoryUnavailable
from rentomatic.settings.settings import load
from rentomatic_cli import main
from rentomatic_cli.checks import certificate, configuration, files, machine
from rentomatic_postgres.doctor import backups
from rentomatic_web.photos import doctor as photos

MEMORY = {"RENTOMATIC_REPOSITORY": "memory://"}
POSTGRES = {"RENTOMATIC_REPOSITORY": "postgresql://me:s3cret@db/rooms?connect_timeout=2"}
TWO_ROLES = {"APPLICATION_USER": "web", "APPLICATION_PASSWORD": "s3cret"}
HTTPS = {"RENTOMATIC_HTTPS_PORT": "8443"}
PRODUCTION = {"FLASK_CONFIG": "production", "RENTOMATIC_SECRET_KEY": "k" * 32}


def run(*arguments: str, **environ: str) -> Invocation:
    return CliRunner().invoke(main, ("doctor", *arguments), env=MEMORY | environ)


def bad(findings: Iterator[Result]) -> list[str]:
    """Return warnings and errors, and check that each has a remedy."""
    wrong = [finding for finding in findings if finding.level != Level.OK]
    assert all(finding.remedy for finding in wrong)
    return [f"{finding.level}: {finding.message}" for finding in wrong]


def test_an_installation_that_is_well_has_no_errors() -> None:
    result = run()

    assert result.exit_code == 0
    assert "ok       storage        Rooms and tokens can be reached\n" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("errors 0, warnings ")


def test_warnings_fail_only_where_they_are_counted() -> None:
    result = run(RENTOMATIC_BIND="::")

    assert "\nwarning  configuration  Other machines can connect to ::, and" in result.stdout
    assert result.exit_code == 0
    assert run("--strict", RENTOMATIC_BIND="::").exit_code == 1


def test_every_invalid_setting_is_a_result_beside_those_of_the_machine() -> None:
    result = run(RENTOMATIC_PORT="x", WEB_CONCURRENCY="0")

    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    assert [line.split(".")[0] for line in lines if line.startswith("error ")] == [
        "error    configuration  RENTOMATIC_PORT: must be a whole number from 1 to 65535",
        "error    configuration  WEB_CONCURRENCY: must be a whole number from 1 to 1024",
    ]
    assert any("open files" in line for line in lines)


def test_a_check_that_fails_hides_no_other() -> None:
    result = run(RENTOMATIC_REPOSITORY="nowhere://s3cret@")

    assert result.exit_code == 1
    assert "error    storage        The check failed: RENTOMATIC_REPOSITORY" in result.stdout
    assert "ok       configuration  Timeouts: 3 s for a lock, " in result.stdout


def test_a_failure_ends_its_results_with_one_that_gives_the_reason() -> None:
    def fails() -> Iterator[Result]:
        yield ok("a", "first")
        raise RepositoryUnavailable from OSError("on two\nlines")

    first, second = guarded("a", fails())

    assert first == ok("a", "first")
    assert (second.level, second.subject) == (Level.ERROR, "a")
    assert second.message.endswith("(on two lines)")


@pytest.mark.parametrize(
    ("mounts", "level"),
    [
        ("tmpfs {} tmpfs rw 0 0", Level.OK),
        ("/dev/sda {} ext4 rw 0 0", Level.WARNING),
        ("tmpfs {} tmpfs rw 0 0\n/dev/sda {} ext4 rw 0 0", Level.WARNING),
        ("tmpfs /elsewhere tmpfs rw 0 0", Level.WARNING),
    ],
)
def test_heartbeats_need_memory(tmp_path: Path, mounts: str, level: Level) -> None:
    assert machine.check_memory(tmp_path, mounts.replace("{}", str(tmp_path))).level == level


@pytest.mark.parametrize(
    ("limit", "level"), [(1023, Level.ERROR), (1024, Level.OK), (-1, Level.OK)]
)
def test_nginx_needs_open_files(limit: int, level: Level) -> None:
    assert machine.check_open_files(limit).level == level


def test_only_the_owner_may_enter_the_folder_of_sockets(tmp_path: Path) -> None:
    assert list(machine.check_sockets(tmp_path / "none")) == []
    tmp_path.chmod(0o700)
    assert bad(machine.check_sockets(tmp_path)) == []
    tmp_path.chmod(0o755)
    assert len(bad(machine.check_sockets(tmp_path))) == 1


@pytest.mark.parametrize(
    ("environ", "wrong"),
    [
        (MEMORY, []),
        (POSTGRES | TWO_ROLES, []),
        (POSTGRES, ["warning: The application connects as the table owner"]),
        (MEMORY | PRODUCTION, ["error: memory:// loses all changes"]),
        (
            MEMORY | {"APPLICATION_CONFIG": "production", "FLASK_CONFIG": "development"},
            ["error: FLASK_CONFIG is development, but"],
        ),
        (
            MEMORY | {"RENTOMATIC_BIND": "::"},
            ["warning: FLASK_CONFIG is development", "warning: Other machines can connect to ::"],
        ),
        (MEMORY | HTTPS | {"RENTOMATIC_BIND": "::"}, ["warning: FLASK_CONFIG is development"]),
    ],
)
def test_what_settings_say_together_is_judged(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], wrong: list[str]
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    found = bad(configuration.check(load(environ)))

    assert len(found) == len(wrong)
    assert all(text.startswith(start) for text, start in zip(found, wrong, strict=True))


@pytest.mark.parametrize(
    ("mode", "wrong"), [(0o600, []), (0o640, ["warning"]), (0o644, ["error"])]
)
def test_a_file_with_a_password_is_its_owners(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int, wrong: list[str]
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    secret.chmod(mode)
    file = tmp_path / "mine.json"
    file.write_text('[{"name": "RENTOMATIC_REPOSITORY", "value": "postgresql://me:x@db/a"}]')
    file.chmod(mode)
    environ = {
        "APPLICATION_CONFIG": "mine",
        "APPLICATION_CONFIG_PATH": str(tmp_path),
        "APPLICATION_USER": "web",
        "APPLICATION_PASSWORD_FILE": str(secret),
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)

    found = bad(files.check(load(environ)))

    assert [text.partition(":")[0] for text in found] == wrong * 2
    assert not any("s3cret" in text for text in found)


def test_a_credential_of_systemd_is_its_units(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "RENTOMATIC_SECRET_KEY"
    secret.write_text("k" * 32)
    secret.chmod(0o440)
    monkeypatch.setenv("RENTOMATIC_REPOSITORY", "memory://")
    monkeypatch.setenv("RENTOMATIC_SECRET_KEY_FILE", str(secret))
    assert len(bad(files.check(load(os.environ)))) == 1

    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

    assert bad(files.check(load(os.environ))) == []


def test_a_file_without_a_secret_is_anybodys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPLICATION_CONFIG", "production")
    monkeypatch.setenv("RENTOMATIC_REPOSITORY", "memory://")
    monkeypatch.setenv("RENTOMATIC_SECRET_KEY", "k" * 32)

    assert list(files.check(load(os.environ))) == []


def test_photos_need_a_folder_that_can_be_written_to(tmp_path: Path) -> None:
    def results(folder: str) -> list[str]:
        settings = load(POSTGRES | {"RENTOMATIC_PHOTO_FOLDER": folder})
        return [f"{each.level}: {each.message}" for each in photos.check(settings)]

    new, missing = tmp_path / "photos", tmp_path / "missing" / "photos"
    assert results("") == []
    assert results(str(tmp_path)) == [f"ok: {tmp_path} is writable"]
    assert results(str(new)) == [f"ok: {new} is writable"]
    assert results(str(missing)) == [f"error: {missing} is not writable"]


def backup_problems(folder: Path) -> list[str]:
    return bad(backups.check(load(POSTGRES | {"RENTOMATIC_BACKUPS": str(folder)})))


def backup(folder: Path, age: timedelta, database: str = "rooms") -> None:
    made = datetime.now(UTC) - age
    (folder / f"{database}-{made:%Y%m%dT%H%M%SZ}-b7a4d01f9c63.dump").touch()


def test_backups_have_to_be_there_and_new(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    backup(tmp_path, timedelta(0), "other")
    (tmp_path / "rooms-20991399T000000Z-b7a4d01f9c63.dump").touch()
    assert backup_problems(tmp_path / "none") == [
        f"warning: The folder {tmp_path / 'none'} does not exist: there are no backups"
    ]
    assert backup_problems(tmp_path) == [f"warning: {tmp_path} has no backup of rooms"]

    backup(tmp_path, timedelta(hours=49))
    assert backup_problems(tmp_path) == ["warning: The newest backup of rooms is 49 hours old"]

    backup(tmp_path, timedelta(hours=47))
    assert backup_problems(tmp_path) == []


def test_backups_are_nobody_elses(tmp_path: Path) -> None:
    backup(tmp_path, timedelta(0))
    tmp_path.chmod(0o755)

    (found,) = backup_problems(tmp_path)

    assert found.startswith("warning: Other users can read")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def certified(folder: Path, made: trustme.LeafCert, **environ: str) -> dict[str, str]:
    """Return the settings of a certificate, which is written into the folder."""
    chain, key = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(b"".join(part.bytes() for part in made.cert_chain_pems))
    key.write_bytes(made.private_key_pem.bytes())
    files = {"RENTOMATIC_CERTIFICATE": str(chain), "RENTOMATIC_CERTIFICATE_KEY": str(key)}
    return MEMORY | HTTPS | files | environ


def certificate_problems(environ: dict[str, str]) -> list[str]:
    return bad(certificate.check(load(environ)))


@pytest.mark.parametrize(
    ("days", "wrong"),
    [
        (31, []),
        (29, ["warning: The certificate is valid until"]),
        (6, ["error: The certificate is valid until"]),
        (-1, ["error: The certificate expired on"]),
    ],
)
def test_a_certificate_is_renewed_in_time(
    tmp_path: Path, authority: trustme.CA, days: int, wrong: list[str]
) -> None:
    end = datetime.now(UTC) + timedelta(days=days, hours=1)
    environ = certified(tmp_path, authority.issue_cert("rooms.example", not_after=end))

    assert [text[: len(wrong[0])] for text in certificate_problems(environ)] == wrong


def test_a_certificate_names_every_host(tmp_path: Path, authority: trustme.CA) -> None:
    made = authority.issue_cert("rooms.example", "*.rent.example", "::1")

    named = certified(tmp_path, made, RENTOMATIC_HOSTS="rooms.example,a.rent.example,[::1]")
    assert certificate_problems(named) == []
    others = certified(tmp_path, made, RENTOMATIC_HOSTS="rooms.example,a.b.rent.example,127.0.0.1")
    assert certificate_problems(others) == [
        "error: The certificate does not include a.b.rent.example, 127.0.0.1 of RENTOMATIC_HOSTS"
    ]


def test_a_key_belongs_to_its_certificate(tmp_path: Path, authority: trustme.CA) -> None:
    environ = certified(tmp_path, authority.issue_cert("rooms.example"))
    key = Path(environ["RENTOMATIC_CERTIFICATE_KEY"])
    key.write_bytes(authority.issue_cert("rooms.example").private_key_pem.bytes())

    (found,) = certificate_problems(environ)

    assert found == f"error: {key} is not the key of {environ['RENTOMATIC_CERTIFICATE']}"


@pytest.mark.parametrize("name", ["RENTOMATIC_CERTIFICATE", "RENTOMATIC_CERTIFICATE_KEY"])
def test_a_file_that_is_no_pem_is_an_error(
    tmp_path: Path, authority: trustme.CA, name: str
) -> None:
    environ = certified(tmp_path, authority.issue_cert("rooms.example"))
    Path(environ[name]).write_text("nothing")

    found = certificate_problems(environ)

    assert found
    assert all(text.startswith("error: The check failed: ") for text in found)


@pytest.mark.parametrize(
    ("environment", "level"), [("development", "warning"), ("production", "error")]
)
def test_a_certificate_is_not_signed_by_itself(
    tmp_path: Path, authority: trustme.CA, environment: str, level: str
) -> None:
    settings = PRODUCTION | {"FLASK_CONFIG": environment}
    environ = certified(tmp_path, authority.issue_cert("rooms.example"), **settings)
    Path(environ["RENTOMATIC_CERTIFICATE"]).write_bytes(authority.cert_pem.bytes())
    Path(environ["RENTOMATIC_CERTIFICATE_KEY"]).write_bytes(authority.private_key_pem.bytes())

    (found,) = certificate_problems(environ)

    assert found.startswith(f"{level}: ")
    assert "self-signed" in found


def test_a_certificate_for_development_is_not_for_production() -> None:
    assert certificate_problems(MEMORY) == []
    assert certificate_problems(MEMORY | HTTPS) == []
    assert len(certificate_problems(MEMORY | HTTPS | PRODUCTION)) == 1
