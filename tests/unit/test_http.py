"""What HTTP promises beside the rooms: validators, caches, other origins, problem details."""

import re
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from flask import Response
from flask.testing import FlaskClient

from rentomatic.repository.memory import EXAMPLE_ROOMS, MemoryRooms
from rentomatic_web.middleware.access import policy
from rentomatic_web.middleware.cors import EXPOSED
from rentomatic_web.middleware.errors import PROBLEMS, STATUSES
from rentomatic_web.middleware.security_headers import HEADERS
from tests.apps import app_of, client_of
from tests.repositories import AwayRooms, BrokenRooms

ROOM = f"/rooms/{EXAMPLE_ROOMS[0].code}"
OURS = "https://rooms.example"
PREFLIGHT = {"Access-Control-Request-Method": "GET"}
PROBLEM = {"Accept": "application/problem+json"}


@pytest.fixture
def rooms() -> MemoryRooms:
    return MemoryRooms(EXAMPLE_ROOMS)


@pytest.fixture
def client(rooms: MemoryRooms) -> FlaskClient:
    return client_of(rooms)


def shared(origins: str) -> FlaskClient:
    return client_of(MemoryRooms(EXAMPLE_ROOMS), RENTOMATIC_CORS_ORIGINS=origins)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_tag_of_a_room_is_a_strong_hash_of_its_bytes(client: FlaskClient, method: str) -> None:
    digest = sha256(client.get(ROOM).data).hexdigest()[:32]

    assert client.open(ROOM, method=method).headers["ETag"] == f'"{digest}"'


@pytest.mark.parametrize("path", ["/rooms", "/rooms?limit=1", "/rooms.csv", "/rooms.geojson"])
def test_the_tag_of_a_list_is_weak(client: FlaskClient, path: str) -> None:
    assert re.fullmatch(r'W/"[0-9a-f]{32}"', client.get(path).headers["ETag"])


