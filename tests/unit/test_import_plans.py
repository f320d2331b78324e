"""Which columns of a file become which values of rooms."""

from typing import Any

import pytest

from rentomatic.domain.references import code_of
from rentomatic.domain.room import Room
from rentomatic.errors import InvalidRequest, RejectedRow
from tests.imports import reading_of, rejected, rows_of
from tests.rooms import HEADER, line, room

OFFER = "id,price,latitude,longitude,surface\n7,500,48.8841,2.29013,9\n"
OURS = {"source": "acme", "reference": "id", "column_size": "surface"}


def offer(**changes: Any) -> Room:
    values: dict[str, Any] = {
        "code": code_of("acme", "7"),
        "size": 9,
        "price": 500,
        "longitude": 2.29013,
        "latitude": 48.8841,
        "source": "acme",
        "reference": "7",
    }
    return Room(**values | changes)


def with_column(name: str, cell: str) -> str:
    header, row, _ = OFFER.split("\n")
    return f'{header},{name}\n{row},"{cell}"\n'


def problems_of(text: str, **parameters: str) -> list[str]:
    with pytest.raises(InvalidRequest) as failure:
        rows_of("csv", text, parameters)
    return [str(problem) for problem in failure.value.problems]


def test_a_source_and_a_reference_make_a_code_that_is_always_the_same() -> None:
    assert rows_of("csv", OFFER, OURS) == [offer()]
    assert offer().code == rows_of("csv", OFFER, OURS)[0].code
    assert rows_of("csv", OFFER, OURS | {"source": "else"}) != [offer()]


def test_a_reference_without_a_source_is_refused() -> None:
    assert problems_of(OFFER, reference="id", column_size="surface") == [
        "source: must be given with reference: the name of the company or site of the rooms"
    ]


def test_a_reference_of_json_objects_needs_a_source() -> None:
    offer = '{"id": "7", "price": 500, "longitude": 1, "latitude": 2, "size": 9}\n'

    with pytest.raises(InvalidRequest, match="source: must be given with reference"):
        rows_of("ndjson", offer, {"reference": "id"})
    sourced = offer.replace("{", '{"source": "acme", ')
    (imported,) = rows_of("ndjson", sourced, {"reference": "id"})
    assert vars(imported)["source"] == "acme"


def test_a_row_without_its_reference_is_rejected() -> None:
    assert rows_of("csv", OFFER.replace("\n7,", "\n ,"), OURS) == [rejected(2, "id", "is missing")]


@pytest.mark.parametrize("text", ["5.54E+17", "4,98554E+17", "1e15"])
def test_an_id_that_a_spreadsheet_has_rounded_is_rejected(text: str) -> None:
    row = f'"{text}",500,48.8841,2.29013,9\n'
    message = f"is an id that a spreadsheet has rounded: {text}; export the column as text"

    assert rows_of("csv", OFFER.split("\n", maxsplit=1)[0] + "\n" + row, OURS) == [
        rejected(2, "id", message)
    ]


def test_an_unknown_size_is_said_to_be_unknown() -> None:
    left = {"source": "acme", "reference": "id"}
    listed = "id, price, latitude, longitude, surface"

    assert problems_of(OFFER, **left) == [
        f"size: is not a column; the columns are {listed}; if it is unknown, set size="
    ]
    assert rows_of("csv", OFFER, left | {"set_size": ""}) == [offer(size=None)]
    assert rows_of("csv", OFFER.replace(",9\n", ",\n"), OURS) == [offer(size=None)]


def test_a_value_can_be_set_for_every_room() -> None:
    parameters = OURS | {"set_country": "fr", "set_kind": "Studio", "set_features": "wifi, pets"}

    assert rows_of("csv", OFFER, parameters) == [
        offer(kind="studio", features=("wifi", "pets"), address={"country": "FR"})
    ]


def test_a_value_can_be_set_for_rooms_with_codes() -> None:
    kept = Room(**vars(room(1)) | {"kind": "studio"})

    assert rows_of("csv", HEADER + line(1), {"set_kind": "studio"}) == [kept]
    assert rows_of("csv", HEADER + line(1), {"set_kind": ""}) == [room(1)]


def test_a_value_that_is_set_is_validated_once() -> None:
    assert problems_of(OFFER, **OURS, set_country="France", set_capacity="x") == [
        "set_country: must be a country code of ISO 3166-1 alpha-2, such as DE",
        "set_capacity: must be a whole number from 1 to 1000",
    ]


def test_a_value_is_set_or_has_a_column() -> None:
    assert problems_of(OFFER, **OURS, set_size="9") == ["set_size: excludes column_size"]


def test_a_column_can_be_left_out() -> None:
    text = with_column("title", "A room")

    assert rows_of("csv", text, OURS) == [offer(title="A room")]
    assert rows_of("csv", text, OURS | {"column_title": ""}) == [offer()]


def test_kinds_and_features_become_words() -> None:
    text = with_column("room_type", "Entire home/apt")
    parameters = OURS | {"column_kind": "room_type", "set_features": "Air conditioning; Wi_fi"}

    assert rows_of("csv", text, parameters) == [
        offer(kind="entire-home-apt", features=("air-conditioning", "wi-fi"))
    ]


