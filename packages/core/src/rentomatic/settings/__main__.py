"""`python -m rentomatic.settings`: print the settings that services/gunicorn.conf.py needs."""

import json
import os
import sys

from rentomatic.errors import InvalidRequest
from rentomatic.settings.settings import load

try:
    settings = load(os.environ)
except InvalidRequest as error:
    sys.exit(str(error))
print(json.dumps({n: vars(settings)[n] for n in ("max_requests", "request_timeout", "workers")}))
