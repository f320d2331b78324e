"""CPU time of requests in this process, next to a Flask view that returns the same bytes."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from importlib import import_module, reload
from itertools import chain
from pathlib import Path
from random import Random
from socket import AF_UNIX, socket
from statistics import median
from typing import TYPE_CHECKING

from flask import Flask, Response

from tests.programs import folder
from tools.bench import stages
from tools.bench.databases import add_offers, databases, editor_token
from tools.bench.environs import Environ, Requests
from tools.bench.measuring import Load, ratio
from tools.bench.report import Goal, check_goals, print_table

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# In a round. Short batches would measure the bare view with a cold cache of the processor.
BATCHES, REQUESTS_PER_BATCH = 4, 200
MAX_RATIOS = {"page": 9.0, "one": 4.5}

Workloads = Mapping[str, Callable[[], Environ]]
# Microseconds for a request by workload and part: one number for each batch.
Times = dict[str, dict[str, list[float]]]


def cpu(rooms: int, load: Load) -> bool:
    """Print the CPU time of each workload and its stages. Return whether all goals are reached."""
    with databases(rooms) as urls, _process(urls[rooms]) as listener:
        token = editor_token(urls[rooms])
        add_offers(urls[rooms])
        random = Random(5)  # noqa: S311 (reproducible requests)
        workloads = Requests(rooms, token, listener, random).by_workload()
        # The log is written to /dev/null.
        with Path(os.devnull).open("w") as log, redirect_stdout(log):
            totals = _measure_totals(workloads, _application().wsgi_app, load)
            by_stage = _measure_stages(workloads, load)
    ratios = {name: ratio(each["ours"], each["bare view"]) for name, each in totals.items()}
    last = ["ours/bare view", *(f"{each:.1f}" for each in ratios.values())]
    print_table(("µs of CPU per request", *totals), [*_medians(totals), last])
    print_table(("µs by stage", *by_stage), _medians(by_stage))
    return check_goals(
        Goal(f"ours/bare view on {name}", ratios[name], maximum=maximum)
        for name, maximum in MAX_RATIOS.items()
    )


@contextmanager
def _process(url: str) -> Iterator[socket]:
    """Make this process one of gunicorn's, with metrics. Yield the socket that it listens on."""
    with folder() as home, socket(AF_UNIX) as listener:
        listener.bind(str(home / "gunicorn"))
        os.environ |= {
            "GUNICORN_RUNTIME_DIR": str(home),
            "RENTOMATIC_METRICS_BIND": f"unix:{home}/metrics",
            "RENTOMATIC_REPOSITORY": url,
        }
        yield listener


def _application() -> Flask:
    loaded = sys.modules.get("rentomatic_web.wsgi")
    app: Flask = (reload(loaded) if loaded else import_module("rentomatic_web.wsgi")).app
    return app


def _measure_totals(workloads: Workloads, ours: "WSGIApplication", load: Load) -> Times:
    sides = {
        name: {"ours": ours, "bare view": _bare_view(*_respond(ours, new_request()))}
        for name, new_request in workloads.items()
    }
    times: Times = {name: {side: [] for side in pair} for name, pair in sides.items()}
    for _ in range(load.rounds * BATCHES):
        for name, new_request in workloads.items():
            for side, application in sides[name].items():
                batch = [new_request() for _ in range(REQUESTS_PER_BATCH)]
                began = time.thread_time()
                for environ in batch:
                    _respond(application, environ)
                seconds = time.thread_time() - began
                times[name][side].append(seconds * 1_000_000 / REQUESTS_PER_BATCH)
    return times


def _measure_stages(workloads: Workloads, load: Load) -> Times:
    stopwatch = stages.Stopwatch()
    stages.replace_functions(stopwatch)
    app = _application()
    functions = stages.STAGES | stages.replace_hooks(stopwatch, app) | {"outside": ("",)}
    functions["sum"] = tuple(chain.from_iterable(functions.values()))
    times: Times = {name: {stage: [] for stage in functions} for name in workloads}
    called: set[str] = set()
    for _ in range(load.rounds * BATCHES):
        for workload, new_request in workloads.items():
            batch = [new_request() for _ in range(REQUESTS_PER_BATCH)]
            stopwatch.start()
            for environ in batch:
                _respond(app.wsgi_app, environ)
            stopwatch.stop()
            called |= stopwatch.calls.keys()
            for stage, names in functions.items():
                total = sum(map(stopwatch.microseconds, names))
                times[workload][stage].append(total / REQUESTS_PER_BATCH)
    stages.require_calls(called)
    return times


def _respond(application: "WSGIApplication", environ: Environ) -> tuple[str, bytes]:
    """Return the status and the body of a response; exit if it is an error."""
    statuses = []

    def start_response(status: str, *_: object) -> Callable[[bytes], object]:
        statuses.append(status)
        return lambda _: None

    chunks = application(environ, start_response)
    body = b"".join(chunks)
    if close := getattr(chunks, "close", None):
        close()
    if not statuses[0].startswith("20"):
        sys.exit(f"{statuses[0]}: {environ['REQUEST_METHOD']} {environ['RAW_URI']}: {body!r}")
    return statuses[0], body


def _bare_view(status: str, body: bytes) -> "WSGIApplication":
    """Return an application that has one view, and always responds with these bytes."""
    app = Flask("bare")

    def view(**_: str) -> Response:
        return Response(body, status, content_type="application/json")

    for rule in ("/rooms", "/rooms/<code>"):
        app.add_url_rule(rule, view_func=view, methods=["GET", "POST"])
    return app.wsgi_app


def _medians(times: Times) -> Iterator[list[str]]:
    """Yield a line for each part, with the median of all batches by workload."""
    for part in dict.fromkeys(chain.from_iterable(times.values())):
        yield [part, *(f"{median(each[part]):.1f}" for each in times.values())]
