"""How the text of a setting becomes a value: each function raises ValueError that says why not."""

import re
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import TypeVar

from rentomatic.numbers import whole_number

ENVIRONMENTS = ("development", "testing", "production")
READING = ("public", "token")
SWITCH = {"on": True, "off": False}

# As browsers send it: without a path, and without the port that the scheme has anyway.
ORIGIN = re.compile(
    r"(?!http://.*:80$|https://.*:443$)"
    r"[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?"
)
# A name, an IPv4 address, or an IPv6 address in brackets; a port is no part of it.
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")

T = TypeVar("T")


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


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return how a whole number in this range is read."""
    return lambda text: whole_number(text, low, high)


def seconds(text: str) -> int:
    """Return a time limit."""
    return whole_number(text, 1, 86_400)


def optional(read: Callable[[str], T]) -> Callable[[str], T | None]:
    """Return how what may be left out is read."""
    return lambda text: read(text) if text else None


def file(text: str) -> str:
    """Return the path of a file that is there, or nothing."""
    if text and not Path(text).is_file():
        raise ValueError(f"There is no file {text}")
    return text


def hosts(text: str) -> tuple[str, ...]:
    """Return the host names between commas, in lower case, or none."""
    found = tuple(part.strip().lower() for part in text.split(",")) if text else ()
    if not all(map(HOST.fullmatch, found)):
        raise ValueError("Is not host names like rooms.example, between commas")
    return found


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
