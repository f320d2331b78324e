"""Bodies before Nginx: which are received, and how refusals of others look."""

import json
import socket
from contextlib import ExitStack, closing
from itertools import product
from pathlib import Path

import pytest

from rentomatic.domain.tokens import Role
from rentomatic_postgres import connect
from tests.apps import token_for
from tests.e2e.sites import gunicorn
from tests.e2e.stack import Answer, ask, eventually
from tests.programs import PATIENCE_SECONDS
from tests.servers import nginx

pytestmark = pytest.mark.integration

MIB = 2**20
PATHS = ("/rooms", "/rooms/import", "/import", "/sign-in", "/nowhere")


def send(port: int, path: str, size: int, chunked: bool, **fields: str) -> Answer:
    """Send a CSV body that is larger than it may be; a refusal may come before its end."""
    body = b"x" * size
    if chunked:
        fields["Transfer-Encoding"] = "chunked"
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (size, body)
    return ask(port, path, "POST", body, **{"Content-Type": "text/csv", **fields})


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("path", PATHS)
def test_refusals_keep_their_status_and_shape_for_any_body(
    home: Path, application: Path, path: str, chunked: bool
) -> None:
    with nginx(home, [home / "away"], RENTOMATIC_HOSTS="rooms.example") as port:
        answers = {
            503: send(port, path, MIB // 2, chunked, Host="rooms.example"),
            421: send(port, path, 3 * MIB, chunked, Host="evil.example"),
        }
    with nginx(home, [application], RENTOMATIC_RATE_LIMIT="1") as port:
        [ask(port, "/rooms") for _ in range(9)]
        answers[429] = send(port, path, MIB // 2, chunked)

    for status, answer in answers.items():
        assert (answer.status, "message" in answer.json()) == (status, True)
        assert ("Retry-After" in answer.fields) == (status != 421)


def test_a_large_body_is_received_only_with_permission(home: Path, postgres_url: str) -> None:
    with closing(connect(postgres_url)) as storage:
        token = token_for(storage.tokens, Role.IMPORTER)
    with gunicorn(home, "one", postgres_url) as path, nginx(home, [path]) as port:
        for shown in ({}, {"Authorization": "Bearer ann.guessed"}, {"Cookie": "rentomatic=x"}):
            for chunked in (False, True):
                answer = send(port, "/rooms/import", 3 * MIB, chunked, **shown)
                assert (answer.status, answer.json()["code"]) == (401, "unauthorized")
        assert send(port, "/rooms/import", 3 * MIB, False, Authorization=token).status == 400
        small = send(port, "/rooms/import", 1000, False)
        assert (small.status, small.fields["WWW-Authenticate"][:6]) == (401, "Bearer")
        page = send(port, "/import", 3 * MIB, False)
        assert page.status == 303
        assert page.fields["Location"].endswith("/sign-in?next=/import")


def test_slow_uploads_of_strangers_take_no_disk_and_leave_room_for_others(
    home: Path, application: Path
) -> None:
    received = home / "nginx/client_body"
    with nginx(home, [application]) as port, ExitStack() as clients:
        for number in range(40):
            client = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
            clients.enter_context(client)
            path_ = ("/rooms/import", "/import")[number % 2]
            head = f"POST {path_} HTTP/1.1\r\nHost: a\r\nContent-Length: {16 * MIB - 1}\r\n\r\n"
            client.sendall(head.encode())
            answer = client.recv(65536)
            assert answer.split()[1] in (b"401", b"303", b"403"), answer
        assert ask(port, "/rooms").status == 200
        eventually(lambda: not any(received.iterdir()), "nothing is on the disk")


def test_the_connections_with_a_body_of_one_client_are_limited(
    home: Path, application: Path
) -> None:
    with nginx(home, [application]) as port, ExitStack() as clients:
        for _ in range(100):
            client = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
            clients.enter_context(client)
            client.sendall(b"POST /rooms HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nx")
        eventually(lambda: ask(port, "/rooms", "POST", b"{}").status == 429, "too many")
        answer = ask(port, "/rooms", "POST", b"{}")
        assert json.loads(answer.body)["code"] == "too_many_requests"
        assert answer.fields["Retry-After"] == "1"
        assert ask(port, "/rooms").status == 200


CODE = "00000000-0000-4000-8000-000000000001"
ROW = f"{CODE},20,50,19.94,50.06\n".encode()
CSV = b"code,size,price,longitude,latitude\n" + ROW
JSON = f'{{"code":"{CODE}","size":20,"price":50,"longitude":1,"latitude":2}}'.encode()
CUT_OFF = {
    "import, all or none": ("POST", "/rooms/import", "text/csv", CSV),
    "import, skip": ("POST", "/rooms/import?on_error=skip", "text/csv", CSV),
    "import of lines": ("POST", "/rooms/import", "application/x-ndjson", JSON + b"\n"),
    "new room": ("POST", "/rooms", "application/json", JSON),
    "room": ("PUT", f"/rooms/{CODE}", "application/json", JSON),
    "form": ("POST", "/sign-in", "application/x-www-form-urlencoded", b"token=ann.x"),
}


def test_a_body_that_ends_early_is_refused_without_nginx_too(
    home: Path, postgres_url: str
) -> None:
    """gunicorn tells the application only that the stream has ended."""
    key = {"RENTOMATIC_SECRET_KEY": "k" * 40}
    with (
        closing(connect(postgres_url)) as storage,
        gunicorn(home, "one", postgres_url, **key) as address,
    ):
        token = token_for(storage.tokens, Role.EDITOR)
        for name, chunked in product(CUT_OFF, (False, True)):
            answer = send_a_part(address, name, chunked, token)

            assert answer.split()[1] == b"400", (name, chunked, answer)
            assert storage.rooms.count() == 0, (name, chunked)


def send_a_part(address: Path, name: str, chunked: bool, token: str) -> bytes:
    """Send a request whose body is shorter than announced, and return the response."""
    method, path, media_type, body = CUT_OFF[name]
    length = f"Content-Length: {len(body) + 1000}"
    if chunked:
        length, body = "Transfer-Encoding: chunked", b"%x\r\n%s\r\n" % (len(body), body)
    fields = (f"Authorization: {token}", f"Content-Type: {media_type}", "Host: a", length)
    head = "\r\n".join((f"{method} {path} HTTP/1.1", *fields, "Connection: close", "", ""))
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE_SECONDS)
        client.connect(str(address))
        client.sendall(head.encode() + body)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(65536), b""))
