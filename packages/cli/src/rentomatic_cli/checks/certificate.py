"""Checks of the HTTPS certificate: trust, validity, host names and key."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from rentomatic.checks import Result, Results, error, guarded, ok, warning
from rentomatic.settings.settings import Settings

SUBJECT = "certificate"
RENEW = "Renew the certificate and replace the file of RENTOMATIC_CERTIFICATE"
MIN_DAYS_WITHOUT_WARNING = 30
MIN_DAYS_WITHOUT_ERROR = 7
# TypeError: the key has a password, for which Nginx would ask at each start.
FAILURES = (OSError, UnsupportedAlgorithm, ValueError, TypeError)


def check(settings: Settings) -> Results:
    if settings.https_port is None:
        return
    if not settings.certificate:
        yield _check_development_certificate(settings)
        return
    yield from guarded(SUBJECT, _check_certificate(settings), FAILURES)
    yield from guarded(SUBJECT, _check_key(settings), FAILURES)


def _check_development_certificate(settings: Settings) -> Result:
    message = "HTTPS uses the generated development certificate, which no client trusts"
    if settings.environment == "production":
        remedy = "Set RENTOMATIC_CERTIFICATE and RENTOMATIC_CERTIFICATE_KEY"
        return error(SUBJECT, message, remedy)
    return ok(SUBJECT, message)


def _check_certificate(settings: Settings) -> Results:
    certificate = _load(settings)
    yield _check_validity(certificate, datetime.now(UTC))
    yield from _check_hosts(certificate, settings.hosts)
    if certificate.issuer == certificate.subject:
        message = f"{settings.certificate} is self-signed, so that no client trusts it"
        remedy = "Get a certificate from an authority, such as Let's Encrypt"
        level = error if settings.environment == "production" else warning
        yield level(SUBJECT, message, remedy)


def _check_key(settings: Settings) -> Results:
    key = load_pem_private_key(Path(settings.certificate_key).read_bytes(), password=None)
    if key.public_key() == _load(settings).public_key():
        yield ok(SUBJECT, "The key belongs to the certificate")
    else:
        message = f"{settings.certificate_key} is not the key of {settings.certificate}"
        remedy = (
            "Set RENTOMATIC_CERTIFICATE_KEY to the key of the first certificate in"
            " RENTOMATIC_CERTIFICATE; the authority's certificates come after it"
        )
        yield error(SUBJECT, message, remedy)


def _load(settings: Settings) -> x509.Certificate:
    """Return the server's certificate, which is the first of the chain."""
    return x509.load_pem_x509_certificates(Path(settings.certificate).read_bytes())[0]


def _check_validity(certificate: x509.Certificate, now: datetime) -> Result:
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    left = end - now
    if now < begin:
        message = f"The certificate is not valid before {begin:%Y-%m-%d}"
        return error(SUBJECT, message, "Correct the system clock, or renew the certificate")
    if left < timedelta(0):
        return error(SUBJECT, f"The certificate expired on {end:%Y-%m-%d}", RENEW)
    message = f"The certificate is valid until {end:%Y-%m-%d}, for {left.days} more days"
    if left < timedelta(days=MIN_DAYS_WITHOUT_ERROR):
        return error(SUBJECT, message, RENEW)
    if left < timedelta(days=MIN_DAYS_WITHOUT_WARNING):
        return warning(SUBJECT, message, RENEW)
    return ok(SUBJECT, message)


def _check_hosts(certificate: x509.Certificate, hosts: tuple[str, ...]) -> Results:
    missing = [host for host in hosts if not _includes(certificate, host)]
    if missing:
        message = f"The certificate does not include {', '.join(missing)} of RENTOMATIC_HOSTS"
        remedy = "Renew the certificate for all hosts, or remove them from RENTOMATIC_HOSTS"
        yield error(SUBJECT, message, remedy)
    elif hosts:
        yield ok(SUBJECT, f"The certificate includes {', '.join(hosts)}")


def _includes(certificate: x509.Certificate, host: str) -> bool:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    try:
        return ip_address(host.strip("[]")) in names.get_values_for_type(x509.IPAddress)
    except ValueError:
        wildcard = f"*.{host.partition('.')[2]}"
        domains = {name.lower() for name in names.get_values_for_type(x509.DNSName)}
        return bool({host, wildcard} & domains)
