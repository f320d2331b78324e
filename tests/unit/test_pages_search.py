"""The search page as the server sends it."""

import re

import pytest
from flask.testing import FlaskClient

from rentomatic.domain.conditions import Filters
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.memory import MemoryRooms
from rentomatic.responses import Facet
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


@pytest.fixture
def offers() -> FlaskClient:
    """Rooms with words; the second has no size, and the third is one of the book."""
    return client_of(
        MemoryRooms(
            [
                room(
                    1,
                    title="Sunny studio",
                    kind="studio",
                    features=["wifi", "balcony"],
                    capacity=2,
                    photos=[{"url": "https://photos.example/1.jpg", "alt": "The bed"}],
                    address={"locality": "Kraków"},
                ),
                room(2, kind="house", features=["wifi"], size=None),
                room(3),
            ]
        ),
        RENTOMATIC_PHOTOS="photos.example",
    )


def boxes(text: str) -> dict[str, str]:
    """Return the checkboxes of the form: their words, and the rest of their tags."""
    return dict(re.findall(r'<input type="checkbox" name="\w+" value="([^"]+)"([^>]*)>', text))


def test_rooms_of_the_book_have_no_fields_for_words(client: FlaskClient) -> None:
    text = client.get("/").text

    assert 'name="q"' not in text
    assert "filter_capacity__gte" not in text
    assert "More filters" not in text
    assert not boxes(text)
    assert "without a size" not in text
    assert 'class="cover"' not in text
    assert "<p>20 m² <span" in text


def test_the_form_has_the_words_that_rooms_have(offers: FlaskClient) -> None:
    text = offers.get("/?filter_features__all=wifi&filter_kind__in=studio,boat").text

    assert boxes(text) == {
        "house": "",
        "studio": " checked",
        "boat": " checked",
        "wifi": " checked",
        "balcony": "",
    }
    assert "house <span" in text
    assert '<details class="more" open>' in text
    assert 'name="q"' in text
    assert 'name="filter_capacity__gte"' in text
    assert re.findall(r'type="hidden" name="(\w+)"', text) == ["place"]


class Busy(MemoryRooms):
    """Rooms whose facets cannot be computed now."""

    def facet(self, filters: Filters, field: str) -> Facet:  # noqa: ARG002
        raise RepositoryUnavailable


def test_without_facets_the_form_keeps_what_is_searched_for() -> None:
    rooms = Busy([room(1, title="Sunny", capacity=2, features=["wifi", "desk"])])
    text = client_of(rooms).get("/?filter_features__all=wifi").text

    assert boxes(text) == {"wifi": " checked"}
    assert 'name="q"' in text
    assert 'name="filter_capacity__gte"' in text


def test_checkboxes_become_one_list(offers: FlaskClient) -> None:
    answer = offers.get("/?q=&filter_features__all=wifi&filter_features__all=balcony&sort=price")

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/?filter_features__all=wifi,balcony&sort=price"
    assert codes(offers.get(answer.headers["Location"]).text) == [1]


def test_many_words_are_cut_to_the_most_frequent_and_the_checked() -> None:
    names = [f"word-{number:02d}" for number in range(30)]
    rooms = (room(number, features=names[:number]) for number in range(1, 31))
    text = client_of(MemoryRooms(rooms)).get("/?filter_features__all=word-20").text

    assert [*boxes(text)] == [*names[:12], "word-20"]


@pytest.mark.parametrize(
    ("query", "words", "found"),
    [
        ("q=sun+krakow", "words: sun krakow", [1]),
        ("filter_kind__in=studio,house", "kind: studio, house", [1, 2]),
        ("filter_features__all=wifi,balcony", "features: wifi, balcony", [1]),
        ("filter_features__none=balcony", "features with none of balcony", [2, 3]),
    ],
)
def test_conditions_on_words_can_be_taken_out(
    offers: FlaskClient, query: str, words: str, found: list[int]
) -> None:
    text = offers.get(f"/?{query}").text

    assert codes(text) == found
    assert f'<li>{words} <a href="/" aria-label="Remove: {words}">' in text


def test_numbers_can_be_taken_out_too(offers: FlaskClient) -> None:
    text = offers.get("/?filter_capacity__gte=2").text

    assert codes(text) == [1]
    assert '<a href="/" aria-label="Remove: capacity from 2">' in text


def test_words_that_find_nothing_say_what_stands_in_the_way(offers: FlaskClient) -> None:
    text = offers.get("/?q=garden&filter_features__all=wifi").text

    assert '<a href="/?filter_features__all=wifi">Without “words: garden”</a>: 2 rooms' in text


def test_the_most_relevant_come_first_only_for_words(offers: FlaskClient) -> None:
    assert "most relevant first" not in offers.get("/").text
    assert "most relevant first" in offers.get("/?q=sunny&sort=relevance").text
    assert offers.get("/?sort=relevance").status_code == 200
    assert "newest first" in offers.get("/").text


def test_words_without_a_letter_are_a_problem_at_their_field(offers: FlaskClient) -> None:
    answer = offers.get("/?q=...")

    assert answer.status_code == 400
    assert 'aria-describedby="q-problem"' in answer.text
    assert "Words: must have a letter or digit" in answer.text


def test_cards_show_an_offer(offers: FlaskClient) -> None:
    text = offers.get("/").text

    assert (
        '<img class="cover" src="https://photos.example/1.jpg" alt="The bed" width="480"'
        ' height="320" loading="lazy">'
    ) in text
    assert text.count('<div class="cover"></div>') == 2
    assert "Sunny studio</a></h2>" in text
    assert re.search(r"<p>studio .*20 m² .*Kraków</p>", text)
    assert re.search(r"<p>house .*size unknown <.*near \w+</p>", text)
    assert "Rooms without a size: 1" in text
    assert "None" not in text
    assert 'data-name="Sunny studio for €' in text


def test_cards_without_photos_have_no_empty_areas() -> None:
    photos = [{"url": "https://elsewhere.example/1.jpg"}]
    text = client_of(MemoryRooms([room(photos=photos)])).get("/").text

    assert "cover" not in text
    assert "elsewhere" not in text
