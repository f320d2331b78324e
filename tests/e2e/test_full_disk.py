"""The stack on a disk that becomes full, and has room again."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from subprocess import Popen

import pytest

from rentomatic.repository.memory import EXAMPLE_ROOMS
from services.stack.programs import works
from tests.e2e.stack import ROOT, Answer, Checkout, ask, checkout, eventually

pytestmark = pytest.mark.integration

MOUNT = 'mount -t tmpfs -o size=192m none "$0" && exec "$@"'
PATH = f"/rooms/{EXAMPLE_ROOMS[0].code}"


@pytest.fixture
def small_disk(shell: dict[str, str]) -> Iterator[Checkout]:
    """A stack whose state is a file system of 192 MiB that only its processes see."""
    with checkout(shell, WEB_CONCURRENCY="2") as services:
        prefix = ("unshare", "--mount", "/bin/sh", "-c", MOUNT, str(services.state))
        if not works(*prefix, "true"):
            pytest.skip("needs root, to mount a small file system")
        yield replace(services, prefix=prefix)


def inside(services: Checkout, process: "Popen[str]") -> Checkout:
    """Return the same checkout for commands that see the same file systems as the process."""
    prefix = ("nsenter", "--mount", "--target", str(process.pid), f"--wd={ROOT}")
    return replace(services, prefix=prefix)


def fill(file: Path) -> None:
    with file.open("ab", buffering=0) as output, suppress(OSError):
        for size in (2**20, 2**12):
            with suppress(OSError):
                while output.write(bytes(size)):
                    pass


def price(services: Checkout, token: str, number: int) -> Answer:
    fields = {"Authorization": token, "Content-Type": "application/merge-patch+json"}
    return ask(services.port, PATH, "PATCH", f'{{"price": {number}}}', **fields)


def is_refused(services: Checkout, token: str) -> bool:
    answer = price(services, token, 1)
    return answer.status == 503 and answer.json()["code"] == "repository_read_only"


def test_a_full_disk_refuses_writes_and_serves_reads_until_it_has_room(
    small_disk: Checkout,
) -> None:
    with small_disk.serving() as process:
        token = inside(small_disk, process).token("editor")
        importer = inside(small_disk, process).token("importer")
        filler = Path(f"/proc/{process.pid}/root{small_disk.state}/filler")
        fill(filler)

        statuses = set()
        for number in range(5000):
            statuses.add(price(small_disk, token, number % 900 + 1).status)
            assert ask(small_disk.port, "/rooms").status == 200
            if 503 in statuses:
                break
        assert statuses in ({503}, {200, 503})
        body, fields = bytes(2**21), {"Authorization": importer, "Content-Type": "text/csv"}
        refused = ask(small_disk.port, "/rooms/import", "POST", body, **fields)
        assert (refused.status, refused.json()["code"]) == (503, "service_unavailable")

        # After a crash, PostgreSQL cannot start without disk space.
        os.kill(small_disk.processes("/postgres")[0], signal.SIGKILL)
        eventually(lambda: is_refused(small_disk, token), "PostgreSQL serves read-only")
        assert ask(small_disk.port, "/rooms").status == 200

        filler.unlink()
        eventually(lambda: price(small_disk, token, 7).status == 200, "writes again")
        eventually(lambda: ask(small_disk.port, PATH).json()["price"] == 7, "written")
        assert process.poll() is None
