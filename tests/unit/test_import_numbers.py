"""Numbers of files: their notations, units, currencies and periods."""

import re
from decimal import Decimal

import pytest

from rentomatic.imports.numbers import (
    NOTATIONS,
    notation_of,
    parse_area,
    parse_coordinate,
)
from rentomatic.imports.prices import Money, parse_price
from tests.imports import reading_of, rejected, rows_of
from tests.rooms import HEADER, line, room

EUROS = Money("EUR", "month")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("500", "500"),
        (" 500.0 ", "500.0"),
        ("722,24 €/kk", "722.24"),
        ("€ 1'234.50", "1234.50"),
        ("1’234.50", "1234.50"),
        ("501.000,00", "501000.00"),
        ("1,234,567", "1234567"),
        ("1 200 €", "1200"),
        ("1\N{NARROW NO-BREAK SPACE}200\N{NO-BREAK SPACE}€", "1200"),
        ("500 EUR pcm", "500"),
        ("EUR 500 p.m.", "500"),
        ("500 € par mois", "500"),
        ("500 €/Monat", "500"),
        ("５００円", None),
        ("-5", "-5"),
    ],
)
def test_a_price_may_have_a_currency_and_a_period(text: str, number: str | None) -> None:
    if number is None:
        with pytest.raises(ValueError, match="is in JPY"):
            parse_price(text, None, EUROS)
    else:
        assert parse_price(text, None, EUROS) == Decimal(number)


def test_a_price_may_be_in_multiples() -> None:
    yen = Money("JPY", "month")

    assert parse_price("8.55万円", None, yen) == 85_500
    assert parse_price("8.5 万円/月", None, yen) == 85_000
    with pytest.raises(ValueError, match=r"^is more than one number"):
        parse_price("8万5千円", None, yen)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("500 - 650", "is a range: '500 - 650'"),
        ("500–650 €", "is a range: '500-650 €'"),
        ("500 bis 650", "is a range: '500 bis 650'"),
        ("on request", "is on request: 'on request'"),
        ("Preis auf Anfrage", "is on request: 'preis auf anfrage'"),
        ("from 500", "is a limit: 'from 500'"),
        ("ab 500 €", "is a limit: 'ab 500'"),
        ("100 €/viikko", "is per week, but prices are per month"),
        ("35 € pro Nacht", "is per day, but prices are per month"),
        ("£500", "is in GBP, but prices are in EUR"),
        ("1 200 zł", "is in PLN, but prices are in EUR"),
        ("500 plus", "must be a price without other words: '500 plus'"),
        ("12 34", "must be a number like"),
        ("1.000", "is ambiguous: 1.000 may be a decimal, or a number with thousands"),
        ("1" * 201, "must not have more than 200 characters"),
    ],
)
def test_other_prices_are_never_guessed(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)) as failure:
        parse_price(text, None, EUROS)

    assert str(failure.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("42,5 m²", "42.5"),
        ("42.5m2", "42.5"),
        ("20 qm", "20"),
        ("20㎡", "20"),
        ("500 sq ft", "46"),
        ("500 sq. ft.", "46"),
        ("20 square metres", "20"),
    ],
)
def test_an_area_is_converted_to_square_metres(text: str, number: str) -> None:
    assert parse_area(text, None) == Decimal(number)


@pytest.mark.parametrize("text", ["20 m", "about 20 m²", "20 m² 215 sq ft"])
def test_other_areas_are_rejected(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(must be an area|is more than one number)"):
        parse_area(text, None)


@pytest.mark.parametrize("name", NOTATIONS)
def test_a_notation_reads_its_own_example(name: str) -> None:
    assert parse_price(name, NOTATIONS[name], EUROS) == Decimal("1234.56")


def test_a_number_in_another_notation_is_rejected() -> None:
    with pytest.raises(ValueError, match=r"^must be a number like 1\.234,56: '12\.5'"):
        parse_price("12.5", NOTATIONS["1.234,56"], EUROS)


@pytest.mark.parametrize(
    ("texts", "notation"),
    [
        (["722,24 €", "1.000"], "1.234,56"),
        (["12.5 m²", "1.000"], "1,234.56"),
        (["1 200", "500"], "1 234,56"),
        (["1'200"], "1'234.56"),
        (["1.000.000", "1.000"], "1.234,56"),
        (["1.000", "500"], ""),
        (["1,5", "1.5"], ""),
        ([], ""),
    ],
)
def test_numbers_with_one_meaning_tell_the_notation(texts: list[str], notation: str) -> None:
    assert notation_of(texts) == notation


@pytest.mark.parametrize(("text", "degrees"), [("-23,82378", -23.82378), ("48.8841°", 48.8841)])
def test_degrees_may_have_a_comma(text: str, degrees: float) -> None:
    assert parse_coordinate(text) == degrees


def test_the_column_tells_what_its_numbers_mean_and_the_report_says_so() -> None:
    text = HEADER + line(1, price='"1.000"') + line(2, price='"12,00"')
    reading = reading_of("csv", text)

    assert list(reading) == [room(1, price=1000), room(2, price=12)]
    assert reading.facts["numbers"] == {"price": "1.234,56"}


def test_without_other_numbers_the_notation_must_be_named() -> None:
    text = HEADER + line(1, price="1.000")
    meanings = "1.000 may be a decimal, or a number with thousands"

    assert rows_of("csv", text) == [
        rejected(2, "price", f"is ambiguous: {meanings}; set the notation of numbers")
    ]
    assert rows_of("csv", text, {"numbers": "1.234,56"}) == [room(1, price=1000)]
    assert rows_of("csv", text, {"numbers": "1,234.56"}) == [room(1, price=1)]


def test_currency_and_period_are_those_of_the_import() -> None:
    text = HEADER + line(1, price="50 zł/month")

    assert rows_of("csv", text, {"currency": "PLN", "period": "month"}) == [room(1)]
    assert rows_of("csv", text) == [rejected(2, "price", "is in PLN, but prices are in EUR")]
