"""The fields of the room form, from the declaration of a room."""

from collections.abc import Mapping
from typing import NamedTuple

from werkzeug.datastructures import MultiDict

from rentomatic.domain.fields import ADDRESS_PARTS, Degrees, FieldType, Photos, Text, Whole, Words
from rentomatic.domain.room import FIELDS, MONEY, Room
from rentomatic.errors import InvalidRequest
from rentomatic.requests.field_values import COLUMNS, parse_room_texts
from rentomatic.serializers.rooms import room_to_columns
from rentomatic_web.pages.wording import grouped, label_of

CODE = "code"
OFFER = ("title", "description", "kind", "features", "price", "capacity", "min_nights")
CONTACT = ("url", "source", "reference")
PHOTOS = ("photos",)
# Columns by the legend of their fieldset.
GROUPS = {
    "Offer": OFFER,
    "Size and place": tuple(
        each for each in COLUMNS if each not in (CODE, *OFFER, *ADDRESS_PARTS, *PHOTOS, *CONTACT)
    ),
    "Address": ADDRESS_PARTS,
    "Photos": PHOTOS,
    "Contact and source": CONTACT,
}
ADDRESS_HINTS = {"country": "Code of two letters, such as DE"}


class Field(NamedTuple):
    """A field of the form; `hint` states the type and the range. With `rows`, it has lines."""

    name: str
    label: str
    unit: str
    hint: str
    is_required: bool = False
    is_whole: bool = False
    rows: int = 0


def form_groups(money: str) -> dict[str, list[Field]]:
    """Return the fields by legend, all except the code. `money` is the unit of prices."""
    return {legend: [_field(name, money) for name in names] for legend, names in GROUPS.items()}


def texts_from(form: MultiDict[str, str]) -> dict[str, str]:
    """Return the texts of the fields, without surrounding whitespace."""
    return {name: form.get(name, "").strip() for name in COLUMNS}


def texts_of(room: Room) -> dict[str, str]:
    """Return the texts of a room's fields, with empty ones for those that it does not have."""
    texts = (
        dict.fromkeys(COLUMNS, "") | room_to_columns(room) | {"features": ", ".join(room.features)}
    )
    return {name: str(text) for name, text in texts.items()}


def parse(texts: Mapping[str, str]) -> tuple[Room | None, dict[str, str]]:
    """Return the room, or None and the problems by field."""
    try:
        return parse_room_texts(texts), {}
    except InvalidRequest as error:
        return None, {problem.parameter: problem.message for problem in error.problems}


def _field(name: str, money: str) -> Field:
    label = label_of(name).capitalize()
    if name in ADDRESS_PARTS:
        return Field(name, label, "", ADDRESS_HINTS.get(name, ""))
    declared = FIELDS[name]
    hint = _hint(declared.type) or f"{declared.description[0].upper()}{declared.description[1:]}"
    return Field(
        name,
        label,
        money if declared.unit == MONEY else declared.unit,
        f"{hint}; empty if unknown" if declared.is_nullable else hint,
        not (declared.is_optional or declared.is_nullable),
        isinstance(declared.type, Whole),
        _rows(declared.type),
    )


def _rows(type_: FieldType) -> int:
    if isinstance(type_, Photos):
        return 4
    return 8 if isinstance(type_, Text) and type_.has_lines else 0


def _hint(type_: FieldType) -> str:
    """Describe the valid texts; an empty text means that the field's description does."""
    if isinstance(type_, Whole):
        return f"A whole number {_range(type_)}"
    if isinstance(type_, Degrees):
        return f"Degrees with a decimal point, {_range(type_)}"
    if isinstance(type_, Text):
        return f"Up to {grouped(type_.maximum)} characters"
    if isinstance(type_, Words):
        return f"Up to {type_.maximum} words, separated by commas, such as wifi, balcony"
    if isinstance(type_, Photos):
        return (
            f"Up to {type_.maximum} lines: the URL of a photo, a space, and a description for"
            " people who do not see it. The first one is the cover"
        )
    return ""


def _range(type_: Whole | Degrees) -> str:
    return f"from {_bound(type_.minimum)} to {_bound(type_.maximum)}"


def _bound(value: int) -> str:
    return grouped(value).replace("-", "−")
