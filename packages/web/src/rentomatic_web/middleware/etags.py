"""Tags of what is sent (RFC 9110, section 8.8.3)."""

from hashlib import sha256

DIGITS = 32


def strong_tag(body: bytes) -> str:
    """Return the tag, without quotes, of whatever has this body."""
    return sha256(body).hexdigest()[:DIGITS]
