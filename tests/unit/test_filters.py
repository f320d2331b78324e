"""From a mapping such as {"price__lt": "60"} to filters, or to everything wrong with it."""

from datetime import UTC, datetime

import pytest

from rentomatic.domain.conditions import Filter
from rentomatic.domain.numbers import INT32_MAX
from rentomatic.domain.operators import Operator
from rentomatic.domain.room import FIELDS, TIMES
from rentomatic.errors import InvalidRequest, Problem
from rentomatic.requests.filters import parse_filters

CODE = "3251a5bd-86be-428d-8ae9-6e51a8048c33"

NOT_WHOLE = f"must be a whole number from 0 to {INT32_MAX}"
COMPARISONS = ("eq", "ne", "lt", "lte", "gt", "gte")
NUMBERS = ("size", "price", "longitude", "latitude", "capacity", "min_nights")


def problems_of(filters: object) -> list[str]:
    with pytest.raises(InvalidRequest) as failure:
        parse_filters(filters)
    return str(failure.value).split("\n")


def test_no_filters_are_no_conditions() -> None:
    assert parse_filters({}) == ()


@pytest.mark.parametrize("filters", [5, None, "price__lt", ["price__lt"], {"price__lt"}])
def test_filters_have_to_be_a_mapping(filters: object) -> None:
    assert problems_of(filters) == ["filters: Is not iterable"]


@pytest.mark.parametrize(
    "key",
    [
        "a",
        "",
        "price",
        "price__",
        "__lt",
        "price_lt",
        "price__LT",
        "Price__lt",
        "price__lt ",
        "price__lt__lt",
        "price__between",
        "price__$where",
        "id__eq",
        "_id__eq",
        "code__lt",
        "code__lte",
        "code__gt",
        "code__gte",
        "filter_price__lt",
        "price__lt\0",
        "__class____eq",
    ],
)
def test_a_key_that_is_no_field_with_an_operator_cannot_be_used(key: str) -> None:
    assert problems_of({key: "1"}) == [f"filters: Key {key} cannot be used"]


def test_a_key_need_not_even_be_text() -> None:
    assert problems_of({1: "1"}) == ["filters: Key 1 cannot be used"]


@pytest.mark.parametrize("operator", COMPARISONS)
@pytest.mark.parametrize("field", NUMBERS)
def test_numbers_are_compared_by_every_operator(field: str, operator: str) -> None:
    assert parse_filters({f"{field}__{operator}": "5"}) == (Filter(field, Operator(operator), 5),)


@pytest.mark.parametrize("operator", ["eq", "ne"])
def test_codes_are_equal_or_not(operator: str) -> None:
    filters = parse_filters({f"code__{operator}": CODE.upper()})

    assert filters == (Filter("code", Operator(operator), CODE),)


def test_every_field_says_by_which_operators_it_is_filtered() -> None:
    declared = {name: set(each.operators) for name, each in (FIELDS | TIMES).items()}
    assert {name: found for name, found in declared.items() if found} == {
        **{name: {"eq", "ne", "in"} for name in ("code", "kind", "source", "reference")},
        **{field: {*COMPARISONS, "in"} for field in NUMBERS},
        "features": {"all", "any", "none"},
        **{name: {"lt", "lte", "gt", "gte"} for name in ("created", "updated")},
    }


@pytest.mark.parametrize("operator", ["all", "any", "none"])
def test_features_are_a_list_of_words(operator: str) -> None:
    parsed = parse_filters({f"features__{operator}": "WiFi,balcony"})

    assert parsed == (Filter("features", Operator(operator), ("wifi", "balcony")),)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T18:00", datetime(2026, 1, 31, 18, tzinfo=UTC)),
        ("2026-01-31T18:00+02:00", datetime(2026, 1, 31, 16, tzinfo=UTC)),
    ],
)
def test_a_time_is_a_date_or_a_time(text: str, time: datetime) -> None:
    assert parse_filters({"created__gte": text}) == (Filter("created", Operator.GTE, time),)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "0001-01-01T00:00+23:00"])
