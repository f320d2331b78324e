"""The certificate for HTTPS: the operator's, or one generated for development."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from rentomatic.settings.settings import Settings
from services.stack.state import ROOT, State

LIFETIME = timedelta(days=397)  # the maximum that browsers accept
RENEWAL = timedelta(days=30)


@dataclass(frozen=True)
class Certificate:
    """PEM files of a certificate with its chain, and of its key."""

    chain: Path
    key: Path


def certificate(settings: Settings, state: State) -> Certificate | None:
    """Return the certificate for HTTPS, or None if HTTPS is off."""
    if settings.https_port is None:
        return None
    if settings.certificate:
        return Certificate(ROOT / settings.certificate, ROOT / settings.certificate_key)
    hosts = (host.strip("[]") for host in settings.hosts)
    names = dict.fromkeys(("localhost", "127.0.0.1", "::1", settings.bind, *hosts))
    return for_development(state.folder / "tls", tuple(names))


def for_development(folder: Path, names: Sequence[str]) -> Certificate:
    """Return a certificate for host names and addresses, with its key in the same file.

    Reuses the existing certificate unless it expires soon or lacks a name. Clients that trust
    `authority.pem` in the folder trust it.
    """
    file, authority = folder / "development.pem", folder / "authority.pem"
    if not (file.exists() and authority.exists() and _is_valid(file.read_bytes(), names)):
        folder.mkdir(mode=0o700, exist_ok=True)
        _generate(file, authority, names)
    return Certificate(file, file)


def _is_valid(pem: bytes, names: Sequence[str]) -> bool:
    """Return whether a certificate has all the names and does not expire soon."""
    existing = x509.load_pem_x509_certificates(pem)[0]
    alternatives = existing.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    existing_names = {
        *alternatives.get_values_for_type(x509.DNSName),
        *map(str, alternatives.get_values_for_type(x509.IPAddress)),
    }
    expires = existing.not_valid_after_utc
    return existing_names >= set(names) and expires > datetime.now(UTC) + RENEWAL


def _generate(file: Path, authority: Path, names: Sequence[str]) -> None:
    # trustme is a dependency for development only.
    try:
        import trustme  # noqa: PLC0415
    except ImportError:
        message = (
            "RENTOMATIC_CERTIFICATE must be set, because trustme is not installed, which"
            " generates certificates for development"
        )
        raise SystemExit(message) from None
    ca = trustme.CA()
    generated = ca.issue_cert(*names, not_after=datetime.now(UTC) + LIFETIME)
    ca.cert_pem.write_to_path(authority)
    unfinished = file.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(generated.private_key_and_cert_chain_pem.bytes())
    unfinished.replace(file)
