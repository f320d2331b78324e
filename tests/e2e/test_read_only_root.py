"""A machine on which nothing but /dev/shm can be written."""

import subprocess
import sys
from contextlib import closing

import pytest

from rentomatic.domain.tokens import Role
from rentomatic.repository.connect import connect
from tests.apps import token_for
from tests.e2e.stack import ROOT, ask
from tests.programs import find, folder, free_port, running

pytestmark = pytest.mark.integration

# Where Python looks for a folder for temporary files.
READ_ONLY = """
for place in / /tmp /var/tmp "$PWD"; do
    mount --bind "$place" "$place" && mount -o remount,bind,ro "$place" || exit 77
done
! touch /tmp/written 2>/dev/null && exec "$@"
"""


def test_it_serves(postgres_url: str) -> None:
    command = [find("unshare"), "--mount", "sh", "-c", READ_ONLY, "sh"]
    if subprocess.run([*command, "true"], check=False, capture_output=True, cwd=ROOT).returncode:
        pytest.skip("needs root to mount file systems read-only")
    with closing(connect(postgres_url)) as storage:
        token = token_for(storage.tokens, Role.EDITOR)
    port = free_port()
    environ = {
        "RENTOMATIC_REPOSITORY": postgres_url,
        "RENTOMATIC_GUNICORN_BIND": f"127.0.0.1:{port}",
        "RENTOMATIC_SECRET_KEY": "k" * 32,
        "WEB_CONCURRENCY": "1",
    }
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "services/gunicorn.conf.py")]

    with (
        folder() as home,
        running([*command, *gunicorn], home / "log", lambda: is_ready(port), environ=environ),
    ):
        assert [ask(port, path).status for path in ("/rooms", "/sign-in", "/docs")] == [200] * 3
        rows = "code,size,price,longitude,latitude\n" * 30_000
        fields = {"Authorization": token, "Content-Type": "text/csv"}
        assert ask(port, "/rooms/import?on_error=skip", "POST", rows, **fields).status == 200


def is_ready(port: int) -> bool:
    try:
        return ask(port, "/readyz").status == 200
    except ConnectionError:
        return False
