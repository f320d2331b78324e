"""Each text of rooms is read back by a reader that is not ours."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as any_of

from rentomatic.domain.room import Room
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic.requests.field_values import parse_room_texts
from rentomatic.requests.formulas import unguarded
from rentomatic.serializers.formats import FORMATS, to_csv, to_geojson, to_json, to_ndjson
from rentomatic.serializers.rooms import columns, room_to_dict, room_to_feature, used_fields
from tests import strategies
from tests.rooms import room

FARM = EXAMPLE_ROOMS[0]
MEMBERS = {
    "code": "f853578c-fc0f-4e65-81b8-566c5dffa35a",
    "size": 215,
    "price": 39,
    "latitude": 51.75436293,
    "longitude": -0.09998975,
}

many_rooms = any_of.lists(strategies.rooms, max_size=5)


def test_a_room_has_the_members_of_the_book_in_their_order() -> None:
    assert room_to_dict(FARM) == MEMBERS
    assert list(room_to_dict(FARM)) == list(MEMBERS)


def test_json_is_one_array_with_a_room_a_line() -> None:
    assert "".join(to_json([FARM])) == f"[\n{json.dumps(MEMBERS)}]\n"
    assert "".join(to_json([])) == "[]\n"


def test_a_feature_has_its_longitude_first() -> None:
    assert room_to_feature(FARM) == {
        "type": "Feature",
        "id": FARM.code,
        "geometry": {"type": "Point", "coordinates": [-0.09998975, 51.75436293]},
        "properties": {"size": 215, "price": 39},
    }


def test_csv_has_a_header_and_its_numbers_are_not_quoted() -> None:
    assert list(to_csv([FARM])) == [
        "code,size,price,latitude,longitude\r\n",
        "f853578c-fc0f-4e65-81b8-566c5dffa35a,215,39,51.75436293,-0.09998975\r\n",
    ]


def test_csv_without_rooms_is_a_header() -> None:
    assert "".join(to_csv([])) == ",".join(columns(None)) + "\r\n"


@given(many_rooms)
def test_json_parses_back(rooms: list[Room]) -> None:
    assert [Room(**found) for found in json.loads("".join(to_json(rooms)))] == rooms


@given(many_rooms)
def test_ndjson_parses_back_line_by_line(rooms: list[Room]) -> None:
    lines = "".join(to_ndjson(rooms)).splitlines()

    assert [Room(**json.loads(line)) for line in lines] == rooms


@given(many_rooms)
def test_geojson_parses_back(rooms: list[Room]) -> None:
    collection = json.loads("".join(to_geojson(rooms)))

    assert collection["type"] == "FeatureCollection"
    assert [room_of(feature) for feature in collection["features"]] == rooms


@given(many_rooms)
def test_csv_parses_back(rooms: list[Room]) -> None:
    text = "".join(to_csv(rooms, used=used_fields(rooms)))
    rows = csv.DictReader(io.StringIO(text, newline=""))

    read = ({name: unguarded(cell) for name, cell in row.items()} for row in rows)
    assert [parse_room_texts(row) for row in read] == rooms


def test_a_row_is_not_written_without_one_of_its_fields() -> None:
    with pytest.raises(RepositoryUnavailable):
        list(to_csv([room(title="A room")]))


def test_a_formula_is_guarded() -> None:
    formula = room(title="=1+1", description="'=1")

    assert "'=1+1,''=1\r\n" in "".join(to_csv([formula], used=["title", "description"]))


def test_a_book_room_has_no_further_columns() -> None:
    assert used_fields([FARM]) == set()
    assert columns(None, {"address", "title"}) == (
        *MEMBERS,
        "title",
        "street",
        "postcode",
        "locality",
        "region",
        "country",
    )


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_asks_for_rooms_only_when_its_text_is_read(name: str) -> None:
    rooms = iter(EXAMPLE_ROOMS)

    text = FORMATS[name].write(rooms)
    assert len(list(rooms)) == 4
    assert "f853578c" not in "".join(text)


def room_of(feature: dict[str, dict[str, list[float]]]) -> Room:
    longitude, latitude = feature["geometry"]["coordinates"]
    properties = dict(feature["properties"], code=feature["id"])
    return Room(longitude=longitude, latitude=latitude, **properties)  # type: ignore[arg-type]
