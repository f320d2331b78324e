"""Facets as a client of the API meets them."""

import pytest
from flask.testing import FlaskClient

from rentomatic.repository.memory import EXAMPLE_ROOMS, MemoryRooms
from tests.apps import client_of


@pytest.fixture
def client() -> FlaskClient:
    return client_of(MemoryRooms(EXAMPLE_ROOMS))


def test_facets_are_counts_by_name(client: FlaskClient) -> None:
    found = client.get("/rooms/facets?filter_price__lt=60").json

    assert found is not None
    assert list(found) == ["count", "price", "size", "without"]
    assert found["count"] == sum(found["size"]["buckets"]) == 2
    assert (found["price"]["minimum"], found["price"]["maximum"]) == (39, 66)
    assert len(found["price"]["buckets"]) == 20
    assert found["without"] == {}


def test_a_search_that_finds_nothing_is_told_which_condition_to_give_up(
    client: FlaskClient,
) -> None:
    query = "filter_price__lt=50&filter_size__gt=100&bbox=0.3,51,1,52"

    found = client.get(f"/rooms/facets?{query}").json

    assert found is not None
    assert found["count"] == 0
    assert found["without"] == {"filter_price__lt": 0, "filter_size__gt": 1, "bbox": 1}


@pytest.mark.parametrize("query", ["limit=5", "sort=price", "filter_price__lt=x", "bbox=1"])
def test_what_makes_no_sense_is_named(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/rooms/facets?{query}")

    assert answer.status_code == 400
    assert query.split("=", maxsplit=1)[0] in answer.text
