"""The endpoint of the metrics: a listener of gunicorn that Nginx does not publish."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from flask import Flask, Response
from gunicorn.util import parse_address
from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.multiprocess import MultiProcessCollector

from rentomatic_web.metrics.metrics import Metrics
from rentomatic_web.metrics.slots import MetricSlots

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATH = "/metrics"


def publish(app: Flask, metrics: Metrics, bind: str, slots: MetricSlots | None) -> None:
    """Serve the metrics, and only them, on the listener of gunicorn with the address `bind`.

    They are those of all processes that share the slots; without slots, of this process.
    """
    exposition = make_wsgi_app(_of_all_processes() if slots else metrics.registry)
    application, address = app.wsgi_app, listener_id(parse_address(bind))

    def choose(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        listener = environ.get("gunicorn.socket")
        if listener is None or listener_id(listener.getsockname()) != address:
            return application(environ, start)
        if environ["PATH_INFO"] != PATH:
            response = Response("Only /metrics is served here\n", 404, mimetype="text/plain")
            return response(environ, start)
        if slots:
            slots.remove_dead_gauges()
        metrics.count_connections()
        return cast(Iterable[bytes], exposition(environ, start))

    app.wsgi_app = choose  # type: ignore[method-assign, assignment]


def listener_id(address: Any) -> str | int:
    """Return the path of a unix socket, a descriptor, or the port.

    The host is left out: a listener on 0.0.0.0 gets requests for other addresses.
    """
    return address if isinstance(address, str | int) else int(address[1])


def _of_all_processes() -> CollectorRegistry:
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
