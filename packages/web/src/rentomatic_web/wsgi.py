"""`app` for gunicorn, created in each worker, so that no connection is shared across a fork."""

import logging.config
import os
from pathlib import Path

from gunicorn.http.errors import NoMoreData, ParseException
from werkzeug.exceptions import BadRequest

from rentomatic.settings.settings import load, open_storage
from rentomatic_web.app import create_app
from rentomatic_web.context import context_of
from rentomatic_web.metrics.endpoint import publish
from rentomatic_web.metrics.slots import MetricSlots
from rentomatic_web.middleware.errors import handle_http_error
from rentomatic_web.middleware.logs import logging_config

logging.config.dictConfig(logging_config())
settings = load(os.environ)
metrics_bind = os.environ.get("RENTOMATIC_METRICS_BIND", "")
runtime = os.environ.get("GUNICORN_RUNTIME_DIR")
slots = MetricSlots(Path(runtime, "metrics")) if metrics_bind and runtime else None
if slots:
    slots.take()
app = create_app(open_storage(settings), settings, Path(runtime) if runtime else None)
if metrics_bind:
    publish(app, context_of(app).metrics, metrics_bind, slots)
# gunicorn finds invalid chunked encoding only while the body is read; answer it with 400.
for failure in (ParseException, NoMoreData):
    app.register_error_handler(failure, lambda _: handle_http_error(BadRequest()))