@pytest.mark.parametrize("path", [ROOM, "/rooms", "/rooms?limit=2"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_client_that_has_the_answer_gets_304_alone(
    client: FlaskClient, path: str, method: str
) -> None:
    whole = client.get(path)
    tags = f'"other", {whole.headers["ETag"]}'

    answer = client.open(path, method=method, headers={"If-None-Match": tags})

    assert (answer.status_code, answer.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary"):
        assert answer.headers[name] == whole.headers[name]
    assert not {"Content-Type", "Content-Length"} & set(answer.headers.keys())


def test_a_list_that_changed_is_sent_again(client: FlaskClient, rooms: MemoryRooms) -> None:
    tag = client.get("/rooms").headers["ETag"]
    rooms.remove(EXAMPLE_ROOMS[0])

    assert client.get("/rooms", headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize(("tag", "status"), [("*", 200), ('"other"', 412), ('W/"other"', 412)])
def test_a_room_that_must_be_another_is_412(client: FlaskClient, tag: str, status: int) -> None:
    assert client.get(ROOM, headers={"If-Match": tag}).status_code == status
    mine = client.get(ROOM).headers["ETag"]
    assert client.get(ROOM, headers={"If-Match": mine}).status_code == 200


def test_a_weak_tag_never_meets_if_match(client: FlaskClient) -> None:
    tag = client.get("/rooms").headers["ETag"]

    for each in (tag, tag.removeprefix("W/")):
        assert client.get("/rooms", headers={"If-Match": each}).status_code == 412


def test_a_streamed_answer_is_neither_read_nor_tagged() -> None:
    app = app_of(MemoryRooms())

    @app.get("/stream")
    @policy(None)
    def stream() -> Response:
        return Response(iter([b"a", b"b"]))

    answer = app.test_client().get("/stream", headers={"If-None-Match": "*"})

    assert (answer.status_code, answer.data) == (200, b"ab")
    assert "ETag" not in answer.headers


def test_what_a_view_says_about_caches_stays() -> None:
    app = app_of(MemoryRooms())

    @app.get("/kept")
    @policy(None)
    def kept() -> Response:
        return Response("x", headers={"Cache-Control": "max-age=60", "ETag": '"mine"'})

    answer = app.test_client().get("/kept")

    assert (answer.headers["Cache-Control"], answer.headers["ETag"]) == ("max-age=60", '"mine"')


def test_rooms_are_asked_for_again_before_each_use(client: FlaskClient) -> None:
    assert client.get("/rooms").headers["Cache-Control"] == "public, max-age=0, must-revalidate"


def test_nobody_may_compress_one_room(client: FlaskClient) -> None:
    assert client.get(ROOM).cache_control.no_transform


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/rooms?limit=0", "/rooms/1", "/nothing"])
def test_nobody_keeps_probes_and_failures(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("path", [ROOM, "/rooms", "/rooms?limit=0", "/rooms.csv?x=1", "/nothing"])
def test_what_depends_on_accept_says_so(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Vary"] == "Accept"


@pytest.mark.parametrize("path", [ROOM, "/rooms", "/livez", "/nothing"])
def test_head_is_get_without_the_body(client: FlaskClient, path: str) -> None:
    asked, told = client.get(path), client.head(path)

    assert (told.status_code, told.data) == (asked.status_code, b"")
    for name in set(asked.headers.keys()) - {"X-Request-ID"}:
        assert told.headers[name] == asked.headers[name]


@pytest.mark.parametrize(
    ("path", "writing"),
    [(ROOM, {"PUT", "PATCH", "DELETE"}), ("/rooms", {"POST"}), ("/livez", set())],
)
def test_options_tells_the_methods(client: FlaskClient, path: str, writing: set[str]) -> None:
    answer = client.options(path)

    assert (answer.status_code, answer.allow) == (200, {"GET", "HEAD", "OPTIONS"} | writing)


def test_the_log_has_the_status_that_was_sent(
    client: FlaskClient, request_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    client.get("/rooms", headers={"If-None-Match": "*"})
    client.get(ROOM, headers={"If-Match": '"other"'})

    assert [line["status"] for line in request_lines()] == [304, 412]


def test_the_log_has_the_status_of_a_preflight(
    request_lines: Callable[[], list[dict[str, Any]]],
) -> None:
    shared(OURS).options("/rooms", headers={"Origin": OURS} | PREFLIGHT)

    assert [line["status"] for line in request_lines()] == [204]


@pytest.mark.parametrize("path", ["/rooms", "/nothing"])
def test_other_origins_get_nothing_unless_they_are_set(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Origin": OURS})

    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
    assert "Origin" not in answer.vary


@pytest.mark.parametrize("path", ["/rooms", ROOM, "/rooms?limit=0", "/nothing", "/livez"])
def test_an_origin_that_is_set_may_read_everything(path: str) -> None:
    answer = shared(f"https://a.example, {OURS}").get(path, headers={"Origin": OURS})

    assert answer.headers["Access-Control-Allow-Origin"] == OURS
    assert answer.headers["Access-Control-Expose-Headers"] == EXPOSED
    assert "Origin" in answer.vary


def test_a_bug_and_an_outage_can_be_read_by_other_origins_too() -> None:
    for rooms in (AwayRooms(), BrokenRooms()):
        client = client_of(rooms, RENTOMATIC_CORS_ORIGINS=OURS)
        answer = client.get("/rooms", headers={"Origin": OURS})
        assert answer.headers["Access-Control-Allow-Origin"] == OURS


@pytest.mark.parametrize("condition", [{"If-None-Match": "*"}, {"If-Match": '"other"'}])
def test_answers_to_conditions_can_be_read_by_other_origins(condition: dict[str, str]) -> None:
    answer = shared(OURS).get(ROOM, headers={"Origin": OURS} | condition)

    assert answer.status_code in (304, 412)
    assert answer.headers["Access-Control-Allow-Origin"] == OURS


@pytest.mark.parametrize("origin", ["https://b.example", f"{OURS}:444", f"{OURS}.evil", "null"])
def test_any_other_origin_gets_nothing(origin: str) -> None:
    client = shared(OURS)

    for answer in (
        client.get("/rooms", headers={"Origin": origin}),
        client.options("/rooms", headers={"Origin": origin} | PREFLIGHT),
        client.get("/rooms"),
    ):
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Origin" in answer.vary


def test_a_star_lets_every_origin_read_the_same_answer() -> None:
    answer = shared("*").get("/rooms")

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Origin" not in answer.vary


@pytest.mark.parametrize("path", ["/rooms", ROOM, "/nothing"])
def test_a_preflight_is_204(path: str) -> None:
    answer = shared(OURS).options(path, headers={"Origin": OURS} | PREFLIGHT)

    assert (answer.status_code, answer.data) == (204, b"")
    assert "Content-Type" not in answer.headers
    assert "GET" in answer.headers["Access-Control-Allow-Methods"]
    assert "If-None-Match" in answer.headers["Access-Control-Allow-Headers"]
    assert answer.headers["Access-Control-Max-Age"] == "7200"


def test_problem_details_say_what_the_books_errors_say(client: FlaskClient) -> None:
    book = client.get("/rooms?limit=0").json
    answer = client.get("/rooms?limit=0", headers=PROBLEM)

    assert book is not None
    assert answer.content_type == "application/problem+json"
    assert answer.json == {
        "type": "/problems/parameters",
        "title": "The request is invalid",
        "status": 400,
        "detail": book["message"],
        "code": "invalid_request",
        "errors": book["errors"],
    }


def test_every_failure_has_problem_details() -> None:
    assert len(STATUSES) == 11
    for client, path, status, kind in (
        (client_of(MemoryRooms()), "/nothing", 404, "/problems/resource"),
        (client_of(AwayRooms()), "/rooms", 503, "/problems/system"),
        (client_of(BrokenRooms()), "/rooms", 500, "/problems/system"),
    ):
        answer = client.get(path, headers=PROBLEM)
        assert answer.status_code == status
        assert answer.json is not None
        assert (answer.json["type"], answer.json["status"]) == (kind, status)
        assert "errors" not in answer.json


@pytest.mark.parametrize(
    "accept",
    [
        "application/problem+json",
        "application/problem+json, */*;q=0.1",
        "application/json;q=0.9, application/problem+json",
        "text/csv, application/problem+json;q=0.5",
    ],
)
def test_problem_details_are_for_who_prefers_them(client: FlaskClient, accept: str) -> None:
    answer = client.get("/nothing", headers={"Accept": accept})

    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/*",
        "application/json",
        "application/json, application/problem+json",
        "application/problem+json;q=0.5, application/json",
        "application/problem+json;q=0",
        "nonsense;;q=x",
    ],
)
def test_everyone_else_gets_the_books_errors(client: FlaskClient, accept: str) -> None:
    answer = client.get("/nothing", headers={"Accept": accept})

    assert answer.content_type == "application/json"
    assert answer.json is not None
    assert list(answer.json) == ["type", "message", "code"]


def test_the_time_an_answer_took_is_told_when_it_is_set() -> None:
    client = client_of(MemoryRooms(), RENTOMATIC_SERVER_TIMING="on")

    for path in ("/rooms", "/nothing"):
        assert re.fullmatch(
            r"app;dur=[\d.]+, db;dur=[\d.]+", client.get(path).headers["Server-Timing"]
        )


def test_the_time_an_answer_took_is_not_told_unless_it_is_set(client: FlaskClient) -> None:
    assert "Server-Timing" not in client.get("/rooms").headers


def test_the_problem_types_are_those_of_the_books_errors() -> None:
    assert set(PROBLEMS) == {"ParametersError", "ResourceError", "SystemError"}


@pytest.mark.parametrize("path", ["/", "/rooms", ROOM, "/docs", "/livez", "/nothing", "/rooms?x="])
def test_every_answer_restricts_browsers_once(client: FlaskClient, path: str) -> None:
    fields = client.get(path).headers

    assert {name: fields.getlist(name) for name in HEADERS} == {
        name: [value] for name, value in HEADERS.items()
    }


@pytest.mark.parametrize("path", ["/rooms", "/rooms.csv", "/rooms/facets"])
def test_lists_may_be_kept_for_a_second_where_that_is_set(path: str) -> None:
    client = client_of(MemoryRooms(), RENTOMATIC_MICRO_CACHE="on")
    before = time.time()
    fields = client.get(path).headers

    assert fields["Cache-Control"] == "public, max-age=1, stale-while-revalidate=1"
    assert before - 0.5 <= int(fields["X-Accel-Expires"].removeprefix("@")) <= time.time() + 0.5


@pytest.mark.parametrize("path", ["/rooms/export", ROOM, "/rooms?x=1", "/docs", "/livez"])
def test_nothing_else_is_kept_for_a_second(path: str) -> None:
    client = client_of(MemoryRooms(EXAMPLE_ROOMS), RENTOMATIC_MICRO_CACHE="on")

    assert "max-age=1" not in client.get(path, headers={"Accept": "*/*"}).headers["Cache-Control"]
