"""The HTTP interface, over rooms in memory."""

import json
import logging
from collections.abc import Callable
from contextlib import redirect_stdout
from errno import ENOSPC
from http import HTTPStatus
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any, NoReturn, TextIO

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from rentomatic.errors import RentomaticError
from rentomatic.repository.memory import EXAMPLE_ROOMS, MemoryRooms
from rentomatic.serializers.rooms import room_to_dict
from rentomatic_web.middleware.access import policy
from rentomatic_web.middleware.errors import STATUSES
from rentomatic_web.middleware.logs import JSONFormatter, logging_config
from tests.apps import app_of, client_of
from tests.repositories import AwayRooms, BrokenRooms

CODE = EXAMPLE_ROOMS[0].code


def read(answer: TestResponse) -> Any:
    assert answer.content_type == "application/json"
    return json.loads(answer.text)


@pytest.fixture
def client() -> FlaskClient:
    return client_of(MemoryRooms(EXAMPLE_ROOMS))


def problems(answer: TestResponse) -> list[tuple[str, str]]:
    assert answer.status_code == 400
    body = read(answer)
    assert body["type"] == "ParametersError"
    listed = [(problem["parameter"], problem["message"]) for problem in body["errors"]]
    assert body["message"] == "\n".join(": ".join(problem) for problem in listed)
    return listed


def test_rooms_are_a_bare_array_by_price(client: FlaskClient) -> None:
    answer = client.get("/rooms")

    assert answer.status_code == 200
    assert [room["price"] for room in read(answer)] == [39, 48, 60, 66]
    assert list(read(answer)[0]) == ["code", "size", "price", "latitude", "longitude"]
    assert read(answer)[0] == room_to_dict(EXAMPLE_ROOMS[0])


@pytest.mark.parametrize(
    ("query", "prices"),
    [
        ("filter_price__lt=60", [39, 48]),
        ("filter_price__lte=60", [39, 48, 60]),
        ("filter_price__gt=48&filter_price__lt=66", [60]),
        ("filter_price__eq=60", [60]),
        ("filter_price__ne=60", [39, 48, 66]),
        ("filter_price__in=39,66,1", [39, 66]),
        ("filter_size__gte=215", [39, 66]),
        ("filter_longitude__lt=-0.05e0", [39]),
        ("filter_latitude__gt=51.7", [39, 66]),
        (f"filter_code__eq={CODE}", [39]),
        (f"filter_code__eq={CODE.upper()}", [39]),
        (f"filter_code__ne={CODE}", [48, 60, 66]),
        ("limit=1", [39]),
        ("filter_price__gt=2147483647", []),
    ],
)
def test_filters_choose_rooms(client: FlaskClient, query: str, prices: list[int]) -> None:
    assert [room["price"] for room in read(client.get(f"/rooms?{query}"))] == prices


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("filter_price__lt=abc", ["filter_price__lt"]),
        ("filter_price__lt=-1", ["filter_price__lt"]),
        ("filter_price__lt=%2B5", ["filter_price__lt"]),
        ("filter_price__lt=+5", ["filter_price__lt"]),
        ("filter_price__lt=5.0", ["filter_price__lt"]),
        ("filter_price__lt=", ["filter_price__lt"]),
        ("filter_price__lt=%EF%BC%95", ["filter_price__lt"]),
        ("filter_price__lt=5%00", ["filter_price__lt"]),
        ("filter_price__lt=%ff", ["filter_price__lt"]),
        ("filter_price__lt=2147483648", ["filter_price__lt"]),
        ("filter_longitude__lt=1e400", ["filter_longitude__lt"]),
        ("filter_longitude__lt=NaN", ["filter_longitude__lt"]),
        ("filter_code__eq=x", ["filter_code__eq"]),
        ("filter_code__lt=" + CODE, ["filters"]),
        ("filter_filter_price__lt=5", ["filters"]),
        ("price__lt=5", ["price__lt"]),
        ("limit=0", ["limit"]),
        ("limit=1001", ["limit"]),
        ("limit=1&limit=2", ["limit"]),
        ("utm_source=x&filter_price__lt=x", ["utm_source", "filter_price__lt"]),
    ],
)
def test_every_bad_parameter_is_named(
    client: FlaskClient, query: str, parameters: list[str]
) -> None:
    assert [name for name, _ in problems(client.get(f"/rooms?{query}"))] == parameters


