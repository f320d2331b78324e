"""Many clients write at once, while the processes that serve them are killed."""

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from threading import Event, Thread
from uuid import UUID

import pytest

from rentomatic.memory import EXAMPLE_ROOMS
from tests.e2e.stack import Checkout, ask

pytestmark = pytest.mark.integration

CLIENTS = 32
SECONDS = 6
SECONDS_BETWEEN_KILLS = 0.7


@dataclass
class Client:
    """Writes rooms of its own, again until there is an answer, and knows what must be there."""

    port: int
    token: str
    number: int
    rooms: dict[str, int] = field(default_factory=dict)
    statuses: Counter[object] = field(default_factory=Counter)

    def run(self, deadline: float) -> "Client":
        chance = random.Random(self.number)  # noqa: S311
        writes: list[Callable[[random.Random], None]]
        writes = [self.put, self.put, self.post, self.patch, self.patch, self.delete]
        while time.monotonic() < deadline:
            chance.choice(writes)(chance)
        return self

    def put(self, chance: random.Random) -> None:
        code = self._some(chance) if self.rooms and chance.random() < 0.3 else _code(chance)
        price = chance.randrange(1000)
        self._send("PUT", f"/rooms/{code}", {200, 201}, price=price)
        self.rooms[code] = price

    def post(self, chance: random.Random) -> None:
        code, price = _code(chance), chance.randrange(1000)
        # That it is there already says that an answer was lost: nobody else has this code.
        self._send("POST", "/rooms", {201, 409}, code=code, price=price)
        self.rooms[code] = price

    def patch(self, chance: random.Random) -> None:
        if self.rooms:
            code, price = self._some(chance), chance.randrange(1000)
            self._send("PATCH", f"/rooms/{code}", {200}, price=price)
            self.rooms[code] = price

    def delete(self, chance: random.Random) -> None:
        if self.rooms:
            code = self._some(chance)
            self._send("DELETE", f"/rooms/{code}", {204, 404})
            del self.rooms[code]

    def _some(self, chance: random.Random) -> str:
        return chance.choice(list(self.rooms))

    def _send(self, method: str, path: str, done: set[int], **changes: object) -> None:
        whole = {"size": 20, "longitude": 19.94, "latitude": 50.06} if method != "PATCH" else {}
        body = json.dumps(whole | changes).encode()
        fields = {"Authorization": self.token, "Content-Type": "application/json"}
        while (status := self._status(method, path, body, fields)) not in done:
            assert status in (None, 502, 503, 504), status
            time.sleep(0.02)

    def _status(self, method: str, path: str, body: bytes, fields: dict[str, str]) -> int | None:
        try:
            status = ask(self.port, path, method, body, **fields).status
        except (OSError, HTTPException):
            status = None
        self.statuses[status] += 1
        return status


def _code(chance: random.Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))


def kill_workers(services: Checkout, stop: Event) -> Iterator[int]:
    while not stop.wait(SECONDS_BETWEEN_KILLS):
        workers = services.processes("gunicorn")[1:]
        victim = random.choice(workers) if workers else None  # noqa: S311
        if victim:
            os.kill(victim, signal.SIGKILL)
            yield victim


def test_what_was_acknowledged_is_there_and_nothing_twice(embedded: Checkout) -> None:
    with embedded.serving():
        token = embedded.token("editor")
        stop, killed = Event(), list[int]()
        killer = Thread(target=lambda: killed.extend(kill_workers(embedded, stop)))
        killer.start()
        deadline = time.monotonic() + SECONDS
        try:
            clients = [Client(embedded.port, token, number) for number in range(CLIENTS)]
            with ThreadPoolExecutor(CLIENTS) as pool:
                done = list(pool.map(lambda client: client.run(deadline), clients))
        finally:
            stop.set()
            killer.join()
        there = [
            json.loads(line)
            for line in ask(embedded.port, "/rooms/export.ndjson").body.splitlines()
        ]

    expected = {room.code: room.price for room in EXAMPLE_ROOMS}
    for client in done:
        expected |= client.rooms
    print(sum((client.statuses for client in done), Counter()), "killed", len(killed))
    assert killed
    assert len(there) == len({room["code"] for room in there})
    assert {room["code"]: room["price"] for room in there} == expected
