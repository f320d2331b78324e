"""Sends more concurrent requests than can be served."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

import psycopg

from tests.e2e.stack import Answer, Checkout
from tests.programs import PATIENCE_SECONDS
from tools.chaos.clients import sample
from tools.chaos.figures import Figure, status_figures
from tools.chaos.kills import is_well_formed_503, owner_url
from tools.chaos.size import Size

PROXY_SECONDS = 20  # RENTOMATIC_REQUEST_TIMEOUT + 5
CLIENTS = 200


def saturation(services: Checkout, size: Size) -> list[Figure]:
    """Lock the table `room` under many requests: each gets 200 or 503 within the timeout."""
    with _locked(services, size.seconds):
        results = asyncio.run(_ask_at_once(services.port))
    afterwards = sample(services.port, "/rooms?limit=1")
    answered = [answer for answer, _ in results if answer]
    refused = [answer for answer in answered if answer.status == 503]
    return [
        Figure("requests", len(results)),
        *status_figures((answer.status for answer in answered), (200, 503)),
        Figure("without a response", len(results) - len(answered), maximum=0),
        Figure(
            "longest response s", max(seconds for _, seconds in results), maximum=PROXY_SECONDS + 2
        ),
        Figure(
            "503 without Retry-After or type",
            sum(not is_well_formed_503(each) for each in refused),
            maximum=0,
        ),
        Figure("status afterwards", int(afterwards.status), minimum=200, maximum=200),
        Figure(
            "response time afterwards s",
            afterwards.ended - afterwards.began,
            maximum=size.recovery / 5,
        ),
    ]


@contextmanager
def _locked(services: Checkout, seconds: int) -> Iterator[None]:
    """Lock the table `room` for `seconds`, or until the block ends."""
    with psycopg.connect(owner_url(services, "application")) as connection:
        connection.execute("LOCK TABLE room IN ACCESS EXCLUSIVE MODE")
        timer = Timer(seconds, connection.rollback)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()


async def _ask_at_once(port: int) -> list[tuple[Answer | None, float]]:
    return await asyncio.gather(*(_timed(port) for _ in range(CLIENTS)))


async def _timed(port: int) -> tuple[Answer | None, float]:
    began = time.monotonic()
    try:
        answer = await asyncio.wait_for(get(port, "/rooms?limit=1"), PATIENCE_SECONDS)
    except (OSError, TimeoutError):
        answer = None
    return answer, time.monotonic() - began


async def get(port: int, path: str) -> Answer | None:
    """Return the response, or None if the connection was closed without one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    finally:
        writer.close()
    line, *lines = head.decode("latin-1").split("\r\n")
    fields = dict(each.split(": ", 1) for each in lines)
    return Answer(int(line.split()[1]), fields, body) if line else None
