"""Make rooms of the rows of a table."""

from collections.abc import Callable, Iterator
from operator import call, itemgetter
from typing import Any

from rentomatic.domain.fields import ADDRESS_PARTS, in_order
from rentomatic.domain.references import code_of
from rentomatic.domain.room import FIELDS, OPTIONAL, REQUIRED, Room
from rentomatic.errors import InvalidRequest, InvalidRow, Problem
from rentomatic.imports.files.tables import Table
from rentomatic.imports.numbers import NOTATIONS
from rentomatic.imports.options import VALUE, ImportOptions
from rentomatic.imports.plan import Plan
from rentomatic.imports.rows import Parse
from rentomatic.imports.values import NumberOptions, check_of, reader_of, says_yes
from rentomatic.requests.field_values import PARSERS

Value = Callable[[Any], Any]


def room_parser(table: Table, plan: Plan, options: ImportOptions) -> Parse:
    """Return the function that makes a room of a row, or None of a row without text.

    It raises InvalidRequest with every problem, by column of a room.
    """
    parser = RoomParser(table, plan, options)
    is_plain = set(plan.columns) == set(REQUIRED) and not plan.features and not plan.constants
    if table.header is None or not is_plain:
        return parser
    width = len(table.header)
    texts = itemgetter(*(table.index(plan.columns[name][0]) for name in REQUIRED))
    parsers = [PARSERS[name] for name in REQUIRED]

    def parse(cells: Any) -> Room | None:
        """Parse a row of plain texts in a third of the time."""
        if len(cells) == width:
            try:
                return Room.trusted(*map(call, parsers, texts(cells)))
            except (AttributeError, TypeError, ValueError):  # cells of Excel may be numbers
                pass
        return parser(cells)

    return parse


class RoomParser:
    """Makes rooms of the rows of a table."""

    def __init__(self, table: Table, plan: Plan, options: ImportOptions) -> None:
        self._table, self._makes_codes = table, plan.makes_codes
        self._numbers = {
            name: NumberOptions(
                NOTATIONS.get(plan.notations.get(name, options.notation)),
                options.money,
                options.rounding,
            )
            for name in (*plan.columns, *plan.constants)
        }
        self._values = {name: self._value(name, plan.columns[name]) for name in plan.columns}
        self._features = {word: table.reader(column) for word, column in plan.features.items()}
        self._feature_columns = plan.features
        self._constants = self._constant_values(plan)

    def __call__(self, record: Any) -> Room | None:
        if self._table.header is not None:
            if not any(cell not in ("", None) and str(cell).strip() for cell in record):
                return None
            _check_width(record, len(self._table.header))
        elif not isinstance(record, dict):
            raise InvalidRequest([Problem("row", "must be a JSON object")])
        values = dict(self._constants)
        problems = []
        for name, read in self._values.items():
            try:
                values[name] = read(record)
            except ValueError as error:
                problems.append(Problem(name, str(error)))
        problems += self._add_features(record, values)
        return _room(values, problems, self._makes_codes)

    def _value(self, name: str, columns: tuple[str, ...]) -> Value:
        """Return the function that reads and checks a value of a room."""
        takes = [self._table.reader(column) for column in columns]
        read, check = reader_of(name, self._numbers[name]), check_of(name)

        def value(record: Any) -> Any:
            found = [each for take in takes if (each := read(take(record))) is not None]
            if not found:
                return None
            return check(
                found[0] if len(takes) == 1 else [photo for each in found for photo in each]
            )

        return value

    def _constant_values(self, plan: Plan) -> dict[str, Any]:
        values, problems = {}, []
        for name, text in plan.constants.items():
            try:
                value = reader_of(name, self._numbers[name])(text)
                values[name] = None if value is None else check_of(name)(value)
            except ValueError as error:
                problems.append(Problem(VALUE + name, str(error)))
        if problems:
            raise InvalidRequest(problems)
        return values

    def _add_features(self, record: Any, values: dict[str, Any]) -> Iterator[Problem]:
        """Add the words whose column says yes; yield the problems of those columns."""
        found = []
        for word, take in self._features.items():
            try:
                found += [word] if says_yes(take(record)) else []
            except ValueError as error:
                yield Problem(self._feature_columns[word], str(error))
        if found:
            try:
                values["features"] = check_of("features")(
                    [*(values.get("features") or ()), *found]
                )
            except ValueError as error:
                yield Problem("features", str(error))


def _check_width(cells: Any, width: int) -> None:
    if len(cells) != width:
        message = f"has {len(cells)} cells, but the header has {width}"
        raise InvalidRequest([Problem("row", message)])


def _room(values: dict[str, Any], problems: list[Problem], makes_codes: bool) -> Room:
    invalid = {problem.parameter for problem in problems}
    source, reference = values.get("source"), values.get("reference")
    if (makes_codes or values.get("code") is None) and source and reference:
        values["code"] = code_of(source, reference)
    elif makes_codes or "reference" in invalid:
        problems += [Problem("reference", "is missing")] if "reference" not in invalid else []
        invalid.add("code")
    problems += [
        Problem(name, "is missing")
        for name in REQUIRED
        if values.get(name) is None and not FIELDS[name].is_nullable and name not in invalid
    ]
    if problems:
        raise InvalidRow(problems, values.get("code"))
    address = {part: values[part] for part in ADDRESS_PARTS if values.get(part)}
    details = {name: values[name] for name in OPTIONAL if values.get(name)}
    required: list[Any] = [values.get(name) for name in REQUIRED]
    if address:
        details["address"] = in_order(address)
    return Room.trusted(*required, *[in_order(details)])
