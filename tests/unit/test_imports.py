"""Imports over HTTP, of rooms in memory."""

import io
import json
import time
from pathlib import Path
from typing import Any, NoReturn

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from rentomatic.domain.references import code_of
from rentomatic.domain.room import Room
from rentomatic.domain.tokens import Role
from rentomatic.errors import RepositoryUnavailable
from rentomatic.imports.profiles import save_profile
from rentomatic.repository.memory import EXAMPLE_ROOMS, MemoryRooms, MemoryTokens
from rentomatic.responses import MAX_LISTED_ROWS, ImportReport
from rentomatic.serializers.formats import FORMATS
from rentomatic_web.api.imports import MEDIA_TYPES
from tests import apps
from tests.rooms import room
from tests.workbooks import workbook

HEADER = "code,size,price,longitude,latitude\n"
PLAIN = "20,50,19.94,50.06\n"
BAD = "x," + PLAIN
GUNICORN = Path(__file__).parents[2] / "services/gunicorn.conf.py"


@pytest.fixture
def rooms() -> MemoryRooms:
    return MemoryRooms(EXAMPLE_ROOMS)


@pytest.fixture
def client(rooms: MemoryRooms) -> FlaskClient:
    return client_of(rooms)


def client_of(rooms: MemoryRooms, **settings: str) -> FlaskClient:
    """Return a client with a token for importing."""
    tokens = MemoryTokens()
    client = apps.client_of(rooms, tokens, **settings)
    client.environ_base["HTTP_AUTHORIZATION"] = apps.token_for(tokens, Role.IMPORTER)
    return client


def line(number: int) -> str:
    return f"{room(number).code},{PLAIN}"


def post(
    client: FlaskClient, text: str | bytes, query: str = "", media_type: str = "text/csv"
) -> TestResponse:
    return client.post(f"/rooms/import?{query}", data=text, content_type=media_type)


def report(**counts: int) -> dict[str, object]:
    none = {"created": 0, "updated": 0, "unchanged": 0, "rejected": 0, "withdrawn": 0}
    return {**none, **counts, "errors": []}


def counts_of(answer: TestResponse) -> dict[str, object]:
    """Return the report without how the file was read."""
    body: Any = answer.json
    return {name: body[name] for name in body if name not in ("file", "reasons")}


def problems(answer: TestResponse) -> list[str]:
    assert answer.status_code == 400
    body: Any = answer.json
    return [problem["parameter"] for problem in body["errors"]]


@pytest.mark.parametrize(
    "media_type", [each for each in MEDIA_TYPES if MEDIA_TYPES[each] in FORMATS]
)
def test_every_format_is_imported(
    client: FlaskClient, rooms: MemoryRooms, media_type: str
) -> None:
    changed = Room(**vars(EXAMPLE_ROOMS[0]) | {"price": 1})
    text = "".join(FORMATS[MEDIA_TYPES[media_type]].write([changed, EXAMPLE_ROOMS[1], room()]))

    answer = post(client, text, media_type=media_type)

    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert counts_of(answer) == report(created=1, updated=1, unchanged=1)
    assert rooms.get(changed.code) == changed
    assert rooms.count() == 5


def test_what_an_answer_holds_can_be_imported(client: FlaskClient) -> None:
    for path in ("/rooms", "/rooms.csv", "/rooms.ndjson", "/rooms.geojson", "/rooms/export.csv"):
        exported = client.get(path)
        answer = post(client, exported.data, media_type=exported.content_type)
        assert counts_of(answer) == report(unchanged=4)


@pytest.mark.parametrize(
    ("text", "media_type", "status", "quoted"),
    [
        (b"c\xffde,size\n", "text/csv", 400, "must be text in UTF-8: see line 1; if it has"),
        (b'{"\\ud800": 1, "\\ud800": 2}\n', "application/x-ndjson", 422, r"\ud800"),
    ],
)
def test_what_no_answer_can_hold_is_quoted_otherwise(
    client: FlaskClient, text: bytes, media_type: str, status: int, quoted: str
) -> None:
    answer = post(client, text, media_type=media_type)

    body: Any = answer.json
    assert answer.status_code == status
    assert any(quoted in "".join(map(str, error.values())) for error in body["errors"])


def test_without_a_body_there_is_no_header(client: FlaskClient) -> None:
    assert problems(post(client, "")) == ["code", "size", "price", "longitude", "latitude"]
    assert post(client, "", media_type="application/x-ndjson").status_code == 200


