"""How the text of a setting becomes a value: each function raises ValueError that says why not."""

import re
from ipaddress import ip_address

from rentomatic.numbers import INT32_MAX, whole_number

ENVIRONMENTS = ("development", "testing", "production")
READING = ("public", "token")
SWITCH = {"on": True, "off": False}

# As browsers send it: without a path, and without the port that the scheme has anyway.
ORIGIN = re.compile(
    r"(?!http://.*:80$|https://.*:443$)"
    r"[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?"
)


def environment(text: str) -> str:
    """Return the name of an environment."""
    if text not in ENVIRONMENTS:
        raise ValueError(f"Is not one of {', '.join(ENVIRONMENTS)}")
    return text


def reading(text: str) -> str:
    """Return who may read: the public, or who has a token."""
    if text not in READING:
        raise ValueError(f"Is not one of {', '.join(READING)}")
    return text


def address(text: str) -> str:
    """Return an IP address."""
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError("Is not an IP address") from None


def port(text: str) -> int:
    """Return the number of a port."""
    return whole_number(text, 1, 65535)


def workers(text: str) -> int:
    """Return a number of processes."""
    return whole_number(text, 1, 1024)


def export_limit(text: str) -> int:
    """Return a number of rooms."""
    return whole_number(text, 1, INT32_MAX)


def import_limit(text: str) -> int:
    """Return a number of bytes."""
    return whole_number(text, 1, INT32_MAX)


def switch(text: str) -> bool:
    """Return whether something is on."""
    if text not in SWITCH:
        raise ValueError("Is not on or off")
    return SWITCH[text]


def origins(text: str) -> tuple[str, ...]:
    """Return the origins (RFC 6454) between commas, `*` alone for any, or none."""
    found = tuple(part.strip().lower() for part in text.split(",")) if text else ()
    if found != ("*",) and not all(map(ORIGIN.fullmatch, found)):
        raise ValueError("Is neither * nor origins like https://rooms.example, between commas")
    return found