def test_an_unknown_filter_is_refused_in_the_books_words(client: FlaskClient) -> None:
    answer = client.get("/rooms?filter_garden__eq=1")

    assert problems(answer) == [("filters", "Key garden__eq cannot be used")]


def test_five_hundred_parameters_are_answered(client: FlaskClient) -> None:
    answer = client.get("/rooms?" + "&".join(f"p{number}=1" for number in range(500)))

    assert len(problems(answer)) == 500


@pytest.mark.parametrize("spelling", [CODE, CODE.upper(), CODE.replace("-", ""), f"{{{CODE}}}"])
def test_a_room_is_read_by_its_code(client: FlaskClient, spelling: str) -> None:
    assert client.get(f"/rooms/{spelling}").json == room_to_dict(EXAMPLE_ROOMS[0])


@pytest.mark.parametrize(
    "path", ["/rooms/fe2c3195-aeff-487a-a08f-e0bdc0ec6e9b", "/rooms/1", "/rooms/", "/nothing"]
)
def test_what_is_not_there_is_a_resource_error(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert read(answer)["type"] == "ResourceError"


def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient) -> None:
    answer = client.delete("/rooms")

    assert answer.status_code == 405
    assert read(answer)["type"] == "ResourceError"
    assert answer.allow == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize(
    ("method", "path"),
    [("OPTIONS", "/rooms"), ("HEAD", "/rooms"), ("PUT", "/rooms"), ("GET", "/x")],
)
def test_programs_get_json(client: FlaskClient, method: str, path: str) -> None:
    assert client.open(path, method=method).content_type == "application/json"


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_a_working_process_is_alive_and_ready(client: FlaskClient, path: str) -> None:
    assert client.get(path).json == {"status": "ok"}


def test_a_process_without_storage_is_alive_but_not_ready() -> None:
    client = client_of(AwayRooms())

    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 503


def test_a_storage_that_is_away_is_503_and_may_be_retried() -> None:
    answer = client_of(AwayRooms()).get("/rooms")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "1"
    assert read(answer)["type"] == "SystemError"
    assert "db.internal" not in answer.text


def test_a_bug_is_500_and_tells_the_client_nothing() -> None:
    answer = client_of(BrokenRooms()).get("/rooms")

    assert answer.status_code == 500
    assert read(answer)["type"] == "SystemError"
    assert "secret" not in answer.text
    assert "ZeroDivisionError" not in answer.text


def test_every_failure_has_a_status() -> None:
    assert set(STATUSES) == set(RentomaticError.__subclasses__())


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "ParametersError"),
        (413, "ParametersError"),
        (415, "ParametersError"),
        (422, "ParametersError"),
        (404, "ResourceError"),
        (409, "ResourceError"),
        (412, "ResourceError"),
        (500, "SystemError"),
        (503, "SystemError"),
    ],
)
def test_statuses_have_the_books_types(status: int, kind: str) -> None:
    from werkzeug.exceptions import default_exceptions  # noqa: PLC0415

    app = app_of(MemoryRooms())

    @app.get("/fail")
    @policy(None)
    def fail() -> NoReturn:
        raise default_exceptions[status]

    answer = app.test_client().get("/fail")

    assert answer.status_code == HTTPStatus(status)
    assert read(answer)["type"] == kind


def test_a_clients_request_id_comes_back(client: FlaskClient) -> None:
    answer = client.get("/rooms", headers={"X-Request-ID": "from-client_1.2"})

    assert answer.headers["X-Request-ID"] == "from-client_1.2"


