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

# The other options are those of the upload, or follow from the button.
SHOWN = (
    *("source", "reference", "encoding", "delimiter", "header", "sheet"),
    *("numbers", "period", "currency", "round", "prune", "prune_any"),
)
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
            label_of(name),
            _empty_choice(name),
            name in REQUIRED,
            COLUMN + name == PHOTO_COLUMNS,
        )
        for name in FIELD_COLUMNS
    ]


def _empty_choice(name: str) -> str:
    if name not in REQUIRED:
        return "None"
    return "Unknown" if FIELDS[name].is_nullable else "Choose a column"


def constants(texts: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return parameter, label and text of each value that all rooms may have."""
    return [
        (VALUE + n, f"{label_of(n)} of all rooms", texts.get(VALUE + n, "")) for n in CONSTANTS
    ]


def label_of(name: str) -> str:
    return name.replace("_", " ").capitalize()


def controls(format_: str, header: Iterable[str]) -> list[Control]:
    """Return the controls of the options that files of the format have."""
    known = parameter_names(format_)
    shown = (OPTIONS[name] for name in SHOWN if name in known)
    return [_control(option, tuple(header)) for option in shown]


def _control(option: Option, header: tuple[str, ...]) -> Control:
    hint = option.help.replace("--", "")
    choices = tuple(value for value in option.values if value != option.default)
    values = header if option.name == "reference" else choices
    return Control(option.name, label_of(option.name), hint, values, option.is_switch)


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
        by_field.setdefault(name, "must be chosen" if is_empty else message)
    return by_field
