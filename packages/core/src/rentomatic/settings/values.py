"""Parse the values of settings; every function raises ValueError for invalid text."""

import re
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import TypeVar

from rentomatic.domain.numbers import whole_number

ENVIRONMENTS = ("development", "testing", "production")
READING = ("public", "token")
POSITIONS = ("exact", "approximate")
RENTAL_PERIODS = ("day", "week", "month")
MIN_SECRET_LENGTH = 32
SWITCH = {"on": True, "off": False}

# As browsers send it: without a path, and without the default port of the scheme.
ORIGIN = re.compile(
    r"(?!http://.*:80$|https://.*:443$)"
    r"[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?"
)
# A name, an IPv4 address, or an IPv6 address in brackets, without a port.
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
# A name that may start with `*.`, as in a Content-Security-Policy.
HOST_PATTERN = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?")

# A URL, whose host may start with {s}, or a path of this site. The host becomes a source in the
# Content-Security-Policy, where comma, semicolon and space are separators.
TILES = re.compile(
    r"(https?://(\{s\}\.)?[a-z0-9.-]+(:[0-9]+)?)?/(?!/)"
    r"(?=\S*\{z\})(?=\S*\{x\})(?=\S*\{y\})[^\s;,\"']+"
)

T = TypeVar("T")


def environment(text: str) -> str:
    return _one_of(ENVIRONMENTS, text)


def reading(text: str) -> str:
    return _one_of(READING, text)


def positions(text: str) -> str:
    return _one_of(POSITIONS, text)


def _one_of(names: tuple[str, ...], text: str) -> str:
    if text not in names:
        raise ValueError(f"must be one of {', '.join(names)}")
    return text


def address(text: str) -> str:
    try:
        found = ip_address(text)
    except ValueError:
        raise ValueError("must be an IP address") from None
    if isinstance(found, IPv6Address) and found.scope_id:
        raise ValueError("must be an address without a zone (%), which Nginx does not support")
    return str(found)


def networks(text: str) -> tuple[str, ...]:
    """Parse IP addresses and networks (CIDR), separated by commas."""
    try:
        found = [ip_network(part.strip()) for part in text.split(",")] if text else []
    except ValueError as error:
        message = f"must be addresses or networks like 192.0.2.1,10.0.0.0/8: {error}"
        raise ValueError(message) from None
    if "%" in text:
        raise ValueError("must be addresses or networks like 192.0.2.1,10.0.0.0/8: has a zone")
    return tuple(map(str, found))


def port(text: str) -> int:
    return whole_number(text, 1, 65535)


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return the parser of a whole number in this range."""
    return lambda text: whole_number(text, low, high)


def seconds(text: str) -> int:
    return whole_number(text, 1, 86_400)


def optional(parse: Callable[[str], T]) -> Callable[[str], T | None]:
    """Return the parser of a value that may be empty."""
    return lambda text: parse(text) if text else None


def file(text: str) -> str:
    """Check that the file exists, unless the path is empty."""
    if text and not Path(text).is_file():
        raise ValueError(f"There is no file {text}")
    return text


def folder(text: str) -> str:
    """Check that Nginx can quote the path of a folder, which may not exist yet."""
    if re.search(r"[\"$\\\x00-\x1f]", text):
        raise ValueError("must be a path without quotation marks, dollar signs and backslashes")
    return text


def currency(text: str) -> str:
    if not re.fullmatch("[A-Z]{3}", text):
        raise ValueError("must be a currency code of ISO 4217 like EUR")
    return text


def rental_period(text: str) -> str:
    return _one_of(RENTAL_PERIODS, text)


def tiles(text: str) -> str:
    """Parse a URL template of map tiles, or an empty string."""
    if text and not TILES.fullmatch(text):
        raise ValueError(
            "must be a URL like https://tiles.example/{z}/{x}/{y}.png or https://{s}.tiles.example/…,"
            " or a path like /tiles/{z}/{x}/{y}.png"
        )
    return text


def secret(text: str) -> str:
    """Check the length of a secret, unless it is empty."""
    if text and len(text) < MIN_SECRET_LENGTH:
        raise ValueError(f"must have at least {MIN_SECRET_LENGTH} characters")
    return text


def hosts(text: str) -> tuple[str, ...]:
    """Parse host names, separated by commas, to lower case."""
    found = tuple(part.strip().lower() for part in text.split(",")) if text else ()
    if not all(map(HOST.fullmatch, found)):
        raise ValueError("must be host names like rooms.example, separated by commas")
    return found


def host_patterns(text: str) -> tuple[str, ...]:
    """Parse host names, each of which may start with `*.`, to lower case."""
    found = tuple(part.strip().lower() for part in text.split(",")) if text else ()
    if not all(map(HOST_PATTERN.fullmatch, found)):
        raise ValueError(
            "must be host names like photos.example or *.photos.example, separated by commas"
        )
    return found


def switch(text: str) -> bool:
    if text not in SWITCH:
        raise ValueError("must be on or off")
    return SWITCH[text]


def origins(text: str) -> tuple[str, ...]:
    """Parse origins (RFC 6454), separated by commas, or `*` alone for any."""
    found = tuple(part.strip().lower() for part in text.split(",")) if text else ()
    if found != ("*",) and not all(map(ORIGIN.fullmatch, found)):
        raise ValueError("must be * or origins like https://rooms.example, separated by commas")
    return found
