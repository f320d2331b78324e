"""The formats of imports: round trips and invalid rows."""

import io
import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as any_of

from rentomatic.domain.room import Room
from rentomatic.errors import InvalidRequest, Problem, RejectedRow
from rentomatic.imports.files.encodings import Text
from rentomatic.imports.files.geojson import read_features
from rentomatic.imports.files.json_stream import MAX_VALUE_LENGTH
from rentomatic.imports.files.objects import MAX_LINE_LENGTH
from rentomatic.imports.formats import ROW_FORMATS
from rentomatic.imports.options import parse_import
from rentomatic.imports.reading import open_rows
from rentomatic.serializers.formats import FORMATS
from rentomatic.serializers.reports import rejected_to_csv
from rentomatic.serializers.rooms import room_to_feature, used_fields
from tests import strategies
from tests.imports import rejected, rows_of
from tests.rooms import room

ROWS = 5_000
ADVICE = "; if it has another encoding, set encoding or guess"
LOST = "and the rest was not read"


def line(number: int = 1, **changes: Any) -> str:
    return json.dumps({**vars(room(number)), **changes}) + "\n"


def feature(number: int = 1, **changes: Any) -> dict[str, Any]:
    return room_to_feature(room(number)) | changes


def collection(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


@pytest.mark.parametrize("name", FORMATS)
@given(kept=any_of.lists(strategies.rooms, max_size=20, unique_by=lambda kept: kept.code))
def test_what_is_exported_is_imported_unchanged(name: str, kept: list[Room]) -> None:
    assert repr(
        rows_of(name, "".join(FORMATS[name].write(kept, None, used_fields(kept))))
    ) == repr(kept)


@pytest.mark.parametrize("name", FORMATS)
def test_a_byte_order_mark_is_no_part_of_a_file(name: str) -> None:
    text = "\N{ZERO WIDTH NO-BREAK SPACE}" + "".join(FORMATS[name].write([room()]))

    assert rows_of(name, text) == [room()]


@pytest.mark.parametrize("name", FORMATS)
def test_of_a_code_given_twice_the_first_row_counts(name: str) -> None:
    text = "".join(FORMATS[name].write([room(1), room(2), room(1, price=9)]))
    number = 4 if name == "csv" else 3
    first = f"{ROW_FORMATS[name].unit} {2 if name == 'csv' else 1}"

    assert rows_of(name, text) == [
        room(1),
        room(2),
        rejected(number, "code", f"is a duplicate of {first}"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ndjson", "geojson"])
def test_rows_are_read_in_constant_memory(name: str) -> None:
    class Endless(io.RawIOBase):
        """A file of which no more is made than is read; its rows have one code."""

        def __init__(self) -> None:
            self._texts = FORMATS[name].write(room(number % 2) for number in range(ROWS))
            self._rest = b""

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            self._rest = self._rest or next(self._texts, "").encode()
            part, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
            buffer[: len(part)] = part
            return len(part)

    file = io.BufferedReader(Endless())
    tracemalloc.start()
    number_of_rows = sum(1 for _ in open_rows(file, name, parse_import((), name)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert number_of_rows == ROWS
    assert peak < 2**20


def test_a_line_that_is_no_room_is_rejected_and_the_next_is_read() -> None:
    bad = (
        '{"size": 1',
        "[]",
        '{"size": NaN}',
        line(size=20.5).rstrip(),
        '{"code": 1, "code": 2}',
    )
    text = "".join(f"{each}\n" for each in bad) + "\n \n" + line(9)

    *rows, last = rows_of("ndjson", text)

    assert last == room(9)
    assert [(row.row, str(row.problems[0])) for row in rows if isinstance(row, RejectedRow)] == [
        (1, "row: is invalid JSON: Expecting ',' delimiter: line 2 column 1 (char 11)"),
        (2, "row: must be a JSON object"),
        (3, "row: is invalid JSON: NaN is not a number"),
        (
            4,
            "size: must be a whole number from 1 to 2147483647; decimals need the option round",
        ),
        (5, "code: is given more than once"),
    ]


def test_the_last_line_may_have_no_end_and_lines_may_end_as_in_windows() -> None:
    assert rows_of("ndjson", (line(1) + line(2)).strip().replace("\n", "\r\n")) == [
        room(1),
        room(2),
    ]


def test_a_line_without_end_costs_itself_only() -> None:
    long = '{"x": "' + "x" * (3 * MAX_LINE_LENGTH) + '"}\n'

    assert rows_of("ndjson", line(1) + long + line(2)) == [
        room(1),
        rejected(2, "row", f"must not be longer than {MAX_LINE_LENGTH} characters"),
        room(2),
    ]


def test_a_line_that_is_just_long_enough_is_a_row() -> None:
    padded = line(1).rstrip().ljust(MAX_LINE_LENGTH - 1) + "\n"

    assert rows_of("ndjson", padded + line(2)) == [room(1), room(2)]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "foreign",
    [
        "ż".encode("cp1250"),
        b"\0",
        b"\xed\xa0\x80",
        b"\xc0\x80",
        b"PK\x03\x04\x14\x00\xff",
        b"\xf5\x80\x80\x80",
    ],
)
@pytest.mark.parametrize("before", [0, 1, 3])
def test_any_other_encoding_is_refused_with_the_line(
    name: str, foreign: bytes, before: int
) -> None:
    lines = "".join(FORMATS[name].write(map(room, range(3)))).encode().splitlines(keepends=True)
    text = b"".join([*lines[:before], foreign, *lines[before:]])

    with pytest.raises(InvalidRequest) as failure:
        rows_of(name, text)

    assert failure.value.problems == (
        Problem("file", f"must be text in UTF-8: see line {before + 1}{ADVICE}"),
    )


def test_a_foreign_byte_in_a_column_that_is_ignored_is_refused_as_well() -> None:
    lines = "".join(FORMATS["csv"].write([room(1)])).encode().splitlines()
    text = lines[0] + b",note\n" + lines[1] + b",\xff\n"

    with pytest.raises(InvalidRequest, match="file: must be text in UTF-8: see line 2"):
        rows_of("csv", text)


def test_a_feature_may_have_its_code_among_the_properties_and_a_height() -> None:
    properties = {"code": room().code, "size": 20.0, "price": 50, "note": None}
    point = {"type": "Point", "coordinates": [19.94, 50.06, 200]}

    assert rows_of("geojson", collection(feature(2, id=17, properties=properties, geometry=point)))
    assert rows_of("geojson", collection(feature(properties=properties, geometry=point))) == [
        room()
    ]


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (5, "row: must be a Feature"),
        (feature(type="Point"), "row: must be a Feature"),
        (feature(geometry=None), "geometry: is missing"),
        (feature(properties=[]), "properties: is missing"),
        (feature(geometry={"type": "LineString", "coordinates": []}), "geometry: must be a Point"),
        (feature(geometry={"type": "Point", "coordinates": 5}), "geometry: must be a Point"),
        (
            feature(geometry={"type": "Point", "coordinates": [1]}),
            "geometry: must contain longitude and latitude",
        ),
        (
            feature(geometry={"type": "Point", "coordinates": ["x", 2]}),
            "longitude: must be a finite number",
        ),
        (
            feature(geometry={"type": "Point", "coordinates": [1, 91]}),
            "latitude: must be from -90 to 90",
        ),
        (feature(properties={"size": 20}), "price: is missing"),
        (feature(id=5), "code: must be a UUID"),
        (
            feature(properties={"size": float("nan"), "price": 50}),
            "row: is invalid JSON: NaN is not",
        ),
    ],
)
def test_a_feature_that_is_no_room_is_rejected_and_the_next_is_read(
    wrong: Any, problem: str
) -> None:
    row, last = rows_of("geojson", collection(wrong, feature(2)))

    assert isinstance(row, RejectedRow)
    assert row.row == 1
    assert str(row.problems[0]).startswith(problem)
    assert last == room(2)


def test_a_member_that_is_repeated_costs_its_feature_only() -> None:
    text = collection(feature(1), feature(2)).replace('"size": 20', '"size": 1, "size": 2', 1)

    assert rows_of("geojson", text) == [
        rejected(1, "size", "is given more than once"),
        room(2),
    ]


def test_other_members_of_a_collection_are_ignored() -> None:
    features = json.dumps([feature()])
    before = '"bbox": [1, 2.5, 3e0, 4], "name": "x", "type": "FeatureCollection"'

    text = f'{{{before}, "features": {features}, "more": {{"a": [null]}}}}'

    assert rows_of("geojson", text) == [room()]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{}", "features: is missing"),
        ('{"type": "FeatureCollection"}', "features: is missing"),
        ('{"type": "Feature", "features": []}', "type: must be FeatureCollection"),
        ('{"bbox": [NaN], "features": []}', "body: is invalid JSON: NaN is not a number"),
    ],
)
def test_a_file_that_is_no_collection_is_refused(text: str, problem: str) -> None:
    with pytest.raises(InvalidRequest) as failure:
        rows_of("geojson", text)

    assert str(failure.value) == problem


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "Expecting '{'"),
        ("code,size", "Expecting '{'"),
        ('{"features": 5}', "Expecting '['"),
        ('{"features" []}', "Expecting ':'"),
        ('{"features": []', "Expecting '}'"),
        ('{"features": []} x', "Extra data"),
        ('{"features": [' + "[" * 100_000, "it is nested too deeply"),
        ('{"features": [' + "9" * 5000 + "]}", "a number has too many digits"),
        ('{"features": ["' + "x" * (2 * MAX_VALUE_LENGTH), "Unterminated string starting at"),
    ],
    ids=range(9),
)
def test_what_is_no_json_is_a_row_that_says_so(text: str, reason: str) -> None:
    (row,) = rows_of("geojson", text)

    assert isinstance(row, RejectedRow)
    assert row.problems[0].message.startswith(f"is invalid GeoJSON: {reason}")
    assert row.problems[0].message.endswith(LOST)


