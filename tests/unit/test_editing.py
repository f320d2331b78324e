"""Writes over HTTP: tokens, preconditions, responses."""

import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from rentomatic.domain.query import Query
from rentomatic.domain.room import Room
from rentomatic.domain.tokens import Role, Token
from rentomatic.repository.memory import MemoryRooms, MemoryTokens
from tests.apps import client_of, token_for
from tests.rooms import room

PATH = f"/rooms/{room().code}"
MEMBERS = {"size": 20, "price": 50, "latitude": 50.06, "longitude": 19.94}
JSON = "application/json"
PATCH = "application/merge-patch+json"


@pytest.fixture
def rooms() -> MemoryRooms:
    return MemoryRooms([room()])


@pytest.fixture
def tokens() -> MemoryTokens:
    return MemoryTokens()


@pytest.fixture
def anyone(rooms: MemoryRooms, tokens: MemoryTokens) -> FlaskClient:
    """A client without a token."""
    return client_of(rooms, tokens)


@pytest.fixture
def client(anyone: FlaskClient, tokens: MemoryTokens) -> Iterator[FlaskClient]:
    """A client with an editor's token."""
    anyone.environ_base["HTTP_AUTHORIZATION"] = token_for(tokens, Role.EDITOR)
    yield anyone
    anyone.environ_base.pop("HTTP_AUTHORIZATION", None)


def sent(answer: TestResponse) -> Any:
    return json.loads(answer.text)


def problems(answer: TestResponse) -> list[str]:
    assert answer.status_code == 400
    return [f"{each['parameter']}: {each['message']}" for each in sent(answer)["errors"]]


def test_a_room_is_added_under_a_new_code(client: FlaskClient, rooms: MemoryRooms) -> None:
    answer = client.post("/rooms", json=MEMBERS)

    added = sent(answer)
    assert answer.status_code == 201
    assert UUID(added["code"]).version == 4
    assert rooms.get(added["code"]) == Room(**added)
    assert answer.headers["Location"] == f"/rooms/{added['code']}"
    read = client.get(answer.headers["Location"])
    assert (read.data, read.headers["ETag"]) == (answer.data, answer.headers["ETag"])


def test_a_room_is_added_under_its_own_code_once(client: FlaskClient, rooms: MemoryRooms) -> None:
    again = MEMBERS | {"code": room(2).code.upper()}

    first, second = client.post("/rooms", json=again), client.post("/rooms", json=again)

    assert (first.status_code, second.status_code) == (201, 409)
    assert first.headers["Location"] == f"/rooms/{room(2).code}"
    assert sent(second)["message"] == f"There is already a room {room(2).code}"
    assert rooms.count() == 2


def test_a_room_is_put_again_and_again(client: FlaskClient, rooms: MemoryRooms) -> None:
    path = f"/rooms/{room(2).code}"

    answers = [client.put(path, json=MEMBERS | {"price": price}) for price in (1, 1, 2.0)]

    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert ["Location" in answer.headers for answer in answers] == [True, False, False]
    assert rooms.get(room(2).code) == room(2, price=2)
    assert answers[-1].headers["ETag"] == client.get(path).headers["ETag"]


@pytest.mark.parametrize("media_type", [PATCH, JSON, f"{JSON}; charset=utf-8"])
def test_a_room_is_changed_where_the_patch_says(
    client: FlaskClient, rooms: MemoryRooms, media_type: str
) -> None:
    answer = client.patch(PATH, data=json.dumps({"price": 7}), content_type=media_type)

    assert answer.status_code == 200
    assert rooms.get(room().code) == room(price=7) == Room(**sent(answer))
    assert answer.headers["ETag"] == client.get(PATH).headers["ETag"]


def test_a_room_is_removed_once(client: FlaskClient, rooms: MemoryRooms) -> None:
    answers = [client.delete(PATH), client.delete(PATH)]

    assert [answer.status_code for answer in answers] == [204, 404]
    assert answers[0].data == b""
    assert "Content-Type" not in answers[0].headers
    assert rooms.count() == 0


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_if_match_lets_nobody_overwrite_what_he_has_not_seen(
    client: FlaskClient, rooms: MemoryRooms, method: str
) -> None:
    body = json.dumps(MEMBERS | {"price": 60})
    seen = client.get(PATH).headers["ETag"]
    rooms.replace(room(), room(price=55))
    now = client.get(PATH).headers["ETag"]

    def write(tag: str) -> int:
        headers = {"If-Match": tag, "Content-Type": JSON}
        return client.open(PATH, method=method, data=body, headers=headers).status_code

    for tag in (seen, f"W/{now}", "", "nonsense", '"'):
        assert write(tag) == 412, tag
        assert rooms.search(Query()) == [room(price=55)]
    assert write(f'"other", {now}') in (200, 204)
    assert rooms.search(Query()) == ([] if method == "DELETE" else [room(price=60)])


