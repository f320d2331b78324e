"""How long each request waits for the database: for its log, its Server-Timing and the metrics."""

import time
from collections.abc import Callable, Iterator
from typing import Any

from flask import g, has_app_context

UNTIMED = ("close", "connections")  # which ask the database nothing

Observe = Callable[[str, float], None]


class Timed:
    """A repository that tells how long each operation took, and adds it up for each request.

    What a scan yields comes when the answer has begun: it is told at its end, and added nowhere.
    """

    def __init__(self, repository: object, observe: Observe, prefix: str = "") -> None:
        self._repository, self._observe, self._prefix = repository, observe, prefix

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._repository, name)
        if name in UNTIMED:
            return method
        time_it = timed_rows if name == "scan" else timed
        # Kept, so that it is made once.
        vars(self)[name] = made = time_it(method, self._prefix + name, self._observe)
        return made


def waited() -> float:
    """Return how many seconds this request has waited for the database so far."""
    return float(g.get("waited", 0.0))


def timed(method: Callable[..., Any], name: str, observe: Observe) -> Callable[..., Any]:
    """Return the method, which tells how long it took, whether it succeeds or not."""

    def asked(*arguments: Any, **keywords: Any) -> Any:
        began = time.perf_counter()
        try:
            return method(*arguments, **keywords)
        finally:
            seconds = time.perf_counter() - began
            observe(name, seconds)
            if has_app_context():
                g.waited = waited() + seconds

    return asked


def timed_rows(method: Callable[..., Any], name: str, observe: Observe) -> Callable[..., Any]:
    """Return the method, which tells how long its rows took: not what was done in between."""

    def asked(*arguments: Any, **keywords: Any) -> Iterator[Any]:
        rows, seconds = iter(method(*arguments, **keywords)), 0.0
        try:
            while True:
                began = time.perf_counter()
                try:
                    row = next(rows)
                except StopIteration:
                    return
                finally:
                    seconds += time.perf_counter() - began
                yield row
        finally:
            observe(name, seconds)

    return asked
