"""Errors when no server listens at the repository's URL."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from rentomatic.domain.conditions import Filter
from rentomatic.domain.operators import Operator
from rentomatic.domain.query import Query
from rentomatic.domain.tokens import Role, Token
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.connect import connect
from rentomatic.repository.protocols import RoomRepository, Storage, Tokens
from tests.rooms import room

# Nothing listens on port 1, and nobody may without being root.
NOWHERE = (
    "postgresql://user:s3cret@127.0.0.1:1/application",
    "mongodb://user:s3cret@127.0.0.1:1/application?serverSelectionTimeoutMS=200",
)

METHODS: dict[str, Callable[[RoomRepository], object]] = {
    "get": lambda rooms: rooms.get(room().code),
    "find_withdrawn": lambda rooms: rooms.find_withdrawn(room().code),
    "add": lambda rooms: rooms.add(room()),
    "replace": lambda rooms: rooms.replace(room(), room()),
    "remove": lambda rooms: rooms.remove(room()),
    "put": lambda rooms: rooms.put([room()]),
    "optimize": lambda rooms: rooms.optimize(),
    "search": lambda rooms: rooms.search(Query()),
    "scan": lambda rooms: next(iter(rooms.scan())),
    "last_changes": lambda rooms: next(iter(rooms.last_changes())),
    "every_code": lambda rooms: rooms.every_code(2),
    "count": lambda rooms: rooms.count(),
    "counts_without": lambda rooms: rooms.counts_without((Filter("price", Operator.LT, 9),)),
    "facet": lambda rooms: rooms.facet((), "price"),
    "word_counts": lambda rooms: rooms.word_counts((), "kind"),
    "used_fields": lambda rooms: rooms.used_fields(),
    "clusters": lambda rooms: rooms.clusters((), 1.40625),
    "check": lambda rooms: rooms.check(),
}
TOKEN = Token("x", Role.EDITOR, "", datetime.now(UTC))
TOKEN_METHODS: dict[str, Callable[[Tokens], object]] = {
    "add": lambda tokens: tokens.add(TOKEN),
    "find": lambda tokens: tokens.find("x"),
    "revoke": lambda tokens: tokens.revoke("x"),
    "list": lambda tokens: tokens.list(),
}


@pytest.fixture(params=NOWHERE, ids=["postgres", "mongo"])
def storage(request: pytest.FixtureRequest) -> Iterator[Storage]:
    """Connecting succeeds: nothing is sent before the first method is called."""
    storage = connect(request.param)
    yield storage
    storage.close()


@pytest.mark.parametrize("method", METHODS)
def test_every_method_says_so_soon_and_names_no_host(storage: Storage, method: str) -> None:
    check_says_so(lambda: METHODS[method](storage.rooms))


@pytest.mark.parametrize("method", TOKEN_METHODS)
def test_so_does_every_method_of_the_tokens(storage: Storage, method: str) -> None:
    check_says_so(lambda: TOKEN_METHODS[method](storage.tokens))


def check_says_so(call: Callable[[], object]) -> None:
    began = time.monotonic()

    with pytest.raises(RepositoryUnavailable) as failure:
        call()

    assert time.monotonic() - began < 3
    assert str(failure.value) == "The rooms cannot be reached right now"
    assert failure.value.__cause__ is not None


def test_the_methods_are_all_that_a_repository_has() -> None:
    promised = {name for name in vars(RoomRepository) if not name.startswith("_")}

    assert {*METHODS, "close", "connections"} == promised  # these two ask nobody
    assert set(TOKEN_METHODS) == {name for name in dir(Tokens) if not name.startswith("_")}