def test_if_match_with_a_star_needs_some_room(client: FlaskClient) -> None:
    anything = {"If-Match": "*"}

    assert client.put(PATH, json=MEMBERS, headers=anything).status_code == 200
    assert client.delete(PATH, headers=anything).status_code == 204
    assert client.put(PATH, json=MEMBERS, headers=anything).status_code == 412
    assert client.patch(PATH, json={}, headers=anything).status_code == 404


def test_if_none_match_with_a_star_needs_none(client: FlaskClient, rooms: MemoryRooms) -> None:
    nothing = {"If-None-Match": "*"}

    assert client.put(PATH, json=MEMBERS | {"price": 1}, headers=nothing).status_code == 412
    assert rooms.get(room().code) == room()
    assert client.put(f"/rooms/{room(2).code}", json=MEMBERS, headers=nothing).status_code == 201
    tag = {"If-None-Match": client.get(PATH).headers["ETag"]}
    assert client.put(PATH, json=MEMBERS | {"price": 1}, headers=tag).status_code == 412


@pytest.mark.parametrize(("method", "path"), [("POST", "/rooms"), ("PUT", PATH), ("PATCH", PATH)])
def test_what_is_wrong_with_a_body_is_listed(
    client: FlaskClient, rooms: MemoryRooms, method: str, path: str
) -> None:
    body = {"size": True, "price": 5.5, "latitude": 91, "longitude": 0, "floor": 1}
    answer = client.open(path, method=method, json=body)

    assert sorted(problems(answer)) == [
        "floor: is not a member of a room",
        "latitude: must be from -90 to 90",
        "price: must be a whole number",
        "size: must be a number",
    ]
    assert rooms.search(Query()) == [room()]


def test_a_code_is_for_ever(client: FlaskClient) -> None:
    other = MEMBERS | {"code": room(2).code}

    for answer in (client.put(PATH, json=other), client.patch(PATH, json=other)):
        assert problems(answer) == [f"code: must be {room().code}, because it cannot be changed"]


@pytest.mark.parametrize(("method", "path"), [("POST", "/rooms"), ("PUT", PATH), ("PATCH", PATH)])
@pytest.mark.parametrize("media_type", [None, "", "text/plain", "application/xml", "json"])
def test_another_media_type_is_refused(
    client: FlaskClient, method: str, path: str, media_type: str | None
) -> None:
    answer = client.open(path, method=method, data="{}", content_type=media_type)

    assert answer.status_code == 415
    assert JSON in sent(answer)["message"]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("code", ["1", "null,null", "x" * 32, "{}", "urn:uuid:"])
def test_what_is_no_uuid_is_no_path(client: FlaskClient, method: str, code: str) -> None:
    assert client.open(f"/rooms/{code}", method=method).status_code == 404


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_merge_patch_is_no_room(client: FlaskClient, method: str) -> None:
    path = PATH if method == "PUT" else "/rooms"

    assert client.open(path, method=method, data="{}", content_type=PATCH).status_code == 415


def test_a_body_over_a_megabyte_is_refused(client: FlaskClient) -> None:
    answer = client.post("/rooms", data=b" " * (1024 * 1024 + 1), content_type=JSON)

    assert answer.status_code == 413
    assert sent(answer)["type"] == "ParametersError"


WRITES = [("POST", "/rooms"), ("PUT", PATH), ("PATCH", PATH), ("DELETE", PATH)]


@pytest.mark.parametrize(("method", "path"), WRITES)
@pytest.mark.parametrize("shown", [None, "Bearer ann.x", "Basic YTpi", "Bearer", "x" * 99])
def test_without_any_token_made_nobody_may_write(
    anyone: FlaskClient, rooms: MemoryRooms, method: str, path: str, shown: str | None
) -> None:
    headers = {"Authorization": shown} if shown else {}
    answer = anyone.open(path, method=method, json=MEMBERS, headers=headers)

    assert answer.status_code == 403
    assert sent(answer)["message"] == "This needs a token, and no token exists yet"
    assert rooms.search(Query()) == [room()]


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_write_needs_a_token(
    anyone: FlaskClient, tokens: MemoryTokens, method: str, path: str
) -> None:
    token_for(tokens, Role.EDITOR)
    answer = anyone.open(path, method=method, json=MEMBERS)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer realm=rentomatic"


