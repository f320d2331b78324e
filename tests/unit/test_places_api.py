"""Places in searches: the parameter `place`, GET /places, and the command line."""

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from rentomatic.domain.globe import Point
from rentomatic.domain.room import Room
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.memory import EXAMPLE_ROOMS, MemoryRooms
from rentomatic.responses import Cluster
from rentomatic.use_cases.places import find_places, meant_place
from rentomatic_cli import main
from tests.apps import app_of, change_context
from tests.gazetteers import CAMBRIDGE, CAMBRIDGE_US, KRAKOW, FewPlaces

CENTRE = Room("00000000-0000-4000-8000-000000000001", 10, 10, 19.94, 50.06)
EDGE = Room("00000000-0000-4000-8000-000000000002", 10, 20, 20.17, 50.06)  # 17 km away


@pytest.fixture
def client() -> FlaskClient:
    app = app_of(MemoryRooms([EDGE, CENTRE, *EXAMPLE_ROOMS]))
    change_context(app, places=FewPlaces())
    return app.test_client()


def codes(client: FlaskClient, query: str) -> list[str]:
    return [room["code"] for room in client.get(f"/rooms?{query}").json or []]


def test_a_place_has_the_rooms_around_it(client: FlaskClient) -> None:
    assert codes(client, f"place={KRAKOW.id}") == [CENTRE.code]
    assert codes(client, f"place={KRAKOW.id}&within=20000") == [CENTRE.code, EDGE.code]
    assert codes(client, f"place={KRAKOW.id}&within=20000&sort=-distance") == [
        EDGE.code,
        CENTRE.code,
    ]


def test_rooms_have_their_distance_from_the_place(client: FlaskClient) -> None:
    (room,) = client.get(f"/rooms?place={KRAKOW.id}").json or []

    assert room["distance"] == round(KRAKOW.point.distance(CENTRE), 3)


def test_facets_name_the_place_as_a_condition(client: FlaskClient) -> None:
    answer = client.get(f"/rooms/facets?place={CAMBRIDGE.id}&filter_price__gt=1000").json

    assert answer
    assert answer["count"] == 0
    assert answer["without"] == {"filter_price__gt": 0, "place": 0}


@pytest.mark.parametrize("path", ["/rooms", "/rooms/facets", "/rooms/export"])
@pytest.mark.parametrize(
    ("query", "problems"),
    [
        ("place=1", {"place": "must be the id of a place"}),
        ("place=Krakow", {"place": "must be a whole number from 1 to 2147483647"}),
        ("place=", {"place": "must be a whole number from 1 to 2147483647"}),
        (
            f"place={KRAKOW.id}&near_longitude=1&near_latitude=1",
            {
                "near_longitude": "must not be given together with place",
                "near_latitude": "must not be given together with place",
            },
        ),
        (f"place={KRAKOW.id}&within=-1", {"within": "must not be less than 0"}),
    ],
)
def test_wrong_places_are_named(
    client: FlaskClient, path: str, query: str, problems: dict[str, str]
) -> None:
    answer = client.get(f"{path}?{query}", headers={"Accept": "text/csv, application/json"})

    assert answer.status_code == 400
    assert answer.json
    assert {each["parameter"]: each["message"] for each in answer.json["errors"]} == problems


def test_places_are_found_by_name(client: FlaskClient) -> None:
    assert client.get("/places?q=krakow").json == [
        {
            "id": KRAKOW.id,
            "name": "Kraków",
            "region": "Lesser Poland",
            "country": "PL",
            "country_name": "Poland",
            "longitude": 19.93658,
            "latitude": 50.06143,
            "population": 816614,
            "radius": 15000,
            "found": "Kraków",
        }
    ]


def test_places_are_found_on_a_map(client: FlaskClient) -> None:
    (place,) = client.get("/places?bbox=10,40,20,60").json or []

    assert place["id"] == KRAKOW.id
    assert "found" not in place


@pytest.mark.parametrize(
    ("query", "parameter", "message"),
    [
        ("q=a&bbox=1,1,2,2", "bbox", "must not be given together with q"),
        ("q=...", "q", "must have a letter or digit"),
        (f"q={'a' * 201}", "q", "must not have more than 200 characters"),
        ("q=a&limit=101", "limit", "must be a whole number from 1 to 100"),
        ("q=a&country=PL", "country", "is not a known parameter"),
        ("bbox=1,2,3", "bbox", "must be west,south,east,north"),
    ],
)
def test_wrong_searches_for_places_are_named(
    client: FlaskClient, query: str, parameter: str, message: str
) -> None:
    answer = client.get(f"/places?{query}")

    assert answer.status_code == 400
    assert answer.json
    assert answer.json["errors"] == [{"parameter": parameter, "message": message}]


def test_places_near_rooms_are_preferred() -> None:
    gazetteer = FewPlaces()
    rooms = MemoryRooms([CENTRE, EXAMPLE_ROOMS[0]])

    find_places(gazetteer, rooms, "cambridge", 5)

    positions = [Point(each.longitude, each.latitude) for each in (EXAMPLE_ROOMS[0], CENTRE)]
    assert gazetteer.near == positions


def test_places_are_found_while_no_rooms_can_be_read() -> None:
    class Broken(MemoryRooms):
        def clusters(self, *_: object) -> list[Cluster]:
            raise RepositoryUnavailable

    found = find_places(FewPlaces(), Broken(), "krak", 5)

    assert [each.place for each in found] == [KRAKOW]


def test_one_of_several_places_of_a_name_is_meant_only_if_the_others_are_small() -> None:
    found = FewPlaces().find("cambridge", 5)
    village = found[1]._replace(place=CAMBRIDGE_US._replace(population=14_000))

    assert meant_place(found) is None
    assert meant_place([found[0], village]) == found[0]
    assert meant_place(found[1:]) == found[1]
    assert meant_place([]) is None


def test_namesakes_may_differ_in_accents() -> None:
    found = FewPlaces().find("cambridge", 5)

    assert meant_place([found[0], found[1]._replace(name="Cámbridge")]) is None


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, [*arguments], env={"RENTOMATIC_REPOSITORY": "memory://"})
    return result.exit_code, result.output


def test_the_command_line_lists_places() -> None:
    status, output = run("places", "krakow", "--limit", "1")

    assert status == 0
    header, place = output.splitlines()
    assert header.split() == ["id", "place", "found", "population"]
    assert place.startswith("3094802  Kraków, ")
    assert run("places", "...")[0] == 2


def test_the_command_line_finds_rooms_around_a_place() -> None:
    assert run("rooms", "list", "--place", "krakow", "--format", "ndjson") == (0, "")
    assert run("rooms", "list", "--place", str(KRAKOW.id), "--format", "ndjson") == (0, "")
    assert run("rooms", "export", "--place", "krakow", "--within", "2e7")[1].count("\n") == 5


def test_the_command_line_asks_to_choose_a_place() -> None:
    status, output = run("rooms", "list", "--place", "cambridge")

    assert status == 2
    assert "--place names several places; use an id" in output
    lines = output.splitlines()
    assert [line.split()[0] for line in lines if "Cambridge, Massachusetts, US" in line] == [
        "4931972"
    ]
    assert "--place names no known place: qqqq" in run("rooms", "list", "--place", "qqqq")[1]
    assert "place: must be the id of a place" in run("rooms", "export", "--place", "5")[1]
