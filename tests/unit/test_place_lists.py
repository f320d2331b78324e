"""Keys of names, the lists of names in the file of places, and its index of positions."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rentomatic.domain.conditions import Box
from rentomatic_places.database import Database
from rentomatic_places.lists import LATER_WORD, OWN, TITLE, Name, decode, encode
from rentomatic_places.names import key_of
from rentomatic_places.positions import LEVELS, inside

keys = st.text(st.characters(exclude_characters="\t\n", exclude_categories=["Cs"]), max_size=60)
texts = st.sampled_from([OWN, LATER_WORD, TITLE, "Łódź", "東京"])
names = st.builds(Name, keys, st.integers(1, 2**31), texts)


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("krakow", ["Kraków", "KRAKÓW", " krakow "]),
        ("lodz", ["Łódź"]),
        ("saint louis", ["St. Louis", "St Louis", "Saint-Louis", "st.louis"]),
        ("st", ["St", "St."]),
        ("istanbul", ["İstanbul", "ISTANBUL"]),
        ("strassburg", ["Straßburg"]),
        ("laquila", ["L'Aquila", "L’Aquila"]),
        ("washington dc", ["Washington, D.C.", "Washington DC"]),
        ("ニューヨーク", ["ニューヨーク", "ﾆｭｰﾖｰｸ", "ニュー・ヨーク"]),
        ("القاهره", ["القاهرة", "القاهره"]),
        ("", ["", "?!", "-"]),
    ],
)
def test_a_key_has_neither_case_nor_accents_nor_punctuation(key: str, written: list[str]) -> None:
    assert [key_of(each) for each in written] == [key_of(key)] * len(written)


@given(st.lists(names, min_size=1, max_size=60))
def test_a_list_of_names_is_decoded_as_it_was(listed: list[Name]) -> None:
    assert [*decode(encode(sorted(listed)))] == sorted(listed)


@pytest.mark.parametrize("levels", [[0], [3], LEVELS])
def test_the_index_finds_places_inside_a_box(levels: Sequence[int]) -> None:
    statement, parameters = inside(Box(19.0, 49.0, 21.0, 51.0), levels)
    ((*_, plan),) = Database().rows(f"EXPLAIN QUERY PLAN {statement}", parameters)

    assert "USING INDEX place_position" in plan
    assert "longitude>?" in plan
