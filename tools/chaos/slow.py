"""Clients that are slow on purpose, by the hundred, beside one that is not."""

import asyncio
import socket
import time
from statistics import quantiles
from threading import Event

from tests.e2e.stack import Checkout, ask
from tests.rooms import HEADER, line
from tools.chaos.clients import Reader, Sample
from tools.chaos.figures import Figure, answers
from tools.chaos.load import longest_outage
from tools.chaos.size import Size

ROOMS = 5000
CALM_SECONDS = 1
HEADERS = b"GET /rooms HTTP/1.1\r\nHost: a\r\nX-Slow: "
BODY = (
    b"POST /rooms/import HTTP/1.1\r\nHost: a\r\nContent-Type: text/csv\r\n"
    b"Content-Length: 1000\r\n\r\n"
)
EXPORT = b"GET /rooms/export.ndjson HTTP/1.1\r\nHost: a\r\n\r\n"
# An export costs the application something; what it costs is not what is asked here.
KINDS = (*[HEADERS, BODY] * 4, EXPORT)


def slow(services: Checkout, size: Size) -> list[Figure]:
    """Read rooms beside a crowd that sends and reads a byte a second: it is not noticed."""
    _fill(services)
    calm = _seconds(asyncio.run(_read(services.port, CALM_SECONDS)))
    held, said = asyncio.run(_beside(services.port, size))
    beside = _seconds(said)
    return [
        Figure("slow clients", size.crowd),
        Figure("of these still served in the end", held),
        Figure("requests beside them", len(said), least=1),
        *answers((each.status for each in said), (200,)),
        Figure("median s without them", quantiles(calm, n=100)[49]),
        Figure("median s", quantiles(beside, n=100)[49], most=0.1),
        Figure("99 of 100 within s", quantiles(beside, n=100)[98], most=size.recovery / 10),
        Figure("longest outage s", longest_outage(said), most=size.recovery / 5),
    ]


def _fill(services: Checkout) -> None:
    """Have rooms enough for an export that no buffer between takes whole."""
    token = services.token("importer", f"importer-{time.monotonic_ns()}")
    rows = HEADER + "".join(line(number) for number in range(1, ROOMS + 1))
    fields = {"Authorization": token, "Content-Type": "text/csv"}
    answer = ask(services.port, "/rooms/import", "POST", rows, **fields)
    assert answer.status == 200, answer


async def _beside(port: int, size: Size) -> tuple[int, list[Sample]]:
    """Let the crowd come within half of the time, and return how many stayed and what was read."""
    between = size.seconds / 2 / size.crowd
    reading = asyncio.create_task(_read(port, size.seconds))
    crowd = []
    for number in range(size.crowd):
        crowd.append(asyncio.create_task(_dawdle(port, KINDS[number % len(KINDS)])))
        await asyncio.sleep(between)
    said = await reading
    held = sum(not each.done() for each in crowd)
    for each in crowd:
        each.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    return held, said


async def _read(port: int, seconds: int) -> list[Sample]:
    reader, stop = Reader(port), Event()
    asyncio.get_running_loop().call_later(seconds, stop.set)
    await asyncio.to_thread(reader.run, stop)
    return reader.samples


async def _dawdle(port: int, beginning: bytes) -> None:
    """Begin a request, and go on with it by a byte a second until the server has enough."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.setblocking(False)
    await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=client, limit=1024)
    try:
        writer.write(beginning)
        while not (reader.at_eof() or writer.is_closing()):
            if beginning == EXPORT:
                await reader.read(1)
            else:
                writer.write(b"x")
            await asyncio.sleep(1)
    finally:
        writer.close()


def _seconds(said: list[Sample]) -> list[float]:
    return [each.ended - each.began for each in said]
