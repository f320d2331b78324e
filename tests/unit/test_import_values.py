"""Values of files: any cell and any JSON value is a value of a room or a problem."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as any_of

from rentomatic.imports.numbers import NOTATIONS, notation_of
from rentomatic.imports.prices import Money
from rentomatic.imports.values import NumberOptions, reader_of, says_yes
from rentomatic.requests.field_values import COLUMNS

NUMBERS = any_of.text(
    alphabet="0123456789.,' -–+e€$£%/²mftsq\N{NO-BREAK SPACE}½①٣５万", max_size=15
)
SCALARS = any_of.none() | any_of.booleans() | any_of.integers() | any_of.floats() | any_of.text()
VALUES = any_of.recursive(
    SCALARS | NUMBERS | any_of.just(10**400),
    lambda inner: any_of.lists(inner) | any_of.dictionaries(any_of.text(), inner),
    max_leaves=4,
)
OPTIONS = any_of.builds(
    NumberOptions,
    any_of.none() | any_of.sampled_from(list(NOTATIONS.values())),
    any_of.just(Money()),
    any_of.booleans(),
)


@pytest.mark.parametrize("name", COLUMNS)
@given(value=VALUES, options=OPTIONS)
def test_any_value_is_read_or_a_problem(name: str, value: Any, options: NumberOptions) -> None:
    with suppress(ValueError):
        reader_of(name, options)(value)


@given(VALUES)
def test_any_value_says_yes_or_no_or_is_a_problem(value: Any) -> None:
    with suppress(ValueError):
        assert says_yes(value) in (True, False)


@given(any_of.lists(NUMBERS | any_of.text()))
def test_any_texts_have_a_notation_or_none(texts: list[str]) -> None:
    assert notation_of(texts) in ("", *NOTATIONS)