@pytest.mark.parametrize(
    ("cell", "features"),
    [("yes", ("wifi",)), ("1", ("wifi",)), ("True", ("wifi",)), ("ja", ("wifi",)), ("no", ())],
)
def test_a_column_that_says_yes_is_a_feature(cell: str, features: tuple[str, ...]) -> None:
    text = with_column("has_wifi", cell)

    assert rows_of("csv", text, OURS | {"feature_wifi": "has_wifi"}) == [offer(features=features)]


def test_a_column_that_says_something_else_is_not_a_feature() -> None:
    text = with_column("has_wifi", "fast")

    assert rows_of("csv", text, OURS | {"feature_wifi": "has_wifi"}) == [
        rejected(2, "has_wifi", "must be yes or no, not 'fast'")
    ]
    assert problems_of(OFFER, **OURS, feature_wifi="wlan")[0].startswith("wlan: is not a column")


@pytest.mark.parametrize(
    "cell",
    [
        "https://a.example/1.jpg,https://a.example/2.jpg",
        "https://a.example/1.jpg\nhttps://a.example/2.jpg",
        "https://a.example/1.jpg | https://a.example/2.jpg",
        '[""https://a.example/1.jpg"", ""https://a.example/2.jpg""]',
    ],
)
def test_photos_may_be_a_list_in_one_column(cell: str) -> None:
    photos = ({"url": "https://a.example/1.jpg"}, {"url": "https://a.example/2.jpg"})

    assert rows_of("csv", with_column("photos", cell), OURS) == [offer(photos=photos)]


def test_photos_may_have_several_columns() -> None:
    text = OFFER.replace("surface", "surface,a,b").replace(
        ",9\n", ",9,https://a.example/1.jpg The bed,https://a.example/2.jpg\n"
    )
    pairs = [*OURS.items(), ("column_photos", "a"), ("column_photos", "b")]

    assert rows_of("csv", text, pairs) == [
        offer(
            photos=(
                {"url": "https://a.example/1.jpg", "alt": "The bed"},
                {"url": "https://a.example/2.jpg"},
            )
        )
    ]


def test_a_guard_against_formulas_is_removed() -> None:
    assert rows_of("csv", with_column("title", "'=1+1"), OURS) == [offer(title="=1+1")]


def test_the_report_names_the_columns_that_are_ignored() -> None:
    reading = reading_of("csv", OFFER, {"source": "acme", "reference": "id", "set_size": ""})

    assert list(reading) == [offer(size=None)]
    assert reading.facts["ignored"] == ["surface"]
    assert reading.facts["columns"]["reference"] == "id"


def test_further_members_of_json_are_ignored_and_named() -> None:
    text = (
        '{"id": 7, "price": 500, "lat": "48.8841", "lng": "2.29013", "garden": true, "m2": 9,'
        ' "place": {"city": "Paris"}}\n'
    )
    parameters = {"source": "acme", "reference": "id", "column_size": "m2"}
    parameters |= {"column_latitude": "lat", "column_longitude": "lng"}
    reading = reading_of("ndjson", text, parameters | {"column_locality": "place.city"})

    assert list(reading) == [offer(address={"locality": "Paris"})]
    assert reading.facts["ignored"] == ["garden"]


@pytest.mark.parametrize(
    "number", ["1e999", "-1e999", "9" * 400, "true", "{}", '"' + "9" * 400 + '"']
)
@pytest.mark.parametrize("name", ["size", "price", "longitude", "capacity"])
def test_numbers_of_json_are_in_range(number: str, name: str) -> None:
    members = {"code": f'"{room().code}"', "size": 9, "price": 5, "longitude": 1, "latitude": 2}
    listed = ", ".join(f'"{key}": {text}' for key, text in (members | {name: number}).items())

    (row,) = rows_of("ndjson", f"{{{listed}}}\n")

    assert isinstance(row, RejectedRow)
    assert [problem.parameter for problem in row.problems] == [name]


def test_a_position_in_another_reference_system_is_refused() -> None:
    text = '{{"type": "FeatureCollection", "crs": {}, "features": []}}'
    named = '{{"type": "name", "properties": {{"name": "{}"}}}}'

    for name in ("urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326"):
        assert rows_of("geojson", text.format(named.format(name))) == []
    for crs in (named.format("urn:ogc:def:crs:EPSG::2154"), '{"type": "link"}', "5", '"x"'):
        with pytest.raises(InvalidRequest, match=r"^crs: must be longitude and latitude"):
            rows_of("geojson", text.format(crs))


def test_positions_that_may_be_swapped_are_a_warning() -> None:
    text = HEADER + line(1, longitude="50.06", latitude="119.94")
    reading = reading_of("csv", text)

    assert list(reading) == [rejected(2, "latitude", "must be from -90 to 90")]
    assert reading.facts["warnings"] == ["latitude and longitude may be swapped in 1 rows"]


def test_reasons_are_counted() -> None:
    text = HEADER + line(1) + line(1) + line(1) + line(2, price="5 - 6") + line(3, price="7 - 8")
    reading = reading_of("csv", text)

    assert sum(isinstance(row, RejectedRow) for row in reading) == 4
    assert dict(reading.reasons) == {("code", "is a duplicate"): 2, ("price", "is a range"): 2}


def test_our_own_export_has_its_codes() -> None:
    text = HEADER.strip() + ",source,reference\n" + line(1).strip() + ",acme,7\n"

    assert rows_of("csv", text) == [Room(**vars(room(1)), source="acme", reference="7")]
