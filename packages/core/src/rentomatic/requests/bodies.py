"""Parse rooms in JSON (RFC 8259) and changes as merge patches (RFC 7396)."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from rentomatic.domain.fields import FieldType, Whole, in_order
from rentomatic.domain.room import FIELDS, REQUIRED, Room
from rentomatic.errors import InvalidRequest, Problem


def parse_new_room(text: bytes, new_code: Callable[[], str]) -> Room:
    """Parse a JSON object as a room; without a code, it gets a new one.

    Raises InvalidRequest that lists all unknown, repeated, missing and invalid members.
    """
    members = _members(text)
    return room_of(members if "code" in members else {**members, "code": new_code()})


def parse_whole_room(text: bytes, code: str) -> Room:
    """Parse a JSON object as the room with that code, which the object may omit.

    Raises InvalidRequest like parse_new_room, and if the codes differ.
    """
    return room_of({"code": code} | _members(text), code)


def parse_patch(text: bytes) -> Callable[[Room], Room]:
    """Parse a merge patch; return the function that applies it to a room.

    Both raise InvalidRequest like parse_new_room.
    """
    patch = _members(text)

    def change(room: Room) -> Room:
        return room_of(_changed(vars(room), patch), room.code)

    return change


def room_of(members: Mapping[str, Any], code: str | None = None) -> Room:
    """Validate the members of a JSON object as a room; `code`, if given, must not change.

    Raises InvalidRequest like parse_new_room.
    """
    values, problems = _values(members)
    if code and values.get("code", code) != code:
        problems.append(Problem("code", f"must be {code}, because it cannot be changed"))
    if problems:
        raise InvalidRequest(problems)
    required = [values.pop(name) for name in REQUIRED]
    return Room.trusted(*required, *[in_order(values)])


def _values(members: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Return the values that are not empty, and the problems of all members."""
    problems = _unknown(members)
    values = {}
    for name, declared in FIELDS.items():
        if declared.is_empty(members.get(name)):
            continue
        try:
            values[name] = declared.check(_number(declared.type, members[name]))
        except KeyError:
            problems.append(Problem(name, "is missing"))
        except ValueError as error:
            problems.append(Problem(name, str(error)))
    return values, problems


def _changed(members: Mapping[str, Any], patch: Mapping[str, Any]) -> dict[str, Any]:
    """Apply a merge patch, in which null removes a member; a size of null is unknown."""
    changed = {**members, **{n: _merged(members.get(n), value) for n, value in patch.items()}}
    removed = {n for n in changed if changed[n] is None and n in FIELDS}
    return {n: changed[n] for n in changed if n not in removed or FIELDS[n].is_nullable}


def _merged(target: object, patch: object) -> object:
    """Apply MergePatch (RFC 7396, section 2)."""
    if not isinstance(patch, dict):
        return patch
    old = target if isinstance(target, dict) else {}
    merged = {**old, **{name: _merged(old.get(name), value) for name, value in patch.items()}}
    return {name: value for name, value in merged.items() if value is not None}


def _members(text: bytes) -> dict[str, Any]:
    value = parse_json(text)
    if not isinstance(value, dict):
        raise InvalidRequest([Problem("body", "must be a JSON object")])
    return value


def parse_json(text: bytes) -> Any:
    """Parse JSON text in UTF-8, or raise InvalidRequest."""
    try:
        return json.loads(
            text.decode("utf-8-sig"),
            object_pairs_hook=unique_members,
            parse_constant=reject_constant,
        )
    except InvalidRequest:
        raise
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(
            [Problem("body", f"is invalid JSON: {json_error_message(error)}")]
        ) from None


def json_error_message(error: ValueError | RecursionError) -> str:
    """Convert an error of Python's JSON parser to a message."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return f"byte {error.start + 1} is not UTF-8"
    if isinstance(error, json.JSONDecodeError):
        return str(error)
    # int() accepts at most 4300 digits (sys.int_info.default_max_str_digits).
    return "a number has too many digits" if "digits" in str(error) else str(error)


def unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build a JSON object, or raise InvalidRequest that lists repeated names."""
    members = dict(pairs)
    if len(members) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        repeated = [name for name in counts if counts[name] > 1]
        raise InvalidRequest(Problem(name, "is given more than once") for name in repeated)
    return members


def reject_constant(constant: str) -> NoReturn:
    """Raise InvalidRequest for NaN and infinity, which Python parses by default."""
    raise InvalidRequest([Problem("body", f"is invalid JSON: {constant} is not a number")])


def _number(type_: FieldType, value: object) -> object:
    """Convert 53.0 to 53 for a whole number: JSON has only one type of number."""
    is_whole = isinstance(type_, Whole) and isinstance(value, float) and value % 1 == 0
    return int(value) if is_whole else value  # type: ignore[call-overload]


def _unknown(members: Mapping[str, Any]) -> list[Problem]:
    return [Problem(name, "is not a member of a room") for name in members if name not in FIELDS]
