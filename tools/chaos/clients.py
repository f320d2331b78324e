"""Clients that record their responses and the expected state of their rooms."""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPException
from threading import Event
from typing import NamedTuple
from uuid import UUID

from tests.e2e.stack import Answer, ask
from tests.programs import PATIENCE_SECONDS

TEMPORARY_FAILURES = (500, 502, 503, 504, "refused", "cut off")
POLL_SECONDS = 0.02


class Sample(NamedTuple):
    """Times of a request and its response. `status` may be `refused` or `cut off` instead."""

    began: float
    ended: float
    status: int | str
    answer: Answer | None


def sample(port: int, path: str, method: str = "GET", body: str = "", **fields: str) -> Sample:
    """Send one request. Connection errors are recorded in `status`, not raised."""
    began, answer = time.monotonic(), None
    status: int | str
    try:
        answer = ask(port, path, method, body or None, **fields)
        status = answer.status
    except ConnectionRefusedError:
        status = "refused"
    except (OSError, HTTPException):
        status = "cut off"
    return Sample(began, time.monotonic(), status, answer)


@dataclass
class Reader:
    """Polls rooms continuously."""

    port: int
    samples: list[Sample] = field(default_factory=list)

    def run(self, stop: Event) -> None:
        while not stop.wait(POLL_SECONDS):
            self.samples.append(sample(self.port, "/rooms?limit=1"))


@dataclass
class Writer:
    """Writes its own rooms, retries until success, and records the expected prices.

    The expected price of a deleted room is None. `misread` counts reads of another price.
    """

    port: int
    token: str
    seed: int
    rooms: dict[str, int | None] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    acknowledged: int = 0
    misread: int = 0

    def run(self, stop: Event) -> None:
        chance = random.Random(self.seed)  # noqa: S311
        steps: list[Callable[[random.Random], None]]
        steps = [self.put, self.put, self.post, self.patch, self.patch, self.delete, self.get]
        while not stop.is_set():
            chance.choice(steps)(chance)

    def put(self, chance: random.Random) -> None:
        code = self._any_code(chance) if chance.random() < 0.3 else None
        code, price = code or _code(chance), chance.randrange(1000)
        self._write("PUT", f"/rooms/{code}", {200, 201}, price=price)
        self.rooms[code] = price

    def post(self, chance: random.Random) -> None:
        code, price = _code(chance), chance.randrange(1000)
        # 409 means that an earlier response was lost, because the code is unique to this client.
        self._write("POST", "/rooms", {201, 409}, code=code, price=price)
        self.rooms[code] = price

    def patch(self, chance: random.Random) -> None:
        if code := self._any_code(chance):
            price = chance.randrange(1000)
            self._write("PATCH", f"/rooms/{code}", {200}, price=price)
            self.rooms[code] = price

    def delete(self, chance: random.Random) -> None:
        if code := self._any_code(chance):
            self._write("DELETE", f"/rooms/{code}", {204, 404})
            self.rooms[code] = None

    def get(self, chance: random.Random) -> None:
        if code := self._any_code(chance):
            answer = self._send("GET", f"/rooms/{code}", {200, 404}).answer
            price = answer.json()["price"] if answer and answer.status == 200 else None
            self.misread += price != self.rooms[code]

    def _any_code(self, chance: random.Random) -> str | None:
        existing = [code for code, price in self.rooms.items() if price is not None]
        return chance.choice(existing) if existing else None

    def _write(self, method: str, path: str, success: set[int], **changes: object) -> None:
        defaults = {"size": 20, "longitude": 19.94, "latitude": 50.06} if method != "PATCH" else {}
        self._send(method, path, success, json.dumps(defaults | changes))
        self.acknowledged += 1

    def _send(self, method: str, path: str, success: set[int], body: str = "") -> Sample:
        fields = {"Authorization": self.token, "Content-Type": "application/json"}
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            result = sample(self.port, path, method, body, **fields)
            self.samples.append(result)
            if result.status in success:
                return result
            assert result.status in TEMPORARY_FAILURES, result
            assert time.monotonic() < deadline, f"no response to {method} {path}"
            time.sleep(POLL_SECONDS)


def _code(chance: random.Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))
