"""Names of places and attribution on the server's map."""

import re

from hypothesis import given
from hypothesis import strategies as st

from rentomatic.domain.conditions import Box
from rentomatic.domain.places import Place
from rentomatic.repository.gazetteer import NO_PLACES
from rentomatic.repository.memory import MemoryRooms
from rentomatic_web.pages.map.names import FONT_SIZE, GAP, LETTER_WIDTH, Name, names_of
from rentomatic_web.pages.map.view import HEIGHT, WIDTH, view_of
from tests.apps import app_of, change_context, client_of
from tests.rooms import room

VIEW = view_of(Box(-1, -1, 1, 1))
EUROPE = "/?bbox=-12,34,35,62"


def place(name: str, longitude: float, latitude: float, population: int = 20_000) -> Place:
    return Place(1, name, "", "XX", "", longitude, latitude, population)


def extent(name: Name) -> tuple[float, float]:
    """Return where a name begins and ends, if its letters are as wide as the others'."""
    width = len(name.text) * LETTER_WIDTH * FONT_SIZE
    return (
        (name.text_x - width, name.text_x) if name.is_left else (name.text_x, name.text_x + width)
    )


def test_a_name_is_on_the_right_of_its_place_or_on_the_left_if_that_is_taken() -> None:
    names = names_of(VIEW, [place("Aa", 0, 0), place("Bb", -0.1, 0), place("Cc", 0.05, 0)])

    assert [(name.text, name.is_left) for name in names] == [("Aa", False), ("Bb", True)]
    assert names[0].text_x == WIDTH / 2 + GAP


def test_the_first_places_have_names_if_there_is_no_space_for_all() -> None:
    crowd = [place(f"Town {number}", number / 1000, 0) for number in range(9)]
    names = names_of(VIEW, crowd)

    assert names[0].text == "Town 0"
    assert len(names) <= 2


places = st.builds(
    place,
    st.sampled_from(["Ur", "Llanfairpwllgwyngyll", "東京", "Санкт-Петербург"]),
    st.floats(-1, 1),
    st.floats(-1, 1),
    st.sampled_from([1_000, 5_000_000]),
)


@given(st.lists(places, max_size=20))
def test_names_are_inside_the_map_and_do_not_overlap(towns: list[Place]) -> None:
    names = names_of(VIEW, towns)

    for number, name in enumerate(names):
        left, right = extent(name)
        assert left >= -1
        assert right <= WIDTH + 1
        assert 0 <= name.y <= HEIGHT
        for other in names[:number]:
            begin, end = extent(other)
            assert abs(name.y - other.y) > FONT_SIZE or right <= begin + 1 or left >= end - 1


def test_the_map_names_the_largest_places_and_their_source() -> None:
    text = client_of(MemoryRooms([room(1)])).get(EUROPE).text

    assert re.search('<text class="town large[^>]*>London</text>', text)
    assert "Skawina" not in text
    assert "Land: Natural Earth · Places: GeoNames, CC BY 4.0</p>" in text
    assert "Skawina" in client_of(MemoryRooms()).get("/?bbox=19.7,49.9,20.2,50.2").text


def test_the_source_of_names_is_not_shown_without_names() -> None:
    app = app_of(MemoryRooms([room(1)]))
    change_context(app, places=NO_PLACES)
    text = app.test_client().get(EUROPE).text

    assert '<text class="town' not in text
    assert "Land: Natural Earth</p>" in text


def test_a_map_of_streets_has_their_source_alone() -> None:
    client = client_of(
        MemoryRooms([room(1)]),
        RENTOMATIC_TILES="/tiles/{z}/{x}/{y}.png",
        RENTOMATIC_TILES_ATTRIBUTION="© Mapmakers",
    )
    text = client.get(EUROPE).text

    assert 'data-attribution="© Mapmakers"' in text
    assert "data-land" not in text