@pytest.mark.parametrize(
    ("shown", "error"),
    [
        ("Basic YTpi", False),
        ("Bearer ann.wrong", True),
        ("Bearer bob.wrong", True),
        ("bearer \xe9", True),
        ("Bearer", False),
    ],
)
def test_a_token_is_proved(
    anyone: FlaskClient, tokens: MemoryTokens, shown: str, error: bool
) -> None:
    token_for(tokens, Role.EDITOR)
    answer = anyone.delete(PATH, headers={"Authorization": shown})

    assert answer.status_code == 401
    assert ("error=" in answer.headers["WWW-Authenticate"]) == error


def test_a_token_whose_time_is_over_is_none(anyone: FlaskClient, tokens: MemoryTokens) -> None:
    over = {"Authorization": token_for(tokens, Role.EDITOR, age=2)}

    assert anyone.delete(PATH, headers=over).status_code == 401


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_a_token_for_importing_changes_no_single_room(
    anyone: FlaskClient, tokens: MemoryTokens, rooms: MemoryRooms, method: str, path: str
) -> None:
    importer = {"Authorization": token_for(tokens, Role.IMPORTER)}
    answer = anyone.open(path, method=method, json=MEMBERS, headers=importer)

    assert answer.status_code == 403
    assert sent(answer)["message"] == "The token ann may not edit rooms"
    assert rooms.search(Query()) == [room()]


def test_who_may_not_write_is_told_nothing_about_his_body(anyone: FlaskClient) -> None:
    assert anyone.post("/rooms", data="{", content_type="text/plain").status_code == 403


def test_a_write_is_logged_with_whose_token_it_was_and_which_room(
    client: FlaskClient, request_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    code = sent(client.post("/rooms", json=MEMBERS))["code"]
    client.delete(PATH)

    added, removed = request_lines()
    assert (added["token"], added["code"], added["status"]) == ("ann", code, 201)
    assert (removed["token"], removed["code"], removed["status"]) == ("ann", room().code, 204)


def test_no_secret_is_logged(
    client: FlaskClient,
    tokens: MemoryTokens,
    caplog: pytest.LogCaptureFixture,
    request_lines: Callable[[], list[dict[str, Any]]],
) -> None:
    caplog.set_level(logging.DEBUG)
    shown = client.environ_base["HTTP_AUTHORIZATION"]
    (token,) = tokens.list()
    client.post("/rooms", json=MEMBERS)
    client.post("/rooms", json=MEMBERS, headers={"Authorization": f"{shown}x"})

    logged = " ".join(map(str, [*map(vars, caplog.records), *request_lines()]))
    assert "'POST'" in logged
    assert shown.partition(".")[2] not in logged
    assert token.digest not in logged


def test_reading_stays_public(anyone: FlaskClient, tokens: MemoryTokens) -> None:
    token_for(tokens, Role.EDITOR)

    assert anyone.get("/rooms").status_code == 200
    assert anyone.get(PATH).status_code == 200


@pytest.mark.parametrize("path", ["/rooms", PATH, "/rooms.csv", "/rooms/export", "/rooms/facets"])
def test_reading_needs_a_token_where_the_operator_says_so(
    rooms: MemoryRooms, tokens: MemoryTokens, path: str
) -> None:
    client = client_of(rooms, tokens, RENTOMATIC_READING="token")
    importer = {"Authorization": token_for(tokens, Role.IMPORTER)}
    accept = {"Accept": "*/*"}

    assert client.get(path, headers=accept).status_code == 401
    answer = client.get(path, headers=accept | importer)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"].startswith("private, ")
    assert client.get("/livez").status_code == 200


def test_a_revoked_token_is_gone_at_once(client: FlaskClient, tokens: MemoryTokens) -> None:
    tokens.add(Token("other", Role.EDITOR, "", datetime.now(UTC)))
    assert client.patch(PATH, json={}).status_code == 200

    tokens.revoke("ann")

    assert client.patch(PATH, json={}).status_code == 401
