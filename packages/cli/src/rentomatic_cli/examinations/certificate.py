"""Whether the certificate of HTTPS can be used, and until when."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from rentomatic.checks import Finding, Findings, error, guarded, ok, warning
from rentomatic.settings.settings import Settings

SUBJECT = "certificate"
RENEW = "Renew it, and put the new one in the place of RENTOMATIC_CERTIFICATE"
# TypeError: the key has a password, which Nginx would ask for at each start.
FAILURES = (OSError, UnsupportedAlgorithm, ValueError, TypeError)


def examine(settings: Settings) -> Findings:
    """Yield what is found of the certificate, where HTTPS is served."""
    if settings.https_port is None:
        return
    if not settings.certificate:
        yield _none(settings)
        return
    yield from guarded(SUBJECT, _certificate(settings), FAILURES)
    yield from guarded(SUBJECT, _key(settings), FAILURES)


def _none(settings: Settings) -> Finding:
    message = "HTTPS has a certificate made for development, which no client trusts"
    if settings.environment == "production":
        remedy = "Set RENTOMATIC_CERTIFICATE and RENTOMATIC_CERTIFICATE_KEY"
        return error(SUBJECT, message, remedy)
    return ok(SUBJECT, message)


def _certificate(settings: Settings) -> Findings:
    found = _read(settings)
    yield _time(found, datetime.now(UTC))
    yield from _names(found, settings.hosts)
    if found.issuer == found.subject:
        message = f"{settings.certificate} is signed by itself, which no client trusts"
        remedy = "Set RENTOMATIC_CERTIFICATE to one of an authority, such as Let's Encrypt"
        make = error if settings.environment == "production" else warning
        yield make(SUBJECT, message, remedy)


def _key(settings: Settings) -> Findings:
    key = load_pem_private_key(Path(settings.certificate_key).read_bytes(), password=None)
    if key.public_key() == _read(settings).public_key():
        yield ok(SUBJECT, "The key is the certificate's")
    else:
        message = f"{settings.certificate_key} is not the key of {settings.certificate}"
        remedy = "Set RENTOMATIC_CERTIFICATE_KEY to its key; its own comes first in the chain"
        yield error(SUBJECT, message, remedy)


def _read(settings: Settings) -> x509.Certificate:
    """Return the certificate that is shown, which is the first of its chain."""
    return x509.load_pem_x509_certificates(Path(settings.certificate).read_bytes())[0]


def _time(found: x509.Certificate, now: datetime) -> Finding:
    end, left = found.not_valid_after_utc, found.not_valid_after_utc - now
    if now < found.not_valid_before_utc:
        begin = f"{found.not_valid_before_utc:%Y-%m-%d}"
        return error(SUBJECT, f"It holds from {begin} on only", "Set the clock, or renew it")
    if left < timedelta(0):
        return error(SUBJECT, f"It has expired on {end:%Y-%m-%d}", RENEW)
    message = f"It holds until {end:%Y-%m-%d}, {left.days} days more"
    if left < timedelta(days=7):
        return error(SUBJECT, message, RENEW)
    return warning(SUBJECT, message, RENEW) if left < timedelta(days=30) else ok(SUBJECT, message)


def _names(found: x509.Certificate, hosts: tuple[str, ...]) -> Findings:
    """Say which of the hosts that are served the certificate does not name."""
    missing = [host for host in hosts if not _covers(found, host)]
    if missing:
        message = f"It does not name {', '.join(missing)} of RENTOMATIC_HOSTS"
        yield error(SUBJECT, message, "Renew it with every name, or take them from the setting")
    elif hosts:
        yield ok(SUBJECT, f"It names {', '.join(hosts)}")


def _covers(found: x509.Certificate, host: str) -> bool:
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    try:
        return ip_address(host.strip("[]")) in names.get_values_for_type(x509.IPAddress)
    except ValueError:
        wildcard = f"*.{host.partition('.')[2]}"
        domains = {name.lower() for name in names.get_values_for_type(x509.DNSName)}
        return bool({host, wildcard} & domains)
