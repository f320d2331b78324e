"""The fields of the room form, from the declaration of a room."""

from collections.abc import Mapping
from typing import NamedTuple

from werkzeug.datastructures import MultiDict

from rentomatic.domain.fields import ADDRESS_PARTS, Degrees, FieldType, Photos, Text, Whole, Words
from rentomatic.domain.room import FIELDS, MONEY, Room
from rentomatic.errors import InvalidRequest
from rentomatic.requests.field_values import COLUMNS, parse_room_texts
from rentomatic.serializers.rooms import room_to_columns
from rentomatic_web.pages.texts.labels import heading_of
from rentomatic_web.pages.texts.messages import problems_of
from rentomatic_web.pages.texts.numbers import grouped
from rentomatic_web.pages.texts.translations import gettext, lazy_gettext

CODE = "code"
OFFER = ("title", "description", "kind", "features", "price", "capacity", "min_nights")
CONTACT = ("url", "source", "reference")
PHOTOS = ("photos",)
# Columns by the legend of their fieldset.
GROUPS = {
    lazy_gettext("Offer"): OFFER,
    lazy_gettext("Size and place"): tuple(
        each for each in COLUMNS if each not in (CODE, *OFFER, *ADDRESS_PARTS, *PHOTOS, *CONTACT)
    ),
    lazy_gettext("Address"): ADDRESS_PARTS,
    lazy_gettext("Photos"): PHOTOS,
    lazy_gettext("Contact and source"): CONTACT,
}
# Of fields whose type gives none.
HINTS = {
    "country": lazy_gettext("Code of two letters, such as DE"),
    "kind": lazy_gettext("A lower-case word, such as room, studio, apartment, house or bed"),
    "url": lazy_gettext("URL where the room can be rented: https, mailto or tel"),
}
UNITS = {
    "people": lazy_gettext("people"),
    "nights": lazy_gettext("nights"),
    "° east": lazy_gettext("° east"),
    "° north": lazy_gettext("° north"),
}


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
    return {
        str(legend): [_field(name, money) for name in names] for legend, names in GROUPS.items()
    }


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
        return None, problems_of(error)


def _field(name: str, money: str) -> Field:
    label = heading_of(name)
    if name in ADDRESS_PARTS:
        return Field(name, label, "", str(HINTS.get(name, "")))
    declared = FIELDS[name]
    hint = _hint(declared.type) or str(HINTS[name])
    return Field(
        name,
        label,
        money if declared.unit == MONEY else str(UNITS.get(declared.unit, declared.unit)),
        gettext("%(hint)s; empty if unknown", hint=hint) if declared.is_nullable else hint,
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
        return gettext("A whole number from %(minimum)s to %(maximum)s", **_bounds(type_))
    if isinstance(type_, Degrees):
        return gettext(
            "Degrees with a decimal point, from %(minimum)s to %(maximum)s", **_bounds(type_)
        )
    if isinstance(type_, Text):
        return gettext("Up to %(count)s characters", count=grouped(type_.maximum))
    if isinstance(type_, Words):
        return gettext(
            "Up to %(count)s words, separated by commas, such as wifi, balcony",
            count=type_.maximum,
        )
    if isinstance(type_, Photos):
        return gettext(
            "Up to %(count)s lines: the URL of a photo, a space, and a description for people who"
            " do not see it. The first one is the cover",
            count=type_.maximum,
        )
    return ""


def _bounds(type_: Whole | Degrees) -> dict[str, str]:
    bounds = {"minimum": type_.minimum, "maximum": type_.maximum}
    return {name: grouped(value).replace("-", "−") for name, value in bounds.items()}
