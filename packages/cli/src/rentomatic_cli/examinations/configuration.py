"""What the settings say together."""

import os
from ipaddress import ip_address

from rentomatic.checks import Finding, Findings, error, ok, warning
from rentomatic.repository.connect import scheme
from rentomatic.settings.settings import DECLARED, NESTED, Settings

SUBJECT = "configuration"


def examine(settings: Settings) -> Findings:
    """Yield what is found of settings that could all be read."""
    chosen = os.environ.get("APPLICATION_CONFIG") or "development"
    yield ok(SUBJECT, f"Every setting can be read, from the environment over {chosen}.json")
    yield _limits(settings)
    yield _environment(settings, chosen)
    yield _owner(settings)
    yield _memory(settings)
    yield _bind(settings)


def _limits(settings: Settings) -> Finding:
    """Say how the limits are nested, which is checked whenever they are read."""
    names = {each.name: name for name, each in DECLARED.items()}
    seconds = " < ".join(str(getattr(settings, names[name])) for name in NESTED)
    return ok(SUBJECT, f"Each time limit is shorter than the next: {seconds} s")


def _environment(settings: Settings, chosen: str) -> Finding:
    if settings.environment == "production":
        return ok(SUBJECT, "FLASK_CONFIG is production")
    message = f"FLASK_CONFIG is {settings.environment}"
    remedy = "Set FLASK_CONFIG=production"
    if chosen == "production":
        return error(SUBJECT, f"{message}, though APPLICATION_CONFIG is production", remedy)
    if not _is_local(settings):
        return warning(SUBJECT, f"{message}, on an address that others reach", remedy)
    return ok(SUBJECT, message)


def _owner(settings: Settings) -> Finding:
    if settings.owner_serves:
        message = "Whoever owns the tables serves them: a hole in what serves could drop them"
        remedy = "Set APPLICATION_USER and APPLICATION_PASSWORD_FILE, then rentomatic db init"
        return warning(SUBJECT, message, remedy)
    if settings.application_user:
        return ok(SUBJECT, f"{settings.application_user} serves, who owns no table")
    return ok(SUBJECT, "There are no tables that somebody owns")


def _memory(settings: Settings) -> Finding:
    kind = scheme(settings.repository)
    if kind == "memory" and settings.environment == "production":
        message = "memory:// forgets what is written to it"
        return error(SUBJECT, message, "Set RENTOMATIC_REPOSITORY or POSTGRES_HOSTNAME")
    return ok(SUBJECT, f"The rooms are kept in {kind}://")


def _bind(settings: Settings) -> Finding:
    if _is_local(settings):
        return ok(SUBJECT, f"Only this machine reaches {settings.bind}")
    if settings.https_port is None:
        message = f"Others reach {settings.bind}, and tokens cross the network in the clear"
        remedy = (
            "Set RENTOMATIC_HTTPS_PORT, RENTOMATIC_CERTIFICATE and RENTOMATIC_CERTIFICATE_KEY; or"
            " RENTOMATIC_BIND=127.0.0.1, behind a proxy that encrypts"
        )
        return warning(SUBJECT, message, remedy)
    return ok(SUBJECT, f"Others reach {settings.bind} by HTTPS, port {settings.https_port}")


def _is_local(settings: Settings) -> bool:
    return ip_address(settings.bind).is_loopback
