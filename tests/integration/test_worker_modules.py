"""Modules that a worker imports: each takes memory in every process."""

import json
import subprocess
import sys

import pytest

from tests.conftest import STORAGES

SERVE = """
import json, sys
from rentomatic_web.wsgi import app
for path in sys.argv[1:]:
    assert app.test_client().get(path).status_code == 200, path
print(json.dumps([name.partition(".")[0] for name in sys.modules]))
"""
PATHS = ("/readyz", "/rooms", "/", "/rooms/facets", "/rooms.csv", "/openapi.json")

# Packages of commands, and of each storage; pymongo imports cryptography.
PACKAGES = {
    "commands": {"alembic", "mako", "rentomatic_cli"},
    "memory": set[str](),
    "mongo": {"bson", "cryptography", "pymongo", "rentomatic_mongo"},
    "postgres": {"psycopg2", "rentomatic_postgres", "sqlalchemy"},
}


@pytest.mark.parametrize("name", STORAGES)
def test_a_worker_imports_the_packages_of_its_storage_only(
    name: str, request: pytest.FixtureRequest
) -> None:
    url = "memory://" if name == "memory" else request.getfixturevalue(f"{name}_url")

    output = subprocess.run(
        (sys.executable, "-c", SERVE, *PATHS),
        env={"RENTOMATIC_REPOSITORY": url},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout

    loaded = set(json.loads(output.splitlines()[-1]))
    assert loaded & set().union(*PACKAGES.values()) == PACKAGES[name]
