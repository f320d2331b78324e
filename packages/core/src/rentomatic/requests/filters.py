"""Parse filters such as {"price__lt": "60"}."""

from collections.abc import Mapping

from rentomatic.domain.conditions import Filter
from rentomatic.domain.fields import Degrees, Whole, Words
from rentomatic.domain.numbers import INT32_MAX, finite_number, whole_number
from rentomatic.domain.operators import Operator
from rentomatic.domain.query import MAX_IN_VALUES
from rentomatic.domain.room import FIELDS, TIMES, Value
from rentomatic.errors import InvalidRequest, Problem

SELECTABLE = FIELDS | TIMES
FILTER_KEYS = {
    f"{field}__{operator}": (field, operator)
    for field, declared in SELECTABLE.items()
    for operator in declared.operators
}
WITH_LISTS = (Operator.IN, Operator.ALL, Operator.ANY, Operator.NONE)
# Sort filters, because adapters cache one statement for each sequence of conditions.
POSITIONS = {pair: position for position, pair in enumerate(FILTER_KEYS.values())}


def parse_filters(filters: object, prefix: str = "") -> tuple[Filter, ...]:
    """Parse a mapping such as {"price__lt": "60"}; sort the filters as FILTER_KEYS.

    Raises InvalidRequest that lists all problems; `prefix` is put before keys in messages.
    """
    if not isinstance(filters, Mapping):
        raise InvalidRequest([Problem("filters", "Is not iterable")])
    parsed, problems = [], []
    for key, value in filters.items():
        if key not in FILTER_KEYS:
            problems.append(Problem("filters", f"Key {key} cannot be used"))
            continue
        try:
            parsed.append(_filter(*FILTER_KEYS[key], value))
        except ValueError as error:
            problems.append(Problem(f"{prefix}{key}", str(error)))
    if problems:
        raise InvalidRequest(problems)
    return tuple(sorted(parsed, key=lambda each: POSITIONS[each.field, each.operator]))


def _filter(field: str, operator: Operator, value: object) -> Filter:
    text = value if isinstance(value, str) else repr(value)
    if operator not in WITH_LISTS:
        return Filter(field, operator, _filter_value(field, text))
    texts = text.split(",")
    if len(texts) > MAX_IN_VALUES:
        raise ValueError(f"must not have more than {MAX_IN_VALUES} values")
    return Filter(field, operator, tuple(_filter_value(field, text) for text in texts))


def _filter_value(field: str, text: str) -> Value:
    """Parse a value, which may be one that no room can have, such as the size 0."""
    type_ = SELECTABLE[field].type
    if isinstance(type_, Whole):
        return whole_number(text, 0, INT32_MAX)
    if isinstance(type_, Degrees):
        return finite_number(text)
    value: Value = type_.word.check(text) if isinstance(type_, Words) else type_.check(text)
    return value
