"""Clusters as a client of the API meets them."""

import pytest
from flask.testing import FlaskClient

from rentomatic.repository.memory import EXAMPLE_ROOMS, MemoryRooms
from tests.apps import client_of


@pytest.fixture
def client() -> FlaskClient:
    return client_of(MemoryRooms(EXAMPLE_ROOMS))


def test_clusters_count_the_rooms_of_the_box(client: FlaskClient) -> None:
    found = client.get("/rooms/clusters?bbox=-180,-90,180,90").json

    assert found is not None
    assert found["degrees"] == 11.25
    assert [(each["count"], each["price"]) for each in found["clusters"]] == [(1, 39), (3, 48)]
    assert list(found["clusters"][0]) == ["count", "price", "longitude", "latitude"]


def test_clusters_meet_the_filters(client: FlaskClient) -> None:
    found = client.get("/rooms/clusters?bbox=0,50,1,52&filter_price__lt=50").json

    assert found is not None
    assert [each["count"] for each in found["clusters"]] == [1]


@pytest.mark.parametrize("query", ["", "bbox=1", "bbox=0,0,1,1&limit=5", "bbox=0,1,0,0"])
def test_clusters_need_a_box_and_take_filters_alone(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/rooms/clusters?{query}")

    assert answer.status_code == 400
    assert ("limit" if "limit" in query else "bbox") in answer.text
