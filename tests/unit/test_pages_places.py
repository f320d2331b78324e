"""The place of a search, as the server reads and shows it: no scripts are needed."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

from rentomatic.domain.conditions import Filters
from rentomatic.domain.room import Room
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.gazetteer import NO_PLACES
from rentomatic.repository.memory import MemoryRooms
from tests.apps import app_of, change_context
from tests.gazetteers import CAMBRIDGE, CAMBRIDGE_US, KRAKOW, FewPlaces
from tests.rooms import room

IN_KRAKOW = f"/?place={KRAKOW.id}"
KRAKOW_TEXT = "Kraków, Lesser Poland, Poland"


def near_krakow(number: int, longitude: float = 19.94, **values: object) -> Room:
    return room(number, price=10 * number, longitude=longitude, latitude=50.06, **values)


ROOMS = [near_krakow(1), near_krakow(2, 19.95), near_krakow(3, 20.17)]  # the last one: 17 km


def client_with(rooms: MemoryRooms, **settings: str) -> FlaskClient:
    app = app_of(rooms, None, **settings)
    change_context(app, places=FewPlaces())
    return app.test_client()


@pytest.fixture
def client() -> FlaskClient:
    return client_with(MemoryRooms(ROOMS))


def codes(text: str) -> list[int]:
    return [int(code[-12:]) for code in re.findall(r'class="card" data-code="([^"]+)"', text)]


def location(client: FlaskClient, query: str, **values: str) -> str:
    answer = client.get(f"/?{query}&{urlencode(values)}" if values else f"/?{query}")
    assert answer.status_code == 303
    return answer.headers["Location"]


def heading(text: str) -> str:
    (found,) = re.findall(r'<h1 id="count">(.*?)</h1>', text, re.DOTALL)
    return str(found).strip()


def chips(text: str) -> dict[str, str]:
    """Return the conditions of a page, and the URLs without each."""
    found = re.findall(r"<li>([^<]+) <a href=\"([^\"]+)\" aria-label=\"Remove", text)
    return {condition: unescape(url) for condition, url in found}


def test_a_typed_place_is_found_by_the_server(client: FlaskClient) -> None:
    found = location(client, "where=krakow&place=&filter_price__lte=20&filter_size__lte=")

    assert found == f"/?filter_price__lte=20&place={KRAKOW.id}"
    assert codes(client.get(found).text) == [1, 2]


def test_the_page_of_a_place_names_it(client: FlaskClient) -> None:
    text = client.get(IN_KRAKOW).text

    assert heading(text) == "2 rooms in Kraków"
    assert "<title>2 rooms to rent in Kraków</title>" in text
    assert (
        f'name="where" autocomplete="off" placeholder="Town or city" value="{KRAKOW_TEXT}"' in text
    )
    assert f'<input type="hidden" name="place" value="{KRAKOW.id}">' in text
    assert chips(text) == {"within 15 km of Kraków": "/"}
    assert "Names of places" in text
    assert heading(client.get("/").text) == "3 rooms"


def test_a_place_that_is_not_changed_is_kept(client: FlaskClient) -> None:
    query = f"place={KRAKOW.id}&within=50000&sort=distance"

    assert location(client, query, where=KRAKOW_TEXT) == f"/?{query}"


def test_another_text_replaces_the_place_and_the_part_of_the_map(client: FlaskClient) -> None:
    query = f"place={CAMBRIDGE.id}&bbox=1,2,3,4&cursor=x&sort=size"
    point = "near_longitude=1&near_latitude=2&sort=distance"

    assert location(client, query, where="Kraków") == f"/?place={KRAKOW.id}&sort=size"
    assert location(client, point, where="krak") == f"/?sort=distance&place={KRAKOW.id}"


def test_an_empty_text_removes_the_place_and_what_needs_it(client: FlaskClient) -> None:
    query = f"place={KRAKOW.id}&within=50000&sort=-distance&filter_price__lte=9"

    assert location(client, query, where=" ") == "/?filter_price__lte=9"


def test_several_places_of_a_name_are_a_choice() -> None:
    rooms = MemoryRooms([*ROOMS, room(9, longitude=-71.1, latitude=42.4, price=5)])
    answer = client_with(rooms).get("/?where=cambridge&filter_price__lte=9&sort=size")
    links = re.findall(r'<a href="([^"]+)"><strong>(.*?)</strong> (.*?)</a>', answer.text)

    assert answer.status_code == 200
    assert [(unescape(url), name, area) for url, name, area in links] == [
        (f"/?filter_price__lte=9&sort=size&place={place.id}", "Cambridge", area)
        for place, area in (
            (CAMBRIDGE, "England, United Kingdom"),
            (CAMBRIDGE_US, "Massachusetts, United States"),
        )
    ]
    assert re.findall(r'<span class="unit">(\d rooms?)</span></li>', answer.text) == [
        "0 rooms",
        "1 room",
    ]
    assert 'value="cambridge"' in answer.text
    assert (
        'name="filter_price__lte" inputmode="numeric" autocomplete="off" value="9"' in answer.text
    )


def test_choices_name_countries_in_the_language_of_the_page(client: FlaskClient) -> None:
    text = client.get("/?where=cambridge&lang=de").text

    assert "England, Vereinigtes Königreich" in text
    assert "United Kingdom" not in text


@pytest.mark.parametrize(
    "path", [IN_KRAKOW, f"/rooms/{ROOMS[0].code}", "/rooms-in/pl/krakow-3094802"]
)
def test_the_source_of_places_is_shown_once_below_the_map(path: str) -> None:
    page = app_of(MemoryRooms(ROOMS)).test_client().get(path, headers={"Accept": "text/html"})

    shown = re.findall(r">[^<]*GeoNames[^<]*<", page.text)
    assert shown == [">Land: Natural Earth · Places: GeoNames, CC BY 4.0<"]


def test_street_tiles_do_not_hide_the_source_of_places() -> None:
    tiles = "https://tiles.example/{z}/{x}/{y}.png"
    client = app_of(MemoryRooms(ROOMS), RENTOMATIC_TILES=tiles).test_client()
    page = client.get("/rooms-in/pl/krakow-3094802")

    assert '<p class="unit">Places: GeoNames, CC BY 4.0</p>' in page.text


def test_places_are_a_choice_while_rooms_cannot_be_counted() -> None:
    class Busy(MemoryRooms):
        def count(self, filters: Filters = ()) -> int:  # noqa: ARG002
            raise RepositoryUnavailable

    text = client_with(Busy()).get("/?where=cambridge").text

    assert text.count("<strong>Cambridge</strong>") == 2
    assert "0 rooms" not in text


def test_an_unknown_place_keeps_the_rest_of_the_search(client: FlaskClient) -> None:
    text = client.get("/?where=Atlantis%3C&filter_price__lte=9").text

    assert "No place is known by the name “Atlantis&lt;”" in text
    assert '<a href="/?filter_price__lte=9">Search everywhere</a>' in text


@pytest.mark.parametrize(
    ("where", "problem"),
    [
        ("...", "must have a letter or digit"),
        ("a" * 201, "must not have more than 200 characters"),
    ],
)
def test_a_text_that_is_no_name_is_a_problem_of_its_field(
    client: FlaskClient, where: str, problem: str
) -> None:
    answer = client.get(f"/?where={where}&filter_price__lte=9")

    assert answer.status_code == 400
    assert f'<p class="problem" id="where-problem">{problem}</p>' in answer.text
    assert f'value="{where}" aria-invalid="true" aria-describedby="where-problem"' in answer.text


def test_a_place_that_does_not_exist_is_a_problem(client: FlaskClient) -> None:
    for place in ("5", "x", "9" * 30):
        answer = client.get(f"/?place={place}")
        assert answer.status_code == 400
        assert "Place: must be" in answer.text


def radii(text: str) -> list[tuple[str, str, str]]:
    select = text.partition('<select name="within">')[2].partition("</select>")[0]
    return [
        (value, chosen.strip(), shown)
        for value, chosen, shown in re.findall(r'<option value="(\w*)"([^>]*)>(.*?)<', select)
    ]


def test_the_radius_is_chosen_from_a_list(client: FlaskClient) -> None:
    assert radii(client.get("/").text) == []
    assert radii(client.get(IN_KRAKOW).text) == [
        ("2000", "", "2 km"),
        ("5000", "", "5 km"),
        ("10000", "", "10 km"),
        ("", "selected", "15 km"),
        ("20000", "", "20 km"),
        ("50000", "", "50 km"),
        ("100000", "", "100 km"),
    ]
    assert ("17500", "selected", "17.5 km") in radii(client.get(f"{IN_KRAKOW}&within=17500").text)
    assert codes(client.get(f"{IN_KRAKOW}&within=20000").text) == [1, 2, 3]
    assert client.get(f"{IN_KRAKOW}&within=x").status_code == 400


@pytest.mark.parametrize(
    ("within", "option"),
    [
        ("0", ("0", "0 m")),
        ("300.5", ("300.5", "300 m")),
        ("1234567", ("1234567", "1,234.6 km")),
        ("1e300", ("1e+300", "20,015.1 km")),
    ],
)
def test_any_radius_is_shown_and_kept(
    client: FlaskClient, within: str, option: tuple[str, str]
) -> None:
    text = client.get(f"{IN_KRAKOW}&within={within}").text
    value, name = option

    assert f'<option value="{value}" selected>{name}</option>' in text
    assert f"within {name} of Kraków" in text


def test_the_radius_around_a_point_stays_in_the_form(client: FlaskClient) -> None:
    text = client.get("/?near_longitude=1&near_latitude=2&within=500").text

    assert '<input type="hidden" name="within" value="500">' in text


def test_without_a_point_nothing_is_sorted_by_distance(client: FlaskClient) -> None:
    assert "nearest first" not in client.get("/?sort=distance&within=5").text
    assert "nearest first" in client.get(IN_KRAKOW).text
    assert codes(client.get(f"{IN_KRAKOW}&within=20000&sort=-distance").text) == [3, 2, 1]


def test_cards_show_the_distance_only_if_it_matters(client: FlaskClient) -> None:
    for query in ("&sort=distance", "&within=20000"):
        assert "m away" in client.get(IN_KRAKOW + query).text
    assert "away" not in client.get(IN_KRAKOW).text


def test_links_that_move_the_map_leave_the_place(client: FlaskClient) -> None:
    text = client.get(f"{IN_KRAKOW}&within=9000&sort=distance&filter_price__lte=9").text
    (url,) = re.findall(r'<a href="([^"]+)" aria-label="Zoom in"', text)

    assert re.fullmatch(r"/\?filter_price__lte=9&amp;bbox=[\d.,]+", url)


def test_the_map_shows_all_of_the_place() -> None:
    rooms = MemoryRooms(near_krakow(number) for number in range(1, 41))
    text = client_with(rooms).get(IN_KRAKOW).text
    (box,) = re.findall(r'data-bbox="([^"]+)"', text)
    west, south, east, north = map(float, box.split(","))

    assert west < 19.74
    assert east > 20.13
    assert south < 49.93
    assert north > 50.19
    assert ">40</text>" in text  # a group


def test_a_place_without_rooms_offers_the_nearest(client: FlaskClient) -> None:
    text = client.get(f"/?place={CAMBRIDGE.id}").text

    assert heading(text) == "0 rooms in Cambridge"
    assert "No rooms in Cambridge yet." in text
    assert "<h2>The nearest rooms</h2>" in text
    assert codes(text) == [1, 2, 3]
    assert "km away" in text
    assert text.count('class="pin"') == 3
    assert "With a larger radius" not in text  # Kraków is farther than each


def test_the_nearest_rooms_meet_the_other_conditions_if_there_are_some(
    client: FlaskClient,
) -> None:
    some = client.get(f"/?place={CAMBRIDGE.id}&filter_price__gte=20").text
    none = client.get(f"/?place={CAMBRIDGE.id}&filter_price__gte=99").text

    assert "No rooms in Cambridge match." in some
    assert codes(some) == [2, 3]
    assert "The nearest rooms, without the other conditions" in none
    assert codes(none) == [1, 2, 3]


def test_larger_radii_are_offered_if_they_have_rooms(client: FlaskClient) -> None:
    text = client.get(f"{IN_KRAKOW}&filter_price__gte=30&within=2000").text
    (links,) = re.findall(r"With a larger radius:(.*?)</p>", text, re.DOTALL)

    assert re.findall(r'within=(\d+)">', links) == ["20000", "50000", "100000"]
    assert codes(text) == [3]


def test_nothing_is_near_if_there_are_no_rooms() -> None:
    text = client_with(MemoryRooms()).get(IN_KRAKOW).text

    assert "No rooms in Kraków yet." in text
    assert "nearest rooms" not in text


def test_rooms_without_an_address_name_the_nearest_place() -> None:
    rooms = MemoryRooms([near_krakow(1), near_krakow(2, address={"locality": "Wieliczka"})])
    client = client_with(rooms)
    pages = [
        client.get(f"/rooms/{each.code}", headers={"Accept": "text/html"}).text
        for each in (near_krakow(1), near_krakow(2))
    ]

    assert client.get("/").text.count("near Kraków") == 1
    assert "<dt>Place</dt><dd>near Kraków</dd>" in pages[0]
    assert "<dt>Place</dt>" not in pages[1]


def test_recent_searches_have_a_text_on_pages_that_everyone_may_read(client: FlaskClient) -> None:
    text = client.get(f"{IN_KRAKOW}&filter_price__lte=60").text

    assert 'data-search="within 15 km of Kraków, price up to 60"' in text
    assert '<section id="recent"' in text
    assert "data-search" not in client.get("/").text
    assert "recent" not in client_with(MemoryRooms(), RENTOMATIC_READING="token").get("/").text


def test_without_places_there_is_no_field_for_one() -> None:
    app = app_of(MemoryRooms(ROOMS))
    change_context(app, places=NO_PLACES)
    text = app.test_client().get("/").text

    assert 'name="where"' not in text
    assert "places.js" not in text
    assert "near" not in text
