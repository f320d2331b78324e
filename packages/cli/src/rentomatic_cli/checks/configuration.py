"""Checks of combinations of settings."""

import os
from ipaddress import ip_address

from rentomatic.checks import Result, Results, error, ok, warning
from rentomatic.repository.connect import scheme
from rentomatic.settings.settings import Settings

SUBJECT = "configuration"


def check(settings: Settings) -> Results:
    file = os.environ.get("APPLICATION_CONFIG") or "development"
    yield ok(SUBJECT, f"All settings are valid; the environment overrides {file}.json")
    yield _list_timeouts(settings)
    yield _check_environment(settings, file)
    yield _check_application_role(settings)
    yield _check_repository(settings)
    yield _check_bind(settings)


def _list_timeouts(settings: Settings) -> Result:
    seconds = (
        f"{settings.lock_timeout} s for a lock, {settings.statement_timeout} s for a statement,"
        f" {settings.request_timeout} s for a request, {settings.stop_timeout} s for a shutdown"
    )
    return ok(SUBJECT, f"Timeouts: {seconds}")


def _check_environment(settings: Settings, file: str) -> Result:
    if settings.environment == "production":
        return ok(SUBJECT, "FLASK_CONFIG is production")
    message = f"FLASK_CONFIG is {settings.environment}"
    remedy = "Set FLASK_CONFIG=production"
    if file == "production":
        return error(SUBJECT, f"{message}, but APPLICATION_CONFIG is production", remedy)
    if not _is_loopback(settings):
        message = f"{message}, and other machines can connect to {settings.bind}"
        return warning(SUBJECT, message, remedy)
    return ok(SUBJECT, message)


def _check_application_role(settings: Settings) -> Result:
    if settings.owner_serves:
        message = (
            "The application connects as the table owner, so that an attacker who controls it"
            " can drop the tables"
        )
        remedy = "Set APPLICATION_USER and APPLICATION_PASSWORD_FILE, then run rentomatic db init"
        return warning(SUBJECT, message, remedy)
    if settings.application_user:
        message = f"The application connects as {settings.application_user}, not as the owner"
        return ok(SUBJECT, message)
    return ok(SUBJECT, "Only PostgreSQL has separate roles of the owner and the application")


def _check_repository(settings: Settings) -> Result:
    kind = scheme(settings.repository)
    if kind == "memory" and settings.environment == "production":
        message = "memory:// loses all changes when the application stops"
        return error(SUBJECT, message, "Set RENTOMATIC_REPOSITORY or POSTGRES_HOSTNAME")
    return ok(SUBJECT, f"The repository is {kind}://")


def _check_bind(settings: Settings) -> Result:
    if _is_loopback(settings):
        return ok(SUBJECT, f"Only this machine can connect to {settings.bind}")
    message = f"Other machines can connect to {settings.bind}"
    if settings.https_port is None:
        remedy = (
            "Set RENTOMATIC_HTTPS_PORT, RENTOMATIC_CERTIFICATE and RENTOMATIC_CERTIFICATE_KEY;"
            " or set RENTOMATIC_BIND=127.0.0.1 and use a proxy that terminates TLS"
        )
        return warning(SUBJECT, f"{message}, and tokens are sent unencrypted", remedy)
    return ok(SUBJECT, f"{message}, with HTTPS on port {settings.https_port}")


def _is_loopback(settings: Settings) -> bool:
    return ip_address(settings.bind).is_loopback
