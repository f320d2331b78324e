"""Sends malformed HTTP to Nginx and, directly, to gunicorn."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from tests.e2e.stack import Checkout, ask
from tools.chaos import processes
from tools.chaos.figures import Figure
from tools.chaos.size import Size

TIMEOUT_SECONDS = 0.3
STATUS_LINE = re.compile(rb"^HTTP/1\.[01] (\d{3})", re.MULTILINE)
# Not 401, 403 or 404: with these, Nginx would have accepted the request. gunicorn may return any
# 4xx, because the application can respond before the body is read; then the connection is closed.
REJECTIONS = {
    "nginx": {400, 405, 408, 411, 413, 414, 415, 421, 431, 501, 505},
    "gunicorn": {*range(400, 500), 501, 505},
}
# Exceptions that a server accepts. gunicorn leaves checks of Host and of the total size of fields
# to Nginx; Nginx reads a field without a colon as a field with an empty value.
ACCEPTED = {
    ("gunicorn", "no Host"),
    ("gunicorn", "a Host with a slash"),
    ("gunicorn", "a thousand fields of 1 KiB"),
    ("nginx", "a field without a colon"),
}
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
# With a token, since the application reads the body of authorized requests only.
POST = (
    b"POST /rooms HTTP/1.1\r\nHost: a\r\nAuthorization: TOKEN\r\n"
    b"Content-Type: application/json\r\n"
)
GET = b"GET /rooms HTTP/1.1\r\nHost: a\r\n"

# Each must be rejected, or the connection closed without a response.
MALFORMED: dict[str, bytes] = {
    "no request line": b"\x00\x01\x02\x03\r\n\r\n",
    "request line with one token": b"nonsense\r\n\r\n",
    "no path": b"GET HTTP/1.1\r\nHost: a\r\n\r\n",
    "request line with four tokens": b"GET /rooms x HTTP/1.1\r\nHost: a\r\n\r\n",
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
    "chunk size not hexadecimal": POST + CHUNKED + b"\r\nzz\r\nhello\r\n0\r\n\r\n" + SMUGGLED,
    "a chunk of negative size": POST + CHUNKED + b"\r\n-5\r\nhello\r\n0\r\n\r\n" + SMUGGLED,
    "a chunk longer than it says": POST + CHUNKED + b"\r\n2\r\nhello\r\n0\r\n\r\n" + SMUGGLED,
    "a chunk of a huge size": POST + CHUNKED + b"\r\n" + b"f" * 20 + b"\r\nhello" + SMUGGLED,
    "truncated body": POST + b"Content-Length: 500\r\n\r\n{",
    "truncated chunk": POST + CHUNKED + b"\r\n5\r\nhe",
    "truncated header": GET + b"X: ",
}

# RFC 9112 or its predecessors allow servers to accept these: at maximum one response, and no 5xx.
UNUSUAL: dict[str, bytes] = {
    "HTTP/0.9": b"GET /rooms\r\n",
    "an absolute URL": b"GET http://a/rooms HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "bare LFs": b"GET /rooms HTTP/1.1\nHost: a\nConnection: close\n\n",
    "a method in lower case": b"get /rooms HTTP/1.1\r\nHost: a\r\n\r\n",
    "an empty line before it": b"\r\n" + GET + b"Connection: close\r\n\r\n",
    "CONNECT": b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
    "TRACE": b"TRACE /rooms HTTP/1.1\r\nHost: a\r\n\r\n",
}


class Result(NamedTuple):
    """The statuses that a server returned for one of the cases."""

    server: str
    case: str
    statuses: list[int]


def malformed(services: Checkout, _size: Size) -> list[Figure]:
    """Send malformed requests: they are rejected, without smuggling and without crashes."""
    before = processes.workers(services)
    results, unusual = list(_send_all(services, MALFORMED)), list(_send_all(services, UNUSUAL))
    unexpected = [each for each in results if not _is_expected(each)]
    failed = [each for each in unusual if any(status >= 500 for status in each.statuses)]
    smuggled = [each for each in (*results, *unusual) if len(each.statuses) > 1]
    for each in (*unexpected, *failed, *smuggled):
        print(each)
    log = (services.state / "test.log").read_text("utf-8")
    return [
        Figure("malformed requests", len(results)),
        Figure("rejected", sum(len(each.statuses) == 1 for each in results)),
        Figure("closed without a response", sum(not each.statuses for each in results)),
        Figure("other statuses", len(unexpected), maximum=0),
        Figure("unusual requests", len(unusual)),
        Figure("unusual requests with a 5xx", len(failed), maximum=0),
        Figure("answered more than once", len(smuggled), maximum=0),
        Figure("smuggled requests in the log", log.count('"/smuggled"'), maximum=0),
        Figure(
            "workers that died", len(set(before) - set(processes.workers(services))), maximum=0
        ),
        Figure("status afterwards", ask(services.port, "/rooms").status, minimum=200, maximum=200),
    ]


def _is_expected(result: Result) -> bool:
    success = {200} if (result.server, result.case) in ACCEPTED else set()
    return (REJECTIONS[result.server] | success).issuperset(result.statuses)


def _send_all(services: Checkout, table: dict[str, bytes]) -> Iterator[Result]:
    token = services.token("editor", f"editor-{time.monotonic_ns()}").encode()
    for case, template in table.items():
        text = template.replace(b"TOKEN", token)
        yield Result("nginx", case, _send(("127.0.0.1", services.port), text))
        yield Result("gunicorn", case, _send(str(services.state / "run/gunicorn.sock"), text))


def _send(address: str | tuple[str, int], text: bytes) -> list[int]:
    """Send raw bytes, and return the statuses of all responses."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family) as client:
        client.settimeout(TIMEOUT_SECONDS)
        client.connect(address)
        with suppress(BrokenPipeError, ConnectionResetError, TimeoutError):
            client.sendall(text)
        return [int(status) for status in STATUS_LINE.findall(_receive(client))]


def _receive(client: socket.socket) -> bytes:
    """Receive until the server closes the connection or a timeout."""
    received = b""
    with suppress(TimeoutError, ConnectionResetError):
        while part := client.recv(65536):
            received += part
    return received
