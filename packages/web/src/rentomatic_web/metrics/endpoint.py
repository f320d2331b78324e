"""Where the metrics are read: on a listener of their own, which no proxy knows."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, Response
from gunicorn.util import parse_address
from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.multiprocess import MultiProcessCollector

from rentomatic_web.context import context_of
from rentomatic_web.metrics.metrics import Metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATH = "/metrics"


def publish(app: Flask, bind: str) -> None:
    """Answer with the metrics on the listener that gunicorn has at an address, only them there.

    Without an address there are none to read.
    """
    if not bind:
        return
    metrics = context_of(app).metrics
    everything, exposition = app.wsgi_app, make_wsgi_app(_exported(metrics))
    place = place_of(parse_address(bind))

    def choose(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        listener = environ.get("gunicorn.socket")
        if listener is None or place_of(listener.getsockname()) != place:
            return everything(environ, start)
        if environ["PATH_INFO"] != PATH:
            return Response("Here is nothing but /metrics\n", 404, mimetype="text/plain")(
                environ, start
            )
        metrics.count_connections()
        return cast(Iterable[bytes], exposition(environ, start))

    app.wsgi_app = choose  # type: ignore[method-assign, assignment]


def place_of(address: Any) -> str | int:
    """Return what tells listeners apart: the path of a unix socket, a descriptor, or the port.

    The host does not: a listener on 0.0.0.0 is reached by addresses that have other names.
    """
    return address if isinstance(address, str | int) else int(address[1])


def _exported(metrics: Metrics) -> CollectorRegistry:
    """Return the registry of all processes where they share a folder, or else of this one."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if not folder:
        return metrics.registry
    registry = CollectorRegistry()
    MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    return registry
