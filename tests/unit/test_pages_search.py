"""The search page as the server sends it."""

import re

import pytest
from flask.testing import FlaskClient

from rentomatic.repository.memory import MemoryRooms
from tests.apps import client_of
from tests.rooms import room

POINT = "near_longitude=19.94&near_latitude=50.06"


@pytest.fixture
def client() -> FlaskClient:
    return client_of(MemoryRooms(room(number, price=number) for number in range(1, 41)))


def codes(text: str) -> list[int]:
    return [int(code[-12:]) for code in re.findall(r'class="card" data-code="([^"]+)"', text)]


def test_blank_fields_are_taken_out_of_the_url(client: FlaskClient) -> None:
    answer = client.get("/?filter_price__gte=&filter_price__lte=9&sort=price")

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/?filter_price__lte=9&sort=price"


def test_names_that_are_not_of_a_search_are_ignored(client: FlaskClient) -> None:
    assert client.get("/?utm_source=letter&limit=1").text.count('class="card"') == 24


def test_pages_follow_one_another(client: FlaskClient) -> None:
    first = client.get("/?sort=-price").text
    (link,) = re.findall(r'<a rel="next" href="([^"]+)"', first)
    second = client.get(link.replace("&amp;", "&")).text

    assert codes(first) == list(range(40, 16, -1))
    assert codes(second) == list(range(16, 0, -1))
    assert re.search(r'<a rel="prev"', second)
    assert not re.search(r'<a rel="next"', second)


def test_the_map_has_a_pin_for_each_card_and_groups_only_for_a_part(client: FlaskClient) -> None:
    everywhere, part = (client.get(path).text for path in ("/", "/?bbox=19,50,20,51"))

    assert everywhere.count('class="pin"') == part.count('class="pin"') == 24
    assert "<circle" not in groups(everywhere)
    assert ">40</text>" in groups(part)


def groups(text: str) -> str:
    return text.partition('<g class="clusters">')[2].partition("</g>")[0]


def test_conditions_without_a_field_can_be_taken_out(client: FlaskClient) -> None:
    text = client.get(f"/?filter_size__eq=20&filter_price__lt=9&{POINT}&within=500").text

    for words in ("size of 20", "price below 9", "within 500 metres"):
        assert f'aria-label="Remove: {words}"' in text
    assert "/?filter_size__eq=20&amp;" + POINT.replace("&", "&amp;") in text


def test_only_who_names_a_point_can_have_the_nearest_first(client: FlaskClient) -> None:
    assert "nearest first" not in client.get("/").text
    assert "nearest first" in client.get(f"/?{POINT}").text


def test_what_finds_nothing_says_what_stands_in_the_way(client: FlaskClient) -> None:
    text = client.get("/?filter_price__gt=40&filter_size__gte=5").text

    assert '<a href="/?filter_size__gte=5">Without “price above 40”</a>: 40 rooms' in text
    assert "Without “size" not in text


@pytest.mark.parametrize("query", ["filter_price__lte=x", "bbox=1,2,3", "sort=garden", "cursor=x"])
def test_a_search_that_does_not_work_names_its_problems(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/?{query}")

    assert answer.status_code == 400
    assert answer.mimetype == "text/html"
    assert 'role="alert"' in answer.text
    assert "map.js" not in answer.text


def test_what_was_typed_is_text_and_no_markup(client: FlaskClient) -> None:
    answer = client.get("/?filter_price__lte=%22%3E%3Cscript%3E")

    assert 'value="&#34;&gt;&lt;script&gt;"' in answer.text


def test_pages_have_neither_styles_nor_scripts_in_them(client: FlaskClient) -> None:
    for path in ("/", "/?filter_price__lte=x", f"/rooms/{room(1).code}"):
        text = client.get(path, headers={"Accept": "text/html"}).text
        scripts = re.findall(r"<script(?! src=| type=\"application/ld)", text)
        assert not re.search(r"<style|\sstyle=|\son\w+=", text)
        assert not scripts


def test_leaflet_is_served_under_its_version(client: FlaskClient) -> None:
    (path,) = re.findall(r'src="(/static/leaflet/[\d.]+/leaflet.js)"', client.get("/").text)
    with client.get(path) as answer:
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
    with client.get(path, headers={"If-None-Match": answer.headers["ETag"]}) as kept:
        assert kept.status_code == 304
    missing = client.get(path.replace("leaflet.js", "../__init__.py"))
    assert missing.status_code == 404
    assert missing.headers["Cache-Control"] == "no-store"


def test_on_the_map_of_a_room_its_own_pin_is_highlighted(client: FlaskClient) -> None:
    page = client.get(f"/rooms/{room(7).code}", headers={"Accept": "text/html"}).text

    assert re.findall(r'class="pin highlighted" href="/rooms/([^"]+)"', page) == [room(7).code]
