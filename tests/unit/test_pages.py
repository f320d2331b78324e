"""Cursors, links and counts as a client of the API meets them."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from rentomatic.repository.memory import MemoryRooms
from tests.apps import client_of
from tests.rooms import room

CURSOR = re.compile(r"cursor=([^&>]+)")


@pytest.fixture
def client() -> FlaskClient:
    rooms = MemoryRooms(
        room(number, price=number // 3, size=1 + number % 5) for number in range(25)
    )
    return client_of(rooms)


def links(answer: TestResponse) -> dict[str, str]:
    return {
        rel: path for path, rel in re.findall(r'<([^>]*)>; rel="(\w+)"', answer.headers["Link"])
    }


def codes(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["code"] for each in answer.json or []]


@pytest.mark.parametrize("query", ["limit=4", "limit=4&sort=-size", "limit=4&filter_price__gt=1"])
def test_links_lead_through_every_page_and_back(client: FlaskClient, query: str) -> None:
    everything = codes(client.get(f"/rooms?{query.replace('limit=4', 'limit=100')}"))
    answers = [client.get(f"/rooms?{query}")]
    while "next" in links(answers[-1]):
        answers.append(client.get(links(answers[-1])["next"]))
    back = [answers[-1]]
    while "prev" in links(back[-1]):
        back.append(client.get(links(back[-1])["prev"]))

    assert [code for answer in answers for code in codes(answer)] == everything
    assert [codes(answer) for answer in back[::-1]] == [codes(answer) for answer in answers]
    assert {links(answer)["first"] for answer in answers} == {f"/rooms?{query}"}


@pytest.mark.parametrize(
    ("spelling", "given"),
    [
        ("limit=4&{cursor}&sort=size", "limit=4&sort=size"),
        ("&&{cursor}&limit=4&sort=size&", "limit=4&sort=size"),
        ("{encoded}&sort=size&limit=4", "sort=size&limit=4"),
        ("limit=%34&so%72t=s%69ze&{cursor}", "limit=%34&so%72t=s%69ze"),
    ],
)
def test_links_keep_every_spelling_of_the_parameters_but_the_cursor(
    client: FlaskClient, spelling: str, given: str
) -> None:
    start = client.get("/rooms?limit=4&sort=size")
    cursor = links(start)["next"].rpartition("cursor=")[2]
    query = spelling.format(cursor=f"cursor={cursor}", encoded=f"%63u%72sor={cursor}")

    second = client.get(f"/rooms?{query}")

    assert links(second)["first"] == f"/rooms?{given}"
    assert codes(client.get(links(second)["prev"])) == codes(start)
    third = client.get(links(second)["next"])
    assert not set(codes(third)) & {*codes(start), *codes(second)}


def test_a_whole_search_has_no_further_pages(client: FlaskClient) -> None:
    assert links(client.get("/rooms")) == {"first": "/rooms"}


def test_rooms_are_counted_when_asked_for(client: FlaskClient) -> None:
    answer = client.get("/rooms?count=exact&limit=2&filter_price__lt=3")

    assert answer.headers["X-Total-Count"] == "9"
    assert "X-Total-Count" not in client.get("/rooms").headers


@pytest.mark.parametrize(("sort", "sizes"), [("size", [1, 1, 1]), ("-size", [5, 5, 5])])
def test_rooms_are_sorted_by_any_field_either_way(
    client: FlaskClient, sort: str, sizes: list[int]
) -> None:
    answer = client.get(f"/rooms?sort={sort}&limit=3")

    assert [each["size"] for each in answer.json or []] == sizes
    assert codes(answer) == sorted(codes(answer), reverse=sort.startswith("-"))


def cursor_of(value: str | None) -> str:
    """Return a cursor that somebody has made for a room with this value."""
    content = json.dumps([value, "00000000-0000-4000-8000-000000000001", False, ""])
    return urlsafe_b64encode(content.encode()).decode()


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("sort=garden", "sort"),
        ("sort=", "sort"),
        ("sort=--size", "sort"),
        ("sort=price,size", "sort"),
        ("sort=%2Bprice", "sort"),
        ("count=estimated", "count"),
        ("count=", "count"),
        ("cursor=", "cursor"),
        ("cursor=x", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=%C3%A9", "cursor"),
        ("cursor=" + "A" * 4000, "cursor"),
        ("cursor=" + urlsafe_b64encode(b"[" * 2000).decode(), "cursor"),
        ("cursor=" + urlsafe_b64encode(b"[1,2]").decode(), "cursor"),
        ("cursor=" + urlsafe_b64encode(b"{}").decode(), "cursor"),
        ("cursor=" + urlsafe_b64encode(b'[true,"x",false,""]').decode(), "cursor"),
        (f"sort=created&cursor={cursor_of('0001-01-01T00:00+14:00')}", "cursor"),
        (f"sort=updated&cursor={cursor_of('9999-12-31T23:59-14:00')}", "cursor"),
        (f"sort=created&cursor={cursor_of(None)}", "cursor"),
    ],
)
def test_what_makes_no_sense_is_named(client: FlaskClient, query: str, parameter: str) -> None:
    answer = client.get(f"/rooms?{query}")

    assert answer.status_code == 400
    assert answer.json is not None
    assert [problem["parameter"] for problem in answer.json["errors"]] == [parameter]


@pytest.mark.parametrize(
    "other", ["sort=size", "sort=-price", "filter_price__gt=1", "filter_price__gt=2&limit=4"]
)
def test_a_cursor_of_another_search_is_refused(client: FlaskClient, other: str) -> None:
    (cursor,) = CURSOR.findall(links(client.get("/rooms?limit=4"))["next"])

    answer = client.get(f"/rooms?{other}&cursor={cursor}")

    assert answer.status_code == 400
    assert answer.json is not None
    assert (
        answer.json["message"] == "cursor: belongs to a search with other filters or another order"
    )


def test_a_page_may_change_its_size_and_the_order_of_its_filters(client: FlaskClient) -> None:
    first = client.get("/rooms?filter_price__gt=1&filter_size__lt=5&limit=2")
    (cursor,) = CURSOR.findall(links(first)["next"])

    answer = client.get(f"/rooms?limit=9&filter_size__lt=5&filter_price__gt=1&cursor={cursor}")

    assert len(codes(answer)) == 9


@pytest.mark.parametrize(
    "value", ["NaN", "Infinity", "-1e400", "1e400", "[]", "null", '"x"', "2.5"]
)
def test_a_forged_place_that_is_none_is_refused(client: FlaskClient, value: str) -> None:
    (cursor,) = CURSOR.findall(links(client.get("/rooms?limit=4"))["next"])
    place = urlsafe_b64decode(cursor + "==").decode()
    forged = urlsafe_b64encode(place.replace("[1", f"[{value}", 1).encode()).decode()

    assert client.get(f"/rooms?limit=4&cursor={forged}").status_code == 400
