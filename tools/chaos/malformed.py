"""What is no HTTP, sent to Nginx and, past it, to gunicorn."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from tests.e2e.stack import Checkout, ask
from tools.chaos import victims
from tools.chaos.figures import Figure
from tools.chaos.size import Size

PATIENCE_SECONDS = 0.3
STATUS_LINE = re.compile(rb"^HTTP/1\.[01] (\d{3})", re.MULTILINE)
# Not 401, 403 or 404, which would be about a request that was understood. gunicorn's answer may be
# about one: it reads no body before the application does, and closes after any answer.
REFUSALS = {
    "nginx": {400, 405, 408, 411, 413, 414, 415, 421, 431, 501, 505},
    "gunicorn": {*range(400, 500), 501, 505},
}
# What one of the two takes for a request all the same. gunicorn leaves the Host and how much there
# is to Nginx, which stands before it; Nginx takes a name alone for a field with nothing in it.
TAKEN = {
    ("gunicorn", "no Host"),
    ("gunicorn", "a Host with a slash"),
    ("gunicorn", "a thousand fields of 1 KiB"),
    ("nginx", "a field without a colon"),
}
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
# Whoever may write: what is wrong with a body shows only to who reads it.
POST = (
    b"POST /rooms HTTP/1.1\r\nHost: a\r\nAuthorization: TOKEN\r\n"
    b"Content-Type: application/json\r\n"
)
GET = b"GET /rooms HTTP/1.1\r\nHost: a\r\n"

# Each is refused, or the connection is closed without an answer.
MALFORMED: dict[str, bytes] = {
    "no request line": b"\x00\x01\x02\x03\r\n\r\n",
    "one word": b"nonsense\r\n\r\n",
    "no path": b"GET HTTP/1.1\r\nHost: a\r\n\r\n",
    "a fourth word": b"GET /rooms x HTTP/1.1\r\nHost: a\r\n\r\n",
    "no version number": b"GET /rooms HTTP/\r\nHost: a\r\n\r\n",
    "a version in letters": b"GET /rooms HTTP/one.one\r\nHost: a\r\n\r\n",
    "HTTP/2 by name": b"GET /rooms HTTP/2.0\r\nHost: a\r\n\r\n",
    "HTTP/3 by name": b"GET /rooms HTTP/3.1\r\nHost: a\r\n\r\n",
    "another protocol": b"GET /rooms SIP/2.0\r\nHost: a\r\n\r\n",
    "the beginning of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + bytes(32) + b"\r\n\r\n",
    "a relative path": b"GET rooms HTTP/1.1\r\nHost: a\r\n\r\n",
    "a path with NUL": b"GET /ro\x00oms HTTP/1.1\r\nHost: a\r\n\r\n",
    "a control character in the path": b"GET /ro\x01oms HTTP/1.1\r\nHost: a\r\n\r\n",
    "a path out of the root": b"GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n",
    "a broken escape": b"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n",
    "a line of 64 KiB": b"GET /" + b"x" * 65536 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "a field of 64 KiB": GET + b"X: " + b"x" * 65536 + b"\r\n\r\n",
    "a thousand fields of 1 KiB": GET
    + b"".join(b"X-%d: %s\r\n" % (number, b"x" * 1024) for number in range(1000))
    + b"\r\n",
    "no Host": b"GET /rooms HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET /rooms HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "a Host with a slash": b"GET /rooms HTTP/1.1\r\nHost: a/b\r\n\r\n",
    "NUL in a field": GET + b"X: a\x00b\r\n\r\n",
    "a bare CR in a field": GET + b"X: a\rY: b\r\n\r\n",
    "a space before the colon": GET + b"Content-Length : 5\r\n\r\nhello" + SMUGGLED,
    "a field without a colon": GET + b"nothing\r\n\r\n",
    "a folded field": GET + b"X: a\r\n b\r\n\r\n",
    "a folded Transfer-Encoding": POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "length and chunks": POST + b"Content-Length: 5\r\n" + CHUNKED + b"\r\n0\r\n\r\n" + SMUGGLED,
    "chunks and length": POST + CHUNKED + b"Content-Length: 50\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: 35\r\n\r\n" + SMUGGLED,
    "a list of lengths": POST + b"Content-Length: 0, 35\r\n\r\n" + SMUGGLED,
    "a negative length": POST + b"Content-Length: -1\r\n\r\n" + SMUGGLED,
    "a length with a sign": POST + b"Content-Length: +0\r\n\r\n" + SMUGGLED,
    "a length in hexadecimal": POST + b"Content-Length: 0x0\r\n\r\n" + SMUGGLED,
    "a length of 40 digits": POST + b"Content-Length: " + b"9" * 40 + b"\r\n\r\n",
    "chunks by another name": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunks twice": POST + CHUNKED * 2 + b"\r\n0\r\n\r\n" + SMUGGLED,
    "chunks not last": POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "chunks in HTTP/1.0": b"POST /rooms HTTP/1.0\r\n" + CHUNKED + b"\r\n0\r\n\r\n" + SMUGGLED,
    "a chunk of no size": POST + CHUNKED + b"\r\nzz\r\nhello\r\n0\r\n\r\n" + SMUGGLED,
    "a chunk of negative size": POST + CHUNKED + b"\r\n-5\r\nhello\r\n0\r\n\r\n" + SMUGGLED,
    "a chunk longer than it says": POST + CHUNKED + b"\r\n2\r\nhello\r\n0\r\n\r\n" + SMUGGLED,
    "a chunk of a huge size": POST + CHUNKED + b"\r\n" + b"f" * 20 + b"\r\nhello" + SMUGGLED,
    "a body that does not come": POST + b"Content-Length: 500\r\n\r\n{",
    "chunks that do not come": POST + CHUNKED + b"\r\n5\r\nhe",
    "a head that does not end": GET + b"X: ",
}

# What RFC 9112 lets a server take, or what it had to take once: one answer at most, and no 5xx.
ODD: dict[str, bytes] = {
    "HTTP/0.9": b"GET /rooms\r\n",
    "an absolute URL": b"GET http://a/rooms HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "bare LFs": b"GET /rooms HTTP/1.1\nHost: a\nConnection: close\n\n",
    "a method in lower case": b"get /rooms HTTP/1.1\r\nHost: a\r\n\r\n",
    "an empty line before it": b"\r\n" + GET + b"Connection: close\r\n\r\n",
    "CONNECT": b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
    "TRACE": b"TRACE /rooms HTTP/1.1\r\nHost: a\r\n\r\n",
}


class Said(NamedTuple):
    """Who was told what, and the statuses that came back."""

    server: str
    what: str
    statuses: list[int]


def malformed(services: Checkout, _size: Size) -> list[Figure]:
    """Send what is no HTTP: it is refused, nothing in it is answered, and nobody dies of it."""
    before = victims.workers(services)
    said, odd = list(_all(services, MALFORMED)), list(_all(services, ODD))
    passed = [each for each in said if not _refused(each)]
    failed = [each for each in odd if any(status >= 500 for status in each.statuses)]
    smuggled = [each for each in (*said, *odd) if len(each.statuses) > 1]
    for each in (*passed, *failed, *smuggled):
        print(each)
    log = (services.state / "test.log").read_text("utf-8")
    return [
        Figure("malformed requests", len(said)),
        Figure("refused", sum(len(each.statuses) == 1 for each in said)),
        Figure("closed without an answer", sum(not each.statuses for each in said)),
        Figure("answered otherwise", len(passed), most=0),
        Figure("odd requests", len(odd)),
        Figure("odd requests at which it failed", len(failed), most=0),
        Figure("answered more than once", len(smuggled), most=0),
        Figure("smuggled requests in the log", log.count('"/smuggled"'), most=0),
        Figure("workers that died", len(set(before) - set(victims.workers(services))), most=0),
        Figure("afterwards answered", ask(services.port, "/rooms").status, least=200, most=200),
    ]


def _refused(said: Said) -> bool:
    taken = {200} if (said.server, said.what) in TAKEN else set()
    return (REFUSALS[said.server] | taken).issuperset(said.statuses)


def _all(services: Checkout, table: dict[str, bytes]) -> Iterator[Said]:
    token = services.token("editor", f"editor-{time.monotonic_ns()}").encode()
    for what, template in table.items():
        text = template.replace(b"TOKEN", token)
        yield Said("nginx", what, _tell(("127.0.0.1", services.port), text))
        yield Said("gunicorn", what, _tell(str(services.state / "run/gunicorn.sock"), text))


def _tell(address: str | tuple[str, int], text: bytes) -> list[int]:
    """Send the bytes, and return the statuses of all answers to them."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family) as client:
        client.settimeout(PATIENCE_SECONDS)
        client.connect(address)
        with suppress(BrokenPipeError, ConnectionResetError, TimeoutError):
            client.sendall(text)
        return [int(status) for status in STATUS_LINE.findall(_received(client))]


def _received(client: socket.socket) -> bytes:
    """Return what comes until the server closes, or has nothing more to say."""
    received = b""
    with suppress(TimeoutError, ConnectionResetError):
        while part := client.recv(65536):
            received += part
    return received
