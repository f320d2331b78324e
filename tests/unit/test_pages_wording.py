"""How pages write numbers and conditions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rentomatic.domain.globe import Point
from rentomatic.repository.memory import MemoryRooms
from rentomatic.responses import Facet
from rentomatic_web.pages.texts.labels import parameter_words
from rentomatic_web.pages.texts.numbers import grouped, money, short_count
from rentomatic_web.pages.texts.wording import bars, cluster_radius, distance_text, summary
from tests.apps import app_of
from tests.rooms import room


def plain(text: str) -> str:
    """Return the text with ordinary spaces instead of those at which no line breaks."""
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")


def test_thousands_stand_apart() -> None:
    assert grouped(999) == "999"
    assert plain(grouped(1234567)) == "1,234,567"
    assert plain(grouped(1234.5, 2)) == "1,234.50"


@pytest.mark.parametrize(("code", "text"), [("EUR", "€1,200"), ("CHF", "CHF 1,200")])
def test_money_is_of_the_currency_of_the_settings(code: str, text: str) -> None:
    with app_of(MemoryRooms(), RENTOMATIC_CURRENCY=code).app_context():
        assert plain(money(1200)) == text


@pytest.mark.parametrize(
    ("count", "text"), [(7, "7"), (999, "999"), (1000, "1K"), (12345, "12.3K"), (2500000, "2.5M")]
)
def test_large_counts_are_short(count: int, text: str) -> None:
    assert short_count(count) == text


@given(st.integers(1, 900_000_000))
def test_a_count_has_room_in_its_circle(count: int) -> None:
    assert len(short_count(count)) <= 5
    assert cluster_radius(count) > 3 * len(short_count(count))


def test_distances_are_metres_or_kilometres() -> None:
    here = room(longitude=0, latitude=0)

    assert plain(distance_text(here, Point(0, 0.001))) == "111 m"
    assert plain(distance_text(here, Point(0, 0.1))) == "11.1 km"
    assert plain(distance_text(here, Point(0, 45))) == "5,004 km"


@pytest.mark.parametrize(
    ("parameter", "text"),
    [
        ("filter_price__lte", "price up to"),
        ("filter_size", "size of"),
        ("filter_code__in", "code among"),
        ("bbox", "map area"),
        ("q", "words"),
        ("filter_min_nights__lte", "shortest stay up to"),
    ],
)
def test_parameters_have_words(parameter: str, text: str) -> None:
    assert parameter_words(parameter) == text


def test_a_long_description_is_cut_at_a_word() -> None:
    text = summary(room(description="word " * 100))

    assert len(text) <= 160
    assert text.endswith("word…")


def test_the_most_frequent_part_is_the_highest_bar() -> None:
    found = bars(Facet(1, 4, (1, 4, 0, 2)))

    assert [bar.height for bar in found] == [25, 100, 0, 50]
    assert [bar.x for bar in found] == [0, 25, 50, 75]
    assert {bar.width for bar in found} == {25}


def test_without_rooms_there_are_no_bars_to_see() -> None:
    assert {bar.height for bar in bars(Facet(None, None, (0, 0)))} == {0}