def test_another_text_is_no_time(text: str) -> None:
    assert problems_of({"updated__lt": text}) == [
        "updated__lt: must be a date or time such as 2030-01-31T18:00Z"
    ]


def test_a_kind_is_a_word() -> None:
    assert parse_filters({"kind__in": "Studio,house"})[0].value == ("studio", "house")
    assert problems_of({"kind__eq": "two words"}) == [
        "kind__eq: must be a word without blanks and punctuation, such as living-room"
    ]


@pytest.mark.parametrize("price", [60, "60", "060"])
def test_a_price_may_be_text(price: object) -> None:
    assert parse_filters({"price__lt": price}) == (Filter("price", Operator.LT, 60),)


def test_values_have_the_type_of_their_field() -> None:
    filters = parse_filters({"price__lt": "60", "longitude__gt": "1", "latitude__in": "2,3"})

    assert repr([f.value for f in filters]) == "[60, 1.0, (2.0, 3.0)]"


@pytest.mark.parametrize(
    "value", [True, None, 60.0, -1, INT32_MAX + 1, "", "abc", "60,61", [60], {"$gt": 0}, b"60"]
)
def test_a_price_has_to_be_a_whole_number(value: object) -> None:
    assert problems_of({"price__lt": value}) == [f"price__lt: {NOT_WHOLE}"]


@pytest.mark.parametrize("value", ["", "NaN", "Infinity", "1e400", "x", None, float("inf")])
def test_a_coordinate_has_to_be_finite(value: object) -> None:
    assert problems_of({"latitude__lt": value}) == ["latitude__lt: must be a finite number"]


@pytest.mark.parametrize("value", ["-200", "1e300", -200, 1e300])
def test_a_coordinate_to_compare_with_may_lie_outside_of_the_world(value: object) -> None:
    parse_filters({"longitude__lt": value})


@pytest.mark.parametrize("value", ["", "5", 5, None, CODE + ",", CODE[:-1] + "_"])
def test_a_code_has_to_be_a_uuid(value: object) -> None:
    assert problems_of({"code__eq": value}) == ["code__eq: must be a UUID"]


def test_in_takes_values_between_commas() -> None:
    filters = parse_filters({"price__in": "60,39,60", "code__in": f"{{{CODE}}},{CODE.upper()}"})

    assert filters == (
        Filter("code", Operator.IN, (CODE, CODE)),
        Filter("price", Operator.IN, (60, 39, 60)),
    )


@pytest.mark.parametrize("value", ["", ",", "60,", ",60", "60,,61", "60, 61", "60;61", [60, 61]])
def test_every_value_of_in_is_checked(value: object) -> None:
    assert problems_of({"price__in": value}) == [f"price__in: {NOT_WHOLE}"]


def test_in_takes_a_hundred_values_and_no_more() -> None:
    (found,) = parse_filters({"price__in": ",".join(["60"] * 100)})

    assert found.value == (60,) * 100
    assert problems_of({"price__in": ",".join(["60"] * 101)}) == [
        "price__in: must not have more than 100 values"
    ]


def test_every_problem_is_named_at_once_in_the_order_of_the_filters() -> None:
    filters = {"price__lt": "x", "a": 1, "size__gt": "5", "code__eq": "y", "code__lt": CODE}

    assert problems_of(filters) == [
        f"price__lt: {NOT_WHOLE}",
        "filters: Key a cannot be used",
        "code__eq: must be a UUID",
        "filters: Key code__lt cannot be used",
    ]


def test_a_prefix_is_what_a_parameter_is_called_outside() -> None:
    with pytest.raises(InvalidRequest) as failure:
        parse_filters({"price__lt": "x", "a": "1"}, prefix="filter_")

    assert failure.value.problems == (
        Problem("filter_price__lt", NOT_WHOLE),
        Problem("filters", "Key a cannot be used"),
    )


def test_filters_have_one_order_whatever_the_order_of_the_parameters() -> None:
    texts = {"size__gte": "1", "price__lt": "60", "price__gt": "5", "code__ne": CODE}

    assert parse_filters(texts) == parse_filters(dict(reversed(texts.items())))
