"""Parse values of fields as text, and rows of them as rooms.

As text, a room has a column for each field, and one for each part of its address.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from rentomatic.domain.fields import (
    ADDRESS_PARTS,
    Code,
    Degrees,
    FieldType,
    Photo,
    Photos,
    PostalAddress,
    Whole,
    Words,
    canonical_code,
    in_order,
)
from rentomatic.domain.numbers import finite_number, whole_number
from rentomatic.domain.room import FIELDS, OPTIONAL, REQUIRED, Declared, Room
from rentomatic.errors import InvalidRequest, Problem

Parse = Callable[[str], Any]


def columns_of(fields: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of fields: the parts of the address instead of it."""
    columns = ((*ADDRESS_PARTS,) if name == "address" else (name,) for name in fields)
    return tuple(column for each in columns for column in each)


COLUMNS = columns_of(tuple(FIELDS))


def parse_room_texts(texts: Mapping[str, str]) -> Room:
    """Parse a room by column; raise InvalidRequest that lists the problems of all columns."""
    members = _parsed({**dict.fromkeys(REQUIRED, ""), **texts})
    required = [members.pop(name) for name in REQUIRED]
    return Room.trusted(*required, *[in_order(members)])


def parse_changes(texts: Mapping[str, str]) -> Callable[[Room], Room]:
    """Parse the new values of some columns; return the function that applies them to a room.

    An empty text removes an optional value. Raises InvalidRequest that lists all problems.
    """
    values = dict.fromkeys(name for name in OPTIONAL if name in texts) | _parsed(texts)

    def change(room: Room) -> Room:
        kept = {n: part for n, part in (room.address or {}).items() if n not in texts}
        address = kept | (values.get("address") or {})
        return Room(**vars(room) | values | {"address": address})

    return change


def _parsed(texts: Mapping[str, str]) -> dict[str, Any]:
    """Parse the members of a room by column, without empty optional ones.

    Raises InvalidRequest that lists all problems, those of required columns first.
    """
    required = [name for name in REQUIRED if name in texts]
    optional = [name for name, text in texts.items() if text and name not in REQUIRED]
    values: dict[str, Any] = {}
    problems = []
    for name in (*required, *optional):
        try:
            values[name] = PARSERS[name](texts[name])
        except ValueError as error:
            problems.append(Problem(name, str(error) if texts[name] else "is missing"))
    if problems:
        raise InvalidRequest(problems)
    address = {name: values.pop(name) for name in ADDRESS_PARTS if name in values}
    return values | ({"address": in_order(address)} if address else {})


def _parser(declared: Declared) -> Parse:
    parse = _parser_of(declared.type)
    return (lambda text: parse(text) if text else None) if declared.is_nullable else parse


def _parser_of(type_: FieldType) -> Parse:
    if isinstance(type_, Code):
        return canonical_code
    if isinstance(type_, Degrees):
        return lambda text: type_.normalized(finite_number(text))
    if isinstance(type_, Whole):
        return partial(whole_number, minimum=type_.minimum, maximum=type_.maximum)
    if isinstance(type_, Words):
        return lambda text: type_.check(split_words(text))
    if isinstance(type_, Photos):
        return lambda text: type_.check(split_photos(text))
    return type_.check


def parse_code(text: str) -> str:
    """Convert a UUID to its canonical form, or raise InvalidRequest."""
    try:
        return canonical_code(text)
    except ValueError as error:
        raise InvalidRequest([Problem("code", str(error))]) from None


def parse_degrees(field: str, text: str) -> float:
    """Parse a `longitude` or `latitude`, or raise ValueError."""
    degrees: float = PARSERS[field](text)
    return degrees


def split_words(text: str) -> list[str]:
    """Split words at commas and line ends."""
    return [word for each in re.split(r"[,\n]", text) if (word := each.strip())]


def split_photos(text: str) -> list[Photo]:
    """Parse one photo per line: its URL, then, after a blank, its alternative text."""
    lines = (line.strip().partition(" ") for line in text.splitlines() if line.strip())
    return [{"url": url, "alt": alt.strip()} for url, _, alt in lines]


def _address_parser(name: str) -> Parse:
    check = partial(PostalAddress().check_part, name)
    return (lambda text: check(text.upper())) if name == "country" else check


PARSERS: dict[str, Parse] = {
    name: _address_parser(name) if name in ADDRESS_PARTS else _parser(FIELDS[name])
    for name in COLUMNS
}
