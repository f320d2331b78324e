"""Rooms from JSON text (RFC 8259), and changes to them as merge patches (RFC 7396)."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from rentomatic.domain.room import FIELDS, Room, Value, checked
from rentomatic.errors import InvalidRequest, Problem


def parse_new_room(text: bytes, new_code: Callable[[], str]) -> Room:
    """Return the room that a JSON object spells, with a new code when it has none.

    Raises InvalidRequest with every unknown, repeated, missing and impossible member.
    """
    members = _members(text)
    return room_of(members if "code" in members else {**members, "code": new_code()})


def parse_whole_room(text: bytes, code: str) -> Room:
    """Return the room with that code that a JSON object spells; the code may stand there too.

    Raises InvalidRequest like parse_new_room, and when the codes differ.
    """
    return room_of({"code": code} | _members(text), code)


def parse_row(text: bytes) -> Room:
    """Return the room that a JSON object spells, its code among the members.

    Raises InvalidRequest like parse_new_room.
    """
    return room_of(_members(text))


def parse_patch(text: bytes) -> Callable[[Room], Room]:
    """Return the change that a merge patch asks for; it can be made to any room.

    Raises InvalidRequest like parse_new_room, and so does the change.
    """
    members = _members(text)
    removed = {name for name, value in members.items() if value is None and name in FIELDS}

    def change(room: Room) -> Room:
        changed = vars(room) | members
        return room_of({n: changed[n] for n in changed if n not in removed}, room.code)

    return change


def room_of(members: Mapping[str, Any], code: str | None = None) -> Room:
    """Return the room that has these members of a JSON object, and that code where one is given.

    Raises InvalidRequest like parse_new_room.
    """
    problems = _unknown(members)
    values: dict[str, Value] = {}
    for name, declared in FIELDS.items():
        try:
            values[name] = checked(declared, _number(declared.type, members[name]))
        except KeyError:
            problems.append(Problem(name, "is missing"))
        except ValueError as error:
            problems.append(Problem(name, str(error)))
    if code and values.get("code", code) != code:
        problems.append(Problem("code", f"must be {code}, because it cannot be changed"))
    if problems:
        raise InvalidRequest(problems)
    return Room.trusted(**values)  # type: ignore[arg-type]


def _members(text: bytes) -> dict[str, Any]:
    """Return the members of a JSON object, or raise InvalidRequest."""
    value = parse_json(text)
    if not isinstance(value, dict):
        raise InvalidRequest([Problem("body", "must be a JSON object")])
    return value


def parse_json(text: bytes) -> Any:
    """Return the value of a JSON text in UTF-8, or raise InvalidRequest."""
    try:
        return json.loads(text.decode("utf-8-sig"), object_pairs_hook=once, parse_constant=refuse)
    except InvalidRequest:
        raise
    except (ValueError, RecursionError) as error:
        raise InvalidRequest([Problem("body", f"is invalid JSON: {json_fault(error)}")]) from None


def json_fault(error: ValueError | RecursionError) -> str:
    """Return what is wrong with a text that Python could not parse as JSON."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start + 1} is not UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return str(error)
    # Python parses whole numbers of up to 4,300 digits.
    return "a number has too many digits" if "digits" in str(error) else str(error)


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of a JSON object, or raise InvalidRequest that names repeated ones."""
    members = dict(pairs)
    if len(members) < len(pairs):
        times = Counter(name for name, _ in pairs)
        repeated = [name for name in times if times[name] > 1]
        raise InvalidRequest(Problem(name, "is given more than once") for name in repeated)
    return members


def refuse(constant: str) -> NoReturn:
    """Raise InvalidRequest for NaN and the infinities, which Python would read as numbers."""
    raise InvalidRequest([Problem("body", f"is invalid JSON: {constant} is not a number")])


def _number(kind: object, value: object) -> object:
    """Return 53 for 53.0 where a whole number is meant: JSON does not tell the two apart."""
    return int(value) if kind is int and isinstance(value, float) and value % 1 == 0 else value


def _unknown(members: Mapping[str, Any]) -> list[Problem]:
    return [Problem(name, "is not a member of a room") for name in members if name not in FIELDS]
