"""Attributes the CPU time of requests to stages of the application.

A stage is a set of functions, which are replaced by timed ones. The time of a function is without
that of the timed functions that it calls, and without that of the clock.
"""

import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from functools import wraps
from pkgutil import resolve_name
from typing import Any

from flask import Flask

FLASK = "flask.app:Flask.wsgi_app"
# Functions of each stage. Functions before and after the view are found in the application.
STAGES = {
    "Flask, Werkzeug": (FLASK,),
    "parameters, body": (
        "rentomatic.requests.search:parse_search",
        "rentomatic.requests.bodies:parse_new_room",
    ),
    "use case": (
        "rentomatic.use_cases.search:search_rooms",
        "rentomatic.use_cases.search:read_room",
        "rentomatic.use_cases.edit:add_room",
        "rentomatic.use_cases.tokens:authenticate",
    ),
    "statement": ("rentomatic_postgres.sql.search:search",),
    "execute, fetch": (
        "rentomatic_postgres.execute:read",
        "rentomatic_postgres.execute:write",
    ),
    "rooms of rows": (
        "rentomatic_postgres.rooms:PostgresRooms.search",
        "rentomatic_postgres.rooms:PostgresRooms.get",
        "rentomatic_postgres.rooms:PostgresRooms.add",
    ),
    "members of rooms": ("rentomatic_web.api.formats:rooms_response",),
    "JSON, response": ("rentomatic_web.api.formats:json_response",),
    "links": ("rentomatic_web.api.search:links",),
    "ETag": ("rentomatic_web.middleware.caching:strong_etag",),
    "metrics": (
        "rentomatic_web.metrics.metrics:Metrics.record_request",
        "rentomatic_web.metrics.metrics:Metrics.record_operation",
        "rentomatic_web.metrics.metrics:Metrics.record_search",
        "rentomatic_web.metrics.metrics:Metrics.record_token_check",
    ),
    "log": ("rentomatic_web.middleware.logs:_line",),
}
CALIBRATION_CALLS = 20_000

Function = Callable[..., Any]


class Stopwatch:
    """CPU time of each timed function in nanoseconds, and the number of its calls."""

    def __init__(self) -> None:
        self.nanoseconds: Counter[str] = Counter()
        self.calls: Counter[str] = Counter()
        self._called_from: Counter[str] = Counter()
        self._current, self._since = "", time.thread_time_ns()
        self._inside = self._outside = 0.0
        self._calibrate()

    def start(self) -> None:
        """Forget all times."""
        self.nanoseconds.clear()
        self.calls.clear()
        self._called_from.clear()
        self._current, self._since = "", time.thread_time_ns()

    def stop(self) -> None:
        """Count the time until now."""
        self._switch("")

    def timed(self, name: str, function: Function) -> Function:
        @wraps(function)
        def replacement(*arguments: Any, **options: Any) -> Any:
            caller = self._enter(name)
            try:
                return function(*arguments, **options)
            finally:
                self._switch(caller)

        return replacement

    def microseconds(self, name: str) -> float:
        """Return the CPU time of all calls of a function, without that of the clock."""
        clock = self.calls[name] * self._inside + self._called_from[name] * self._outside
        return (self.nanoseconds[name] - clock) / 1000

    def _enter(self, name: str) -> str:
        caller = self._current
        self.calls[name] += 1
        self._called_from[caller] += 1
        self._switch(name)
        return caller

    def _switch(self, name: str) -> None:
        now = time.thread_time_ns()
        self.nanoseconds[self._current] += now - self._since
        self._current, self._since = name, now

    def _calibrate(self) -> None:
        """Measure the time that the clock adds to a timed function, and to its caller."""

        def nothing() -> None:
            pass

        began = time.thread_time_ns()
        for _ in range(CALIBRATION_CALLS):
            nothing()
        plain = time.thread_time_ns() - began
        replacement = self.timed("nothing", nothing)
        self.start()
        for _ in range(CALIBRATION_CALLS):
            replacement()
        self.stop()
        self._inside = self.nanoseconds["nothing"] / CALIBRATION_CALLS
        self._outside = (self.nanoseconds[""] - plain) / CALIBRATION_CALLS


def replace_functions(stopwatch: Stopwatch) -> None:
    """Time the functions of STAGES in applications that are created from now on."""
    names = [name for names in STAGES.values() for name in names]
    for name, (owner, attribute) in [(name, _find(name)) for name in names]:
        function = getattr(owner, attribute)
        replacement = stopwatch.timed(name, function)
        for place in [owner] if isinstance(owner, type) else _modules():
            if vars(place).get(attribute) is function:
                setattr(place, attribute, replacement)


def replace_hooks(stopwatch: Stopwatch, app: Flask) -> dict[str, tuple[str, ...]]:
    """Time the functions before and after the view, and the view. Return them by stage."""
    stages: dict[str, tuple[str, ...]] = {}
    for kind, functions in (
        ("before", app.before_request_funcs.get(None, [])),
        ("after", app.after_request_funcs.get(None, [])),
    ):
        for index, function in enumerate(functions):
            module = function.__module__.rpartition(".")[2]
            name = f"{kind}: {module}.{function.__name__}"
            stages[name] = (name,)
            functions[index] = stopwatch.timed(name, function)
    for endpoint, view in app.view_functions.items():
        app.view_functions[endpoint] = stopwatch.timed("view", view)
    return stages | {"view": ("view",)}


def require_calls(calls: Iterable[str]) -> None:
    """Exit if a function of STAGES was not called."""
    if unused := {name for names in STAGES.values() for name in names} - set(calls):
        sys.exit(f"Not called: {', '.join(unused)}: correct STAGES in tools/bench/stages.py")


def _find(name: str) -> tuple[Any, str]:
    """Return the module or class of a function, and its name there; exit if it is missing."""
    owner_name, _, attribute = name.replace(":", ".").rpartition(".")
    try:
        owner = resolve_name(owner_name)
        getattr(owner, attribute)
    except (ImportError, AttributeError):
        sys.exit(f"{name} does not exist: correct STAGES in tools/bench/stages.py")
    return owner, attribute


def _modules() -> list[Any]:
    return [module for name, module in sys.modules.items() if name.startswith("rentomatic")]
