"""The fields of the room form."""

from collections.abc import Mapping
from typing import NamedTuple

from werkzeug.datastructures import MultiDict

from rentomatic.domain.fields import Degrees, Whole
from rentomatic.domain.room import FIELDS, MONEY, REQUIRED, Room
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
            money if declared.unit == MONEY else declared.unit,
            f"{_kind(declared.type)} from {_bound(declared.type.minimum)}"
            f" to {_bound(declared.type.maximum)}",
            isinstance(declared.type, Whole),
        )
        for name, declared in FIELDS.items()
        if name in REQUIRED and isinstance(declared.type, Whole | Degrees)
    ]


def texts_from(form: MultiDict[str, str]) -> dict[str, str]:
    """Return the texts of the fields, without surrounding whitespace."""
    return {name: form.get(name, "").strip() for name in REQUIRED}


def texts_of(room: Room) -> dict[str, str]:
    return {name: str(value) for name, value in vars(room).items()}


def parse(texts: Mapping[str, str]) -> tuple[Room | None, dict[str, str]]:
    """Return the room, or None and the problems by field."""
    try:
        return parse_room([texts[name] for name in REQUIRED]), {}
    except InvalidRequest as error:
        return None, {problem.parameter: problem.message for problem in error.problems}


def _kind(kind: object) -> str:
    return "A whole number" if isinstance(kind, Whole) else "Degrees with a decimal point,"


def _bound(value: int) -> str:
    return grouped(value).replace("-", "−")
