"""The memory of a worker after a large import."""

from contextlib import closing
from pathlib import Path

import pytest

from rentomatic.domain.tokens import Role
from rentomatic.repository.connect import connect
from rentomatic.serializers.formats import FORMATS
from tests.apps import token_for
from tests.e2e.sites import gunicorn, memory_of, workers
from tests.e2e.stack import ask
from tests.rooms import room
from tests.servers import nginx

pytestmark = pytest.mark.integration

ROWS = 100_000
# Without limits for slow machines.
LIMITS = {"RENTOMATIC_REQUEST_TIMEOUT": "600", "RENTOMATIC_STATEMENT_TIMEOUT": "300"}
MAX_KEPT_MIB = 15  # 5 to 8 as measured; a list of all rooms would take 40


def test_a_worker_returns_the_memory_of_large_imports(home: Path, postgres_url: str) -> None:
    with closing(connect(postgres_url)) as storage:
        token = token_for(storage.tokens, Role.IMPORTER)
    rows = "".join(FORMATS["csv"].write(room(number) for number in range(ROWS)))
    fields = {"Authorization": token, "Content-Type": "text/csv"}

    with (
        gunicorn(home, "one", postgres_url, **LIMITS) as path,
        nginx(home, [path], **LIMITS) as port,
    ):
        for page in ("/rooms", "/", "/openapi.json"):
            assert ask(port, page).status == 200
        (worker,) = workers(home / "one.pid")
        idle = memory_of(worker)["Rss"]
        for mode in ("abort", "skip", "skip"):
            answer = ask(
                port, f"/rooms/import?dry_run=true&on_error={mode}", "POST", rows, **fields
            )
            assert answer.json()["created"] == ROWS

        assert workers(home / "one.pid") == [worker]
        assert memory_of(worker)["Rss"] < idle + MAX_KEPT_MIB
