"""Which columns of a file become which columns of rooms."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rentomatic.domain.fields import ADDRESS_PARTS
from rentomatic.domain.room import FIELDS, REQUIRED
from rentomatic.errors import InvalidRequest, Problem
from rentomatic.imports.files.tables import Table
from rentomatic.imports.numbers import AUTO, notation_of
from rentomatic.imports.options import ImportOptions
from rentomatic.imports.values import NUMERIC
from rentomatic.requests.field_values import COLUMNS

NO_SOURCE = "must be given with reference: the name of the company or site of the rooms"


@dataclass(frozen=True)
class Plan:
    """The columns of a file, and constant texts, by column of a room; columns by feature.

    `notations` has the notation that the numbers of a column have in the sample of the file.
    """

    columns: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str]
    features: Mapping[str, str]
    notations: Mapping[str, str]
    makes_codes: bool

    @property
    def used(self) -> set[str]:
        """The columns of the file that are read."""
        read = {column for columns in self.columns.values() for column in columns}
        return read | set(self.features.values())


def make_plan(
    table: Table, options: ImportOptions, guessed: Mapping[str, tuple[str, ...]]
) -> Plan:
    """Find each column of a room: by option, by its own name, or as guessed.

    Raises InvalidRequest with every column that is missing or repeated.
    """
    own: dict[str, tuple[str, ...]] = dict(_own_columns(table))
    certain = {name: each for name, each in own.items() if each[0] in table.names}
    columns = own | dict(guessed) | certain
    columns |= dict(options.columns)
    if options.makes_codes or ("reference" in guessed and "code" not in options.columns):
        columns.pop("code", None)
    left = {name for name in columns if columns[name]} - options.constants.keys()
    columns = {name: columns[name] for name in COLUMNS if name in left}
    constants = dict(options.constants)
    if options.is_guessing:
        constants |= dict.fromkeys(unknown_columns(table, columns, constants), "")
        columns = {name: columns[name] for name in columns if name not in constants}
    if problems := list(_problems(table, columns, constants, options)):
        raise InvalidRequest(problems)
    notations = {} if options.notation != AUTO else _notations(table, columns)
    return Plan(columns, constants, options.features, notations, options.makes_codes)


def unknown_columns(
    table: Table, columns: Mapping[str, tuple[str, ...]], constants: Mapping[str, str]
) -> list[str]:
    """Return the nullable columns of a room, such as the size, that the file does not have."""
    return [
        name
        for name in REQUIRED
        if FIELDS[name].is_nullable
        and name not in constants
        and not (name in columns and table.may_have(columns[name][0]))
    ]


def _own_columns(table: Table) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the columns of a room that the file has; JSON objects may have any."""
    for name in COLUMNS:
        if table.header is None:
            yield name, (f"address.{name}" if name in ADDRESS_PARTS else name,)
        elif name in table.header:
            yield name, (name,)


def _notations(table: Table, columns: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    found = {}
    for name in NUMERIC:
        values = (value for column in columns.get(name, ()) for value in table.values(column))
        if notation := notation_of(value for value in values if isinstance(value, str)):
            found[name] = notation
    return found


def _problems(
    table: Table,
    columns: Mapping[str, tuple[str, ...]],
    constants: Mapping[str, str],
    options: ImportOptions,
) -> Iterator[Problem]:
    names = columns.keys() | constants.keys()
    if (options.makes_codes or "code" not in names) and "reference" in names:
        names |= {"code"}
        is_column = "source" in columns and table.may_have(columns["source"][0])
        if "source" not in constants and not is_column:
            yield Problem("source", NO_SOURCE)
    unknown = unknown_columns(table, columns, constants)
    missing = [name for name in REQUIRED if name in unknown or name not in names]
    for number, name in enumerate(missing):
        listed = "" if number else f"; {_list_columns(table)}"
        yield Problem(name, f"is not a column{listed}{_advice(name)}")
    yield from _column_problems(table, columns, options)


def _advice(name: str) -> str:
    if name == "code":
        return "; without codes, give source and reference"
    return f"; if it is unknown, set {name}=" if FIELDS[name].is_nullable else ""


def _column_problems(
    table: Table, columns: Mapping[str, tuple[str, ...]], options: ImportOptions
) -> Iterator[Problem]:
    named = (column for names in columns.values() for column in names)
    for column in (*named, *options.features.values()):
        if not table.has(column):
            count = table.names.count(column)
            listed = f"is not a column; {_list_columns(table)}"
            yield Problem(column, f"is a column {count} times" if count else listed)


def _list_columns(table: Table) -> str:
    return f"the columns are {', '.join(table.columns()) or 'none'}"