def test_a_row_that_is_no_room_keeps_all_others_out(
    client: FlaskClient, rooms: MemoryRooms
) -> None:
    answer = post(client, HEADER + line(1) + BAD + line(1) + "y,0,50,19.94,50.06\n")

    assert answer.status_code == 422
    body: Any = answer.json
    assert body["type"] == "ParametersError"
    assert body["message"] == "Nothing was imported, because 3 of the rows are invalid"
    assert body["rejected"] == 3
    assert (
        body["errors"]
        == [
            {"row": 3, "column": "code", "message": "must be a UUID"},
            {"row": 5, "column": "code", "message": "must be a UUID"},
            {"row": 5, "column": "size", "message": "must be a whole number from 1 to 2147483647"},
        ]
        or len(body["errors"]) == 4
    )
    assert rooms.count() == 4


def test_a_problem_says_the_same_in_another_form(client: FlaskClient) -> None:
    accept = {"Accept": "application/problem+json"}

    answer = client.post(
        "/rooms/import", data=HEADER + BAD, content_type="text/csv", headers=accept
    )

    body: Any = answer.json
    assert (answer.status_code, body["rejected"]) == (422, 1)
    assert body["errors"] == [{"row": 2, "column": "code", "message": "must be a UUID"}]


def test_the_other_rows_are_imported_where_that_is_wished(
    client: FlaskClient, rooms: MemoryRooms
) -> None:
    answer = post(client, HEADER + line(1) + BAD + line(2), "on_error=skip")

    assert answer.status_code == 200
    problem = {"row": 3, "column": "code", "message": "must be a UUID"}
    assert counts_of(answer) == report(created=2, rejected=1) | {"errors": [problem]}
    assert rooms.count() == 6


def test_of_many_rejected_rows_the_first_are_listed(client: FlaskClient) -> None:
    text = HEADER + BAD * (MAX_LISTED_ROWS + 1)

    for query, status in (("", 422), ("on_error=skip", 200)):
        answer = post(client, text, query)
        body: Any = answer.json
        assert answer.status_code == status
        assert (body["rejected"], len(body["errors"])) == (MAX_LISTED_ROWS + 1, MAX_LISTED_ROWS)


@pytest.mark.parametrize("query", ["dry_run=true", "dry_run=true&on_error=skip"])
def test_a_dry_run_counts_and_changes_nothing(
    client: FlaskClient, rooms: MemoryRooms, query: str
) -> None:
    answer = post(client, HEADER + line(1), query)

    assert (answer.status_code, counts_of(answer)) == (200, report(created=1))
    assert rooms.count() == 4
    assert post(client, HEADER + BAD, "dry_run=true").status_code == 422


def test_columns_may_have_other_names_and_decimals_be_rounded(client: FlaskClient) -> None:
    text = HEADER.replace("size", "squareMeters") + line(1).replace(",20,", ",19.5,")

    answer = post(client, text, "column_size=squareMeters&round=true&dry_run=false")

    assert counts_of(answer) == report(created=1)
    assert problems(post(client, text)) == ["size"]


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("dry_run=1", ["dry_run"]),
        ("on_error=ignore&round=yes", ["on_error", "round"]),
        ("dry_run=true&dry_run=true", ["dry_run"]),
        ("column_floor=x", ["column_floor"]),
        ("column_size=x&column_size=y", ["column_size"]),
        ("filter_price__lt=5&limit=1", ["filter_price__lt", "limit"]),
    ],
)
def test_every_bad_parameter_is_named(
    client: FlaskClient, rooms: MemoryRooms, query: str, parameters: list[str]
) -> None:
    assert problems(post(client, HEADER + line(1), query)) == parameters
    assert rooms.count() == 4


@pytest.mark.parametrize("name", ["delimiter", "header", "sheet"])
def test_what_is_about_tables_is_for_tables_alone(client: FlaskClient, name: str) -> None:
    for media_type in ("application/x-ndjson", "application/geo+json"):
        assert problems(post(client, "", f"{name}=auto", media_type)) == [name]


def test_the_charset_of_the_body_is_its_encoding(client: FlaskClient) -> None:
    text = (HEADER + line(1)).encode("utf-16")[2:]

    answer = post(client, text, media_type="text/csv; charset=utf-16le")

    assert counts_of(answer) == report(created=1)
    assert problems(post(client, text, media_type="text/csv; charset=x")) == ["encoding"]


