"""Connects hundreds of slow clients, and measures a normal client."""

import asyncio
import socket
import time
from statistics import quantiles
from threading import Event

from tests.e2e.stack import Checkout, ask
from tests.rooms import HEADER, line
from tools.chaos.clients import Reader, Sample
from tools.chaos.figures import Figure, status_figures
from tools.chaos.load import longest_outage
from tools.chaos.size import Size

ROOMS = 5000  # more than fit into the buffers between an export and its client
BASELINE_SECONDS = 1
HEADERS = b"GET /rooms HTTP/1.1\r\nHost: a\r\nX-Slow: "
BODY = (
    b"POST /rooms/import HTTP/1.1\r\nHost: a\r\nContent-Type: text/csv\r\n"
    b"Content-Length: 1000\r\n\r\n"
)
EXPORT = b"GET /rooms/export.ndjson HTTP/1.1\r\nHost: a\r\n\r\n"
# Few exports, since each occupies a worker and the scenario is about slow clients.
KINDS = (*[HEADERS, BODY] * 4, EXPORT)


def slow(services: Checkout, size: Size) -> list[Figure]:
    """Read rooms while slow clients send or read one byte per second: no delay is measurable."""
    _fill(services)
    baseline = _durations(asyncio.run(_read(services.port, BASELINE_SECONDS)))
    connected, samples = asyncio.run(_read_under_load(services.port, size))
    seconds_under_load = _durations(samples)
    return [
        Figure("slow clients", size.slow_clients),
        Figure("slow clients still connected at the end", connected),
        Figure("requests of the normal client", len(samples), minimum=1),
        *status_figures((each.status for each in samples), (200,)),
        Figure("median s without slow clients", quantiles(baseline, n=100)[49]),
        Figure("median s", quantiles(seconds_under_load, n=100)[49], maximum=0.1),
        Figure(
            "99th percentile s",
            quantiles(seconds_under_load, n=100)[98],
            maximum=size.recovery / 10,
        ),
        Figure("longest outage s", longest_outage(samples), maximum=size.recovery / 5),
    ]


def _fill(services: Checkout) -> None:
    token = services.token("importer", f"importer-{time.monotonic_ns()}")
    rows = HEADER + "".join(line(number) for number in range(1, ROOMS + 1))
    fields = {"Authorization": token, "Content-Type": "text/csv"}
    answer = ask(services.port, "/rooms/import", "POST", rows, **fields)
    assert answer.status == 200, answer


async def _read_under_load(port: int, size: Size) -> tuple[int, list[Sample]]:
    """Connect slow clients during the first half. Return how many remained, and the samples."""
    interval = size.seconds / 2 / size.slow_clients
    reading = asyncio.create_task(_read(port, size.seconds))
    clients = []
    for number in range(size.slow_clients):
        clients.append(asyncio.create_task(_run_slow_client(port, KINDS[number % len(KINDS)])))
        await asyncio.sleep(interval)
    samples = await reading
    connected = sum(not each.done() for each in clients)
    for each in clients:
        each.cancel()
    await asyncio.gather(*clients, return_exceptions=True)
    return connected, samples


async def _read(port: int, seconds: int) -> list[Sample]:
    reader, stop = Reader(port), Event()
    asyncio.get_running_loop().call_later(seconds, stop.set)
    await asyncio.to_thread(reader.run, stop)
    return reader.samples


async def _run_slow_client(port: int, beginning: bytes) -> None:
    """Send or read one byte per second until the server closes the connection."""
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


def _durations(samples: list[Sample]) -> list[float]:
    return [each.ended - each.began for each in samples]
