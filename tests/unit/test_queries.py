"""From the query parameters of a URL to a search, or to everything wrong with them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as any_of

from rentomatic.domain.conditions import Filter
from rentomatic.domain.operators import Operator
from rentomatic.domain.query import DEFAULT_LIMIT, MAX_CONDITIONS, MAX_LIMIT, Query
from rentomatic.errors import InvalidRequest
from rentomatic.requests.filters import FILTER_KEYS
from rentomatic.requests.search import parse_search
from tests import strategies

Pairs = list[tuple[str, str]]


def parse_query(parameters: Pairs) -> Query:
    return parse_search(parameters).query


def problems_of(parameters: Pairs) -> list[str]:
    with pytest.raises(InvalidRequest) as failure:
        parse_query(parameters)
    return str(failure.value).split("\n")


def test_no_parameters_ask_for_the_first_hundred_rooms() -> None:
    assert parse_query([]) == Query(filters=(), limit=DEFAULT_LIMIT, after=None)
    assert DEFAULT_LIMIT == 100


def test_parameters_become_filters_in_their_order() -> None:
    query = parse_query([("filter_price__lt", "66"), ("filter_price__gt", "48")])

    assert query.filters == (
        Filter("price", Operator.LT, 66),
        Filter("price", Operator.GT, 48),
    )


@pytest.mark.parametrize("limit", [1, 5, MAX_LIMIT])
def test_a_limit_is_kept(limit: int) -> None:
    assert parse_query([("limit", str(limit))]) == Query(limit=limit)


@pytest.mark.parametrize("limit", ["0", "1001", "-1", "", " 5", "5.0", "all", "1_0", "٣"])
def test_a_limit_is_a_whole_number_in_its_range(limit: str) -> None:
    assert problems_of([("limit", limit)]) == ["limit: must be a whole number from 1 to 1000"]


@pytest.mark.parametrize(
    "name", ["price__lt", "Limit", "offset", "", "filter", "FILTER_price__lt"]
)
def test_an_unknown_parameter_is_never_silently_dropped(name: str) -> None:
    assert problems_of([(name, "5")]) == [f"{name}: is not a known parameter"]


@pytest.mark.parametrize("key", ["", "a", "code__lt", "filter_price__lt", "price"])
def test_an_unknown_filter_is_named_without_its_prefix(key: str) -> None:
    assert problems_of([(f"filter_{key}", "5")]) == [f"filters: Key {key} cannot be used"]


@pytest.mark.parametrize("values", [("60", "61"), ("60", "60"), ("60", "60", "60")])
def test_a_parameter_is_given_once(values: tuple[str, ...]) -> None:
    parameters = [("filter_price__lt", value) for value in values]

    assert problems_of(parameters) == ["filter_price__lt: is given more than once"]


def test_a_wrong_value_is_named_by_its_parameter() -> None:
    (problem,) = problems_of([("filter_price__lt", "x")])

    assert problem == "filter_price__lt: must be a whole number from 0 to 2147483647"


def test_every_problem_is_named_at_once() -> None:
    parameters = [
        ("limit", "0"),
        ("limit", "0"),
        ("page", "2"),
        ("filter_a", "1"),
        ("filter_price__lt", "x"),
    ]

    assert {problem.split(":")[0] for problem in problems_of(parameters)} == {
        "limit",
        "page",
        "filters",
        "filter_price__lt",
    }
    assert len(problems_of(parameters)) == 5


@given(
    any_of.lists(
        strategies.filters(),
        unique_by=lambda f: (f.field, f.operator),
        max_size=MAX_CONDITIONS,
    )
)
def test_the_text_of_any_filters_means_those_filters(filters: list[Filter]) -> None:
    parameters = [(f"filter_{f.field}__{f.operator}", openapi_paths(f.value)) for f in filters]

    assert sorted(map(repr, parse_query(parameters).filters)) == sorted(map(repr, filters))


@given(any_of.lists(any_of.tuples(any_of.text(), any_of.text())))
def test_any_text_is_a_search_or_an_invalid_request(parameters: Pairs) -> None:
    with suppress(InvalidRequest):
        assert 1 <= parse_query(parameters).limit <= MAX_LIMIT


def openapi_paths(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def test_a_search_has_a_bounded_number_of_conditions() -> None:
    keys = [key for key in FILTER_KEYS if not key.startswith("code")]
    parameters = [(f"filter_{key}", "1") for key in keys[:MAX_CONDITIONS]]
    parse_query(parameters)

    assert problems_of([*parameters, ("bbox", "1,1,2,2")]) == [
        "filters: must not be more than 20, including bbox, place, within and q"
    ]