def test_a_report_says_how_the_file_was_read_and_why_rows_were_rejected(
    client: FlaskClient,
) -> None:
    text = "id;price;lat;lon;m2;note\n7;500 €;1,5;2,5;9;a\n8;5 - 6;1,5;2,5;9;b\n"
    query = "source=acme&reference=id&guess=true&on_error=skip&dry_run=true"

    body: Any = post(client, text, query).json

    assert body["reasons"] == [{"column": "price", "reason": "is a range", "count": 1}]
    assert body["file"] == {
        "encoding": "utf-8",
        "delimiter": ";",
        "header": 1,
        "columns": {
            "size": "m2",
            "price": "price",
            "longitude": "lon",
            "latitude": "lat",
            "reference": "id",
        },
        "numbers": {},
        "ignored": ["note"],
        "warnings": [],
    }


def test_an_excel_file_is_imported(client: FlaskClient) -> None:
    rows = [HEADER.strip().split(","), list(vars(room(1)).values())]
    media_type = next(each for each in MEDIA_TYPES if MEDIA_TYPES[each] == "xlsx")

    answer = post(client, workbook(Rooms=rows), media_type=media_type)

    assert counts_of(answer) == report(created=1)


def test_a_profile_is_used(rooms: MemoryRooms, tmp_path: Path) -> None:
    save_profile(str(tmp_path), "acme", [("source", "acme"), ("guess", "true")])
    client = client_of(rooms, RENTOMATIC_PROFILES=str(tmp_path))
    text = "id,rent,lat,lon\n7,500,1,2\n"

    assert counts_of(post(client, text, "profile=acme")) == report(created=1)
    assert problems(post(client, text, "profile=else")) == ["profile"]


@pytest.mark.parametrize(
    "media_type",
    ["", "application/ld+json", "text/plain", "multipart/form-data"],
)
def test_another_media_type_is_415(client: FlaskClient, media_type: str) -> None:
    answer = client.post(
        "/rooms/import", data=HEADER, headers={"Content-Type": media_type} if media_type else {}
    )

    body: Any = answer.json
    assert answer.status_code == 415
    assert body["type"] == "ParametersError"
    assert all(name in body["message"] for name in MEDIA_TYPES)


def test_a_compressed_body_is_415(client: FlaskClient) -> None:
    fields = {"Content-Encoding": "gzip", "Content-Type": "text/csv"}

    answer = client.post("/rooms/import", data=HEADER, headers=fields)

    assert answer.status_code == 415


@pytest.mark.parametrize(
    ("query", "media_type", "status"),
    [("", "text/csv", 200), ("x=1", "text/csv", 400), ("", "text/plain", 415)],
)
def test_a_body_is_read_to_its_end_whatever_the_answer(
    query: str, media_type: str, status: int
) -> None:
    class NoRooms(MemoryRooms):
        def put(self, *_: Any) -> ImportReport:
            return ImportReport()

    text = (HEADER + "".join(map(line, range(40_000)))).encode()
    body = io.BytesIO(text)

    answer = client_of(NoRooms()).post(
        f"/rooms/import?{query}",
        input_stream=body,
        content_type=media_type,
        content_length=len(text),
    )

    assert (answer.status_code, body.tell()) == (status, len(text))


@pytest.mark.parametrize("media_type", ["text/csv; charset=UTF-8; header=present", "TEXT/CSV"])
def test_a_media_type_may_be_spelled_otherwise(client: FlaskClient, media_type: str) -> None:
    assert post(client, HEADER, media_type=media_type).status_code == 200


def test_a_body_that_is_larger_than_the_limit_is_413(rooms: MemoryRooms) -> None:
    text = HEADER + line(1) + line(2)
    client = client_of(rooms, RENTOMATIC_IMPORT_LIMIT=str(len(text)))

    answer = post(client, text + "\n")

    body: Any = answer.json
    assert answer.status_code == 413
    assert body["message"].startswith(f"The body is larger than {len(text)} bytes")
    assert "`rentomatic rooms import`" in body["message"]
    assert rooms.count() == 4
    assert counts_of(post(client, text)) == report(created=2)


def test_a_body_of_unknown_length_is_measured_as_it_comes(rooms: MemoryRooms) -> None:
    text = HEADER + "".join(map(line, range(100)))

    for limit, status in ((len(text) - 1, 413), (len(text) + 1, 200)):
        answer = client_of(rooms, RENTOMATIC_IMPORT_LIMIT=str(limit)).post(
            "/rooms/import",
            input_stream=io.BytesIO(text.encode()),
            content_type="text/csv",
            environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
        )
        assert answer.status_code == status

    assert rooms.count() == 104


def test_no_other_body_may_be_as_large(client: FlaskClient) -> None:
    assert client.application.config["MAX_CONTENT_LENGTH"] == 2**20