@pytest.mark.parametrize("claimed", ["", "a b", '"}{"', "x" * 129, "é"])
def test_a_request_id_that_could_harm_a_log_is_replaced(client: FlaskClient, claimed: str) -> None:
    answer = client.get("/rooms", headers={"X-Request-ID": claimed})

    assert len(answer.headers["X-Request-ID"]) == 32


def test_each_request_is_one_json_line_without_its_query(
    client: FlaskClient, request_lines: Callable[[], list[dict[str, Any]]]
) -> None:
    client.get("/rooms?limit=7", headers={"X-Request-ID": "one"})

    (line,) = request_lines()
    assert (line["message"], line["request_id"]) == ("request", "one")
    assert line["method"] == "GET"
    assert line["path"] == line["route"] == "/rooms"
    assert line["status"] == 200
    assert line["duration_ms"] >= 0
    assert "limit" not in str(line)


def test_a_failure_is_logged_with_its_cause_under_the_requests_id(
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = client_of(AwayRooms())
    client.get("/rooms", headers={"X-Request-ID": "two"})

    failure = next(record for record in caplog.records if record.levelname == "ERROR")
    assert "db.internal" in JSONFormatter().format(failure)


def test_the_logging_configuration_is_one_that_logging_takes() -> None:
    import logging.config  # noqa: PLC0415

    assert logging.config.DictConfigurator(logging_config())


def test_a_proxys_word_about_the_client_is_taken_once() -> None:
    app = app_of(MemoryRooms())

    @app.get("/seen")
    @policy(None)
    def seen() -> dict[str, str]:
        from flask import request  # noqa: PLC0415

        return {"url": request.url, "client": str(request.remote_addr)}

    forwarded = {
        "X-Forwarded-For": "6.6.6.6, 1.2.3.4",
        "X-Forwarded-Host": "rooms.example:8080",
        "X-Forwarded-Proto": "https",
    }
    assert app.test_client().get("/seen", headers=forwarded).json == {
        "url": "https://rooms.example:8080/seen",
        "client": "1.2.3.4",
    }


@pytest.mark.parametrize(
    ("file", "status", "code"),
    [("/dev/full", 503, "disk_full"), ("/dev/null/file", 500, "internal_server_error")],
)
def test_a_full_disk_is_503_and_any_other_error_of_a_file_is_500(
    file: str, status: int, code: str
) -> None:
    app = app_of(MemoryRooms())
    app.add_url_rule("/write", view_func=policy(None)(lambda: str(Path(file).write_bytes(b"x"))))

    answer = app.test_client().get("/write")

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert answer.headers.get("Retry-After") == ("60" if status == 503 else None)


@pytest.mark.parametrize("path", ["/rooms?limit=\xe9", "/?\xff=1", "/rooms/facets?bbox=\xc3\xa9"])
def test_a_query_with_raw_bytes_is_answered(client: FlaskClient, path: str) -> None:
    path, _, query = path.partition("?")
    environ = {"QUERY_STRING": query, "REQUEST_METHOD": "GET", "PATH_INFO": path}

    answer = client.open(environ_overrides=environ)

    assert answer.status_code in (200, 400)


def closed() -> TextIO:
    stream = StringIO()
    stream.close()
    return stream


class FullDisk(StringIO):
    def flush(self) -> None:
        raise OSError(ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    "stdout", [closed, FullDisk, lambda: TextIOWrapper(BytesIO(), encoding="latin-1")]
)
def test_requests_are_served_without_a_log(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, stdout: Callable[[], TextIO]
) -> None:
    caplog.set_level(logging.INFO, "rentomatic_web.middleware.logs")

    with redirect_stdout(stdout()):
        statuses = [client.get(path).status_code for path in ("/rooms", "/\u20ac", "/rooms")]

    assert statuses == [200, 404, 200]
