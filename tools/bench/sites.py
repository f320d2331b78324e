"""The product and its rivals: each two gunicorn processes behind an Nginx of their own."""

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
    """Serve the rooms of a database, and lend the port."""
    environ = {"RENTOMATIC_REPOSITORY": url, "WEB_CONCURRENCY": PROCESSES}
    with folder() as home:
        socket = home / "gunicorn"
        # Heartbeats go to memory with everything else, as the product's own settings have it.
        command = [*COMMANDS[name], "--bind", f"unix:{socket}", "--worker-tmp-dir", str(home)]
        log = home / "gunicorn.log"
        with (
            running(command, log, lambda: listens(str(socket)), environ=environ),
            nginx(home, [socket]) as port,
        ):
            yield port