def test_a_body_is_read_while_its_rooms_are_put() -> None:
    class Watched(io.BytesIO):
        read_to = 0

        def readinto(self, buffer: Any) -> int:
            count = super().readinto(buffer)
            Watched.read_to += count
            return count

    class Watching(MemoryRooms):
        def put(self, rooms: Any, *_: Any) -> ImportReport:
            next(iter(rooms))
            assert 0 < Watched.read_to < len(text)
            return ImportReport()

    text = (HEADER + "".join(map(line, range(20_000)))).encode()

    client_of(Watching()).post(
        "/rooms/import",
        input_stream=Watched(text),
        content_type="text/csv",
        content_length=len(text),
    )

    assert Watched.read_to == len(text)


@pytest.mark.parametrize("query", ["", "on_error=skip"])
def test_an_import_that_takes_too_long_is_503_and_says_so(query: str) -> None:
    class Slow(MemoryRooms):
        taken = 0.0

        def put(  # type: ignore[override]
            self, _rooms: Any, _dry_run: Any, timeout: Any, *_: Any
        ) -> NoReturn:
            assert 0 < timeout <= 1
            time.sleep(self.taken)
            raise RepositoryUnavailable

    rooms = Slow()
    names = ("LOCK", "STATEMENT", "REQUEST")
    limits = {f"RENTOMATIC_{name}_TIMEOUT": str(i) for i, name in enumerate(names, 1)}
    for taken, message in (
        (0.0, "The rooms cannot be reached right now"),
        (1.1, "The import takes longer than 1 s"),
    ):
        rooms.taken = taken
        answer = post(client_of(rooms, **limits), HEADER + line(1), query)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert answer.json == {
            "type": "SystemError",
            "message": message,
            "code": "repository_unavailable",
        }


def test_other_methods_are_told_the_right_one(client: FlaskClient) -> None:
    answer = client.get("/rooms/import")

    assert (answer.status_code, answer.allow) == (405, {"POST", "OPTIONS"})
    assert json.loads(answer.text)["type"] == "ResourceError"


OFFER = "id,size,price,longitude,latitude\n"
MIRROR = "source=acme&reference=id&prune=true"


def offers(*ids: int) -> str:
    return OFFER + "".join(f"{each},{PLAIN}" for each in ids)


def test_a_newer_file_of_a_source_withdraws_the_rooms_that_it_lacks(
    client: FlaskClient, rooms: MemoryRooms
) -> None:
    post(client, offers(*range(10)), MIRROR)
    dry = post(client, offers(*range(1, 10)), f"{MIRROR}&dry_run=true").json or {}
    answer = post(client, offers(*range(1, 11)), MIRROR).json or {}

    gone = code_of("acme", "0")
    assert (dry["withdrawn"], dry["withdrawn_codes"]) == (1, [gone])
    assert (answer["created"], answer["unchanged"], answer["withdrawn"]) == (1, 9, 1)
    assert answer["withdrawn_codes"] == [gone]
    assert rooms.count() == len(EXAMPLE_ROOMS) + 10


def test_a_file_that_lacks_many_rooms_withdraws_none(
    client: FlaskClient, rooms: MemoryRooms
) -> None:
    post(client, offers(*range(10)), MIRROR)
    answer = post(client, offers(1), MIRROR)

    assert answer.status_code == 422
    assert (answer.json or {})["code"] == "withdrawal_refused"
    assert rooms.count() == len(EXAMPLE_ROOMS) + 10
    assert (post(client, offers(1), f"{MIRROR}&prune_any=true").json or {})["withdrawn"] == 9


def test_a_row_that_is_rejected_keeps_its_room_unless_its_id_is_lost(
    client: FlaskClient, rooms: MemoryRooms
) -> None:
    post(client, offers(*range(10)), MIRROR)
    wrong = f"{offers(*range(9))}9,20,x,19.94,50.06\n"
    lost = f"{offers(*range(9))}5.54E+17,{PLAIN}"

    assert (post(client, wrong, f"{MIRROR}&on_error=skip").json or {})["withdrawn"] == 0
    answer = post(client, lost, f"{MIRROR}&on_error=skip")
    assert answer.status_code == 400
    assert "prune: is impossible, because row 11 does not show" in answer.text
    assert rooms.count() == len(EXAMPLE_ROOMS) + 10


def test_only_the_rooms_of_a_source_can_be_withdrawn(client: FlaskClient) -> None:
    answer = post(client, HEADER + line(1), "prune=true")

    assert (answer.json or {})["errors"] == [{"parameter": "prune", "message": "needs source"}]
