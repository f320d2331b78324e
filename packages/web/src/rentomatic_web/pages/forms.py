"""The fields of the room form."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from werkzeug.datastructures import MultiDict

from rentomatic.domain.room import FIELDS, MONEY, Room
from rentomatic.errors import InvalidRequest
from rentomatic.requests.field_values import parse_room
from rentomatic_web.pages.wording import grouped


class Field(NamedTuple):
    """A field of the form; `hint` states the type and the range."""

    name: str
    label: str
    unit: str
    hint: str
    is_whole: bool


def form_fields(money: str) -> list[Field]:
    """Return the fields of the form, all except the code. `money` is the unit of prices."""
    return [
        Field(
            name,
            name.capitalize(),
            _unit(declared.metadata, money),
            f"{_kind(declared.type)} from {_bound(declared.metadata['minimum'])}"
            f" to {_bound(declared.metadata['maximum'])}",
            declared.type is int,
        )
        for name, declared in FIELDS.items()
        if "minimum" in declared.metadata
    ]


def _unit(metadata: Mapping[str, Any], money: str) -> str:
    unit: str = metadata.get("unit", "")
    return money if unit == MONEY else unit


def texts_from(form: MultiDict[str, str]) -> dict[str, str]:
    """Return the texts of the fields, without surrounding whitespace."""
    return {name: form.get(name, "").strip() for name in FIELDS}


def texts_of(room: Room) -> dict[str, str]:
    return {name: str(value) for name, value in vars(room).items()}


def parse(texts: Mapping[str, str]) -> tuple[Room | None, dict[str, str]]:
    """Return the room, or None and the problems by field."""
    try:
        return parse_room([texts[name] for name in FIELDS]), {}
    except InvalidRequest as error:
        return None, {problem.parameter: problem.message for problem in error.problems}


def _kind(kind: object) -> str:
    return "A whole number" if kind is int else "Degrees with a decimal point,"


def _bound(value: int) -> str:
    return grouped(value).replace("-", "−")
