"""What HTTPS shows: the operator's certificate, or one that is made for development."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from rentomatic.settings.settings import Settings
from services.stack.state import ROOT, State

LIFETIME = timedelta(days=397)  # browsers take none that lives longer
RENEWAL = timedelta(days=30)


@dataclass(frozen=True)
class Certificate:
    """The files of a certificate with its chain, and of its key."""

    chain: Path
    key: Path


def certificate(chosen: Settings, state: State) -> Certificate | None:
    """Return what HTTPS shows, or None where there is no HTTPS."""
    if chosen.https_port is None:
        return None
    if chosen.certificate:
        return Certificate(ROOT / chosen.certificate, ROOT / chosen.certificate_key)
    return for_development(state.folder / "tls", _names(chosen))


def _names(chosen: Settings) -> tuple[str, ...]:
    """Return by which names this machine is asked, and the address on which it listens."""
    hosts = (host.strip("[]") for host in chosen.hosts)
    return tuple(dict.fromkeys(("localhost", "127.0.0.1", "::1", chosen.bind, *hosts)))


def for_development(folder: Path, names: Sequence[str]) -> Certificate:
    """Return a certificate for these names: key and chain in one file that only its owner reads.

    It is kept until it ends or lacks a name. Who trusts `authority.pem` beside it trusts it.
    """
    file, authority = folder / "development.pem", folder / "authority.pem"
    if not (file.exists() and authority.exists() and _is_for(file.read_bytes(), names)):
        folder.mkdir(mode=0o700, exist_ok=True)
        _make(file, authority, names)
    return Certificate(file, file)


def _is_for(pem: bytes, names: Sequence[str]) -> bool:
    """Say whether a certificate has all the names, and does not end soon."""
    found = x509.load_pem_x509_certificates(pem)[0]
    alternatives = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    known = {
        *alternatives.get_values_for_type(x509.DNSName),
        *map(str, alternatives.get_values_for_type(x509.IPAddress)),
    }
    return known >= set(names) and found.not_valid_after_utc > datetime.now(UTC) + RENEWAL


def _make(file: Path, authority: Path, names: Sequence[str]) -> None:
    # Only who develops has it, and needs it.
    try:
        import trustme  # noqa: PLC0415
    except ImportError:
        message = "RENTOMATIC_CERTIFICATE: must be set, and trustme, which makes one, is not here"
        raise SystemExit(message) from None
    maker = trustme.CA()
    made = maker.issue_cert(*names, not_after=datetime.now(UTC) + LIFETIME)
    maker.cert_pem.write_to_path(authority)
    unfinished = file.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(made.private_key_and_cert_chain_pem.bytes())
    unfinished.replace(file)
