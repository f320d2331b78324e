"""Clients that remember: what they were answered, and what has to be there."""

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

AWAY = (500, 502, 503, 504, "refused", "cut off")
POLL_SECONDS = 0.02


class Sample(NamedTuple):
    """When a request was sent and answered, and how: a status, `refused` or `cut off`."""

    began: float
    ended: float
    status: int | str
    answer: Answer | None


def sample(port: int, path: str, method: str = "GET", body: str = "", **fields: str) -> Sample:
    """Send one request, whatever becomes of it."""
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
    """Asks for rooms all the time."""

    port: int
    samples: list[Sample] = field(default_factory=list)

    def run(self, stop: Event) -> None:
        while not stop.wait(POLL_SECONDS):
            self.samples.append(sample(self.port, "/rooms?limit=1"))


@dataclass
class Writer:
    """Writes rooms of its own, again until there is an answer, and knows what must be there.

    A room that must not be there has no price. What was read otherwise is `misread`.
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
        code = self._some(chance) if chance.random() < 0.3 else None
        code, price = code or _code(chance), chance.randrange(1000)
        self._write("PUT", f"/rooms/{code}", {200, 201}, price=price)
        self.rooms[code] = price

    def post(self, chance: random.Random) -> None:
        code, price = _code(chance), chance.randrange(1000)
        # That it is there already says that an answer was lost: nobody else has this code.
        self._write("POST", "/rooms", {201, 409}, code=code, price=price)
        self.rooms[code] = price

    def patch(self, chance: random.Random) -> None:
        if code := self._some(chance):
            price = chance.randrange(1000)
            self._write("PATCH", f"/rooms/{code}", {200}, price=price)
            self.rooms[code] = price

    def delete(self, chance: random.Random) -> None:
        if code := self._some(chance):
            self._write("DELETE", f"/rooms/{code}", {204, 404})
            self.rooms[code] = None

    def get(self, chance: random.Random) -> None:
        if code := self._some(chance):
            answer = self._send("GET", f"/rooms/{code}", {200, 404}).answer
            found = answer.json()["price"] if answer and answer.status == 200 else None
            self.misread += found != self.rooms[code]

    def _some(self, chance: random.Random) -> str | None:
        here = [code for code, price in self.rooms.items() if price is not None]
        return chance.choice(here) if here else None

    def _write(self, method: str, path: str, done: set[int], **changes: object) -> None:
        whole = {"size": 20, "longitude": 19.94, "latitude": 50.06} if method != "PATCH" else {}
        self._send(method, path, done, json.dumps(whole | changes))
        self.acknowledged += 1

    def _send(self, method: str, path: str, done: set[int], body: str = "") -> Sample:
        fields = {"Authorization": self.token, "Content-Type": "application/json"}
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            said = sample(self.port, path, method, body, **fields)
            self.samples.append(said)
            if said.status in done:
                return said
            assert said.status in AWAY, said
            assert time.monotonic() < deadline, f"no answer to {method} {path}"
            time.sleep(POLL_SECONDS)


def _code(chance: random.Random) -> str:
    return str(UUID(int=chance.getrandbits(128), version=4))
