"""The form of an import: its options, columns, values for all rooms, and features."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from werkzeug.datastructures import MultiDict

from rentomatic.domain.room import FIELDS, REQUIRED
from rentomatic.errors import InvalidRequest
from rentomatic.imports.options import (
    COLUMN,
    FEATURE,
    OPTIONS,
    PHOTO_COLUMNS,
    VALUE,
    Option,
    parameter_names,
)
from rentomatic.requests.field_values import COLUMNS
from rentomatic_web.pages.texts.labels import heading_of
from rentomatic_web.pages.texts.messages import translated
from rentomatic_web.pages.texts.translations import gettext, lazy_gettext, pgettext

FACTS = {
    "encoding": lazy_gettext("Encoding"),
    "delimiter": lazy_gettext("Delimiter"),
    "header": lazy_gettext("Header"),
}
LABELS_AND_HINTS = {
    "source": (
        lazy_gettext("Source"),
        lazy_gettext(
            "Name of the company or site that the rooms are from. With a reference, each room"
            " gets a code that is always the same for the same source and reference."
        ),
    ),
    "reference": (
        lazy_gettext("Reference"),
        lazy_gettext("Column with the id of each room at its source; replaces the codes."),
    ),
    "encoding": (
        lazy_gettext("Encoding"),
        lazy_gettext(
            "Encoding of the file, such as windows-1252. Default: by its byte order mark, or"
            " UTF-8."
        ),
    ),
    "delimiter": (
        lazy_gettext("Delimiter"),
        lazy_gettext("Character between the cells of a CSV file."),
    ),
    "header": (
        lazy_gettext("Header"),
        lazy_gettext(
            "Number of the line with the names of the columns, or none if there is no such line."
            " Default: the first line that is not blank or a title."
        ),
    ),
    "sheet": (
        lazy_gettext("Sheet"),
        lazy_gettext("Sheet of an Excel file. Default: the first."),
    ),
    "numbers": (
        lazy_gettext("Numbers"),
        lazy_gettext(
            "Notation of prices and sizes. By default, numbers with one meaning are read, and"
            " 1.000 only if other numbers of its column tell whether the point is decimal."
        ),
    ),
    "period": (
        lazy_gettext("Period"),
        lazy_gettext("Period of the prices; rows with prices for another one are rejected."),
    ),
    "currency": (
        lazy_gettext("Currency"),
        lazy_gettext(
            "Currency of the prices (ISO 4217); rows with prices in another one are rejected."
        ),
    ),
    "round": (
        lazy_gettext("Round"),
        lazy_gettext("Round decimals in whole-number fields, halves up."),
    ),
    "prune": (
        lazy_gettext("Prune"),
        lazy_gettext(
            "Withdraw the rooms of the source that the file no longer has, if it is complete:"
            " every row must show its room. Nothing is imported if more than a fifth of them would"
            " go."
        ),
    ),
    "prune_any": (
        lazy_gettext("Prune any number"),
        lazy_gettext("Withdraw any number of rooms of the source."),
    ),
}
# The other options are those of the upload, or follow from the button.
SHOWN = tuple(LABELS_AND_HINTS)
Texts = MultiDict[str, str]

KEPT = (*SHOWN, "on_error", "profile")


# The source and the reference are options.
FIELD_COLUMNS = tuple(name for name in COLUMNS if name not in ("source", "reference"))
# Fields that can be the same for all rooms.
CONSTANTS = tuple(
    name
    for name in FIELD_COLUMNS
    if name not in ("code", "longitude", "latitude", "photos", "url")
)


class Column(NamedTuple):
    """A choice of a column, or of several; `empty` names the choice of none."""

    name: str
    label: str
    empty: str
    is_required: bool
    is_multiple: bool


class Control(NamedTuple):
    """A control for an option; one without values is a text."""

    name: str
    label: str
    hint: str
    values: tuple[str, ...]
    is_switch: bool


def columns() -> list[Column]:
    """Return a choice for each field, and each part of the address."""
    return [
        Column(
            COLUMN + name,
            heading_of(name),
            _empty_choice(name),
            name in REQUIRED,
            COLUMN + name == PHOTO_COLUMNS,
        )
        for name in FIELD_COLUMNS
    ]


def _empty_choice(name: str) -> str:
    if name not in REQUIRED:
        return pgettext("column", "None")
    return gettext("Unknown") if FIELDS[name].is_nullable else gettext("Choose a column")


def constants(texts: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return parameter, label and text of each value that all rooms may have."""
    return [
        (
            VALUE + name,
            gettext("%(field)s of all rooms", field=heading_of(name)),
            texts.get(VALUE + name, ""),
        )
        for name in CONSTANTS
    ]


def controls(format_: str, header: Iterable[str]) -> list[Control]:
    """Return the controls of the options that files of the format have."""
    known = parameter_names(format_)
    shown = (OPTIONS[name] for name in SHOWN if name in known)
    return [_control(option, tuple(header)) for option in shown]


def _control(option: Option, header: tuple[str, ...]) -> Control:
    choices = tuple(value for value in option.values if value != option.default)
    values = header if option.name == "reference" else choices
    label, hint = map(str, LABELS_AND_HINTS[option.name])
    return Control(option.name, label, hint, values, option.is_switch)


def texts_from(values: Texts, format_: str) -> Texts:
    """Return the parameters of an import that the form or the URL has.

    Photos can have several columns; of other parameters, the first text counts.
    """
    known = {*KEPT, *(prefix + name for prefix in (COLUMN, VALUE) for name in COLUMNS)}
    known &= set(parameter_names(format_))
    names = (name for name in values if name in known or name.startswith(FEATURE))
    return MultiDict(
        (name, text)
        for name in names
        for text in (values.getlist(name) if name == PHOTO_COLUMNS else [values[name]])
    )


def parameters_of(texts: Texts) -> list[tuple[str, str]]:
    """Return the parameters of an import with these texts of the form.

    An empty column leaves a field out, and a field without a column and a value is unknown.
    """
    pairs = texts.items(multi=True)
    given = [(name, text) for name, text in pairs if text or name.startswith(COLUMN)]
    unknown = (
        name
        for name, declared in FIELDS.items()
        if declared.is_nullable and texts.get(COLUMN + name) == "" and not texts.get(VALUE + name)
    )
    return [*given, *((VALUE + name, "") for name in unknown)]


def texts_of(proposed: Iterable[tuple[str, str]]) -> Texts:
    """Return the texts of proposed parameters: an unknown value has no column."""
    return MultiDict(
        (name.replace(VALUE, COLUMN) if name.startswith(VALUE) and not text else name, text)
        for name, text in proposed
    )


def merged(*layers: Texts) -> Texts:
    """Return the texts of all layers; of one parameter, those of the last layer that has it."""
    texts: Texts = MultiDict()
    for layer in layers:
        for name, found in layer.lists():
            texts.setlist(name, found)
    return texts


def problems_by_field(error: InvalidRequest, texts: Texts) -> dict[str, str]:
    """Return the problems by control: the importer names columns of the file, and of rooms."""
    pairs = texts.items(multi=True)
    names = {column: name for name, column in pairs if column and name.startswith(COLUMN)}
    by_field: dict[str, str] = {}
    for parameter, message in error.problems:
        is_empty = parameter in FIELD_COLUMNS and not texts.get(COLUMN + parameter)
        name = COLUMN + parameter if is_empty else names.get(parameter, parameter)
        by_field.setdefault(name, gettext("must be chosen") if is_empty else translated(message))
    return by_field
