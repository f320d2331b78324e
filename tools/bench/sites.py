"""Runs the product or a rival: two gunicorn workers behind Nginx."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.stack import ROOT
from tests.programs import folder, running
from tests.servers import listens, nginx

PROCESSES = "2"
PRODUCT = (sys.executable, "-m", "gunicorn", "-c", str(ROOT / "services/gunicorn.conf.py"))
RIVAL = (
    *(str(ROOT / ".cache/bench/bin/python"), "-m", "gunicorn", "--no-control-socket"),
    *("--pythonpath", str(ROOT / "tools/bench/rivals"), "--workers", PROCESSES),
)
COMMANDS = {
    "ours": PRODUCT,
    "bare": (*RIVAL, "bare:application"),
    "drf": (*RIVAL, "drf:application"),
}


@contextmanager
def site(name: str, url: str) -> Iterator[int]:
    """Serve the database `url` with one of COMMANDS, and yield the port."""
    environ = {"RENTOMATIC_REPOSITORY": url, "WEB_CONCURRENCY": PROCESSES}
    with folder() as home:
        socket = home / "gunicorn"
        # The folder is in memory, as the product's own --worker-tmp-dir is.
        command = [*COMMANDS[name], "--bind", f"unix:{socket}", "--worker-tmp-dir", str(home)]
        log = home / "gunicorn.log"
        with (
            running(command, log, lambda: listens(str(socket)), environ=environ),
            nginx(home, [socket]) as port,
        ):
            yield port
