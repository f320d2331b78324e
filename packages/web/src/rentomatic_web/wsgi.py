"""`app` for gunicorn, created in each worker, so that no connection is shared across a fork."""

import logging.config
import os

from gunicorn.http.errors import NoMoreData, ParseException
from werkzeug.exceptions import BadRequest

from rentomatic.settings.settings import load, open_storage
from rentomatic_web.app import create_app
from rentomatic_web.metrics.endpoint import publish
from rentomatic_web.middleware.errors import http_failed
from rentomatic_web.middleware.logs import logging_config

logging.config.dictConfig(logging_config())
settings = load(os.environ)
slots_file = os.environ.get("GUNICORN_SHARED_FILE", "").partition(":")[0]
app = create_app(open_storage(settings), settings, int(slots_file) if slots_file else None)
publish(app, os.environ.get("RENTOMATIC_METRICS_BIND", ""))
# gunicorn finds invalid chunked encoding only while the body is read; answer it with 400.
for failure in (ParseException, NoMoreData):
    app.register_error_handler(failure, lambda _: http_failed(BadRequest()))