def test_json_that_breaks_off_loses_nothing_in_silence() -> None:
    text = collection(*map(feature, range(5)))

    *rooms, row = rows_of("geojson", text[: text.index('"Feature"', len(text) * 3 // 4)])

    assert rooms == [room(number) for number in range(4)]
    assert row == rejected(5, "row", f"is invalid GeoJSON: Expecting value, {LOST}")


@given(any_of.binary())
def test_any_bytes_are_rows_or_an_invalid_request(text: bytes) -> None:
    for name in FORMATS:
        try:
            rows = rows_of(name, text)
        except InvalidRequest:
            continue
        assert not any(isinstance(row, Room) for row in rows)


@given(any_of.data())
def test_a_value_may_be_cut_anywhere_by_what_is_read_at_once(data: any_of.DataObject) -> None:
    text = '{"bbox":[1.25,-2e1],"n":-10.5e-1,"t":true,' + collection(feature(1), feature(2))[1:]

    class Parts(Text):
        def read(self, size: int) -> str:  # noqa: ARG002 (as the method that it replaces)
            return super().read(data.draw(any_of.integers(1, 9)))

    assert list(read_features(Parts(io.BytesIO(text.encode()), "utf-8"))) == [
        (number, vars(room(number))) for number in (1, 2)
    ]


def test_a_file_stays_open_for_whoever_opened_it() -> None:
    for name in FORMATS:
        file = io.BytesIO("".join(FORMATS[name].write([room()])).encode())
        rows = open_rows(file, name, parse_import((), name))

        assert list(rows) == [room()]
        assert not file.closed


@pytest.mark.parametrize("text", [collection(), line(1) + line(2)])
def test_an_object_instead_of_an_array_names_the_formats_with_objects(text: str) -> None:
    with pytest.raises(InvalidRequest, match=r"^file: must be an array of objects"):
        rows_of("json", text)


@pytest.mark.parametrize("element", ["null", "5", "true", '"text"'])
def test_a_rejected_element_that_is_no_object_has_no_cells(element: str) -> None:
    row = rejected(1, "row", "must be a JSON object")

    (found,) = rows_of("ndjson", element)

    assert found == row
    assert [*rejected_to_csv(["code"], [found])][1:] == [",1,row: must be a JSON object\r\n"]
