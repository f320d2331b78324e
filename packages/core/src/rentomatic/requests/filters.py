"""From {"price__lt": "60"} to filters."""

from collections.abc import Mapping

from rentomatic.domain.conditions import Filter, Operator, operators
from rentomatic.domain.numbers import INT32_MAX, finite_number, whole_number
from rentomatic.domain.query import MAX_IN_VALUES
from rentomatic.domain.room import FIELDS, Value, canonical_code
from rentomatic.errors import InvalidRequest, Problem

FILTER_KEYS = {
    f"{field}__{operator}": (field, operator) for field in FIELDS for operator in operators(field)
}
# One order for all requests: adapters keep a statement for each order of conditions.
PLACES = {pair: place for place, pair in enumerate(FILTER_KEYS.values())}


def parse_filters(filters: object, prefix: str = "") -> tuple[Filter, ...]:
    """Return the filters of a mapping such as {"price__lt": "60"}, in the order of FILTER_KEYS.

    Raises InvalidRequest with every problem; `prefix` is what parameters are called outside.
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
    return tuple(sorted(parsed, key=lambda each: PLACES[each.field, each.operator]))


def _filter(field: str, operator: Operator, value: object) -> Filter:
    text = value if isinstance(value, str) else repr(value)
    if operator is not Operator.IN:
        return Filter(field, operator, _filter_value(field, text))
    texts = text.split(",")
    if len(texts) > MAX_IN_VALUES:
        raise ValueError(f"must not have more than {MAX_IN_VALUES} values")
    return Filter(field, operator, tuple(_filter_value(field, text) for text in texts))


def _filter_value(field: str, text: str) -> Value:
    kind = FIELDS[field].type
    if kind is str:
        return canonical_code(text)
    return whole_number(text, 0, INT32_MAX) if kind is int else finite_number(text)
