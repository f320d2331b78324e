"""More clients than can be served at once."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

import psycopg

from tests.e2e.stack import Answer, Checkout
from tests.programs import PATIENCE_SECONDS
from tools.chaos.clients import sample
from tools.chaos.figures import Figure, answers
from tools.chaos.kills import fit, url
from tools.chaos.size import Size

PROXY_SECONDS = 20  # RENTOMATIC_PROXY_TIMEOUT
CLIENTS = 200


def saturation(services: Checkout, size: Size) -> list[Figure]:
    """Lock the table of rooms while a crowd asks for them: each has an answer in time."""
    with _locked(services, size.seconds):
        said = asyncio.run(_ask_at_once(services.port))
    afterwards = sample(services.port, "/rooms?limit=1")
    answered = [answer for answer, _ in said if answer]
    refused = [answer for answer in answered if answer.status == 503]
    return [
        Figure("requests", len(said)),
        *answers((answer.status for answer in answered), (200, 503)),
        Figure("without an answer", len(said) - len(answered), most=0),
        Figure("longest answer s", max(took for _, took in said), most=PROXY_SECONDS + 2),
        Figure("503 unfit for programs", sum(not fit(each) for each in refused), most=0),
        Figure("afterwards answered", int(afterwards.status), least=200, most=200),
        Figure(
            "afterwards answered after s",
            afterwards.ended - afterwards.began,
            most=size.recovery / 5,
        ),
    ]


@contextmanager
def _locked(services: Checkout, seconds: int) -> Iterator[None]:
    """Keep everyone from the table of rooms for so long, or until the block has ended."""
    with psycopg.connect(url(services, "application")) as connection:
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
    """Return the answer, or None where there is none."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    finally:
        writer.close()
    line, *lines = head.decode("latin-1").split("\r\n")
    fields = dict(each.split(": ", 1) for each in lines)
    return Answer(int(line.split()[1]), fields, body) if line else None
