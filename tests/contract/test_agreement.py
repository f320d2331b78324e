"""All repositories return the same for the same operations."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as any_of

from rentomatic.domain.conditions import Filter
from rentomatic.domain.operators import Operator
from rentomatic.domain.query import MAX_LIMIT, Query
from rentomatic.domain.room import Room
from rentomatic.errors import ReferenceConflict, RentomaticError
from rentomatic.repository.connect import connect
from rentomatic.repository.memory import MemoryRooms
from rentomatic.repository.protocols import RoomRepository
from rentomatic.responses import ImportReport
from rentomatic.use_cases.search import compute_facets
from tests import strategies
from tests.rooms import room

pytestmark = pytest.mark.integration

# The repositories last for all examples: each example begins with emptying them.
bounded = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])

CHANGES = ("add", "replace", "remove")


@pytest.fixture
def repositories(postgres_url: str, mongo_url: str) -> Iterator[list[RoomRepository]]:
    """One repository of each kind."""
    repositories = [MemoryRooms(), connect(postgres_url).rooms, connect(mongo_url).rooms]
    yield repositories
    for rooms in repositories:
        rooms.close()


@bounded
@given(some_rooms=any_of.lists(strategies.rooms, max_size=30), query=strategies.queries)
def test_the_same_rooms_are_found_in_the_same_order(
    repositories: list[RoomRepository], some_rooms: list[Room], query: Query
) -> None:
    answers = []
    for rooms in repositories:
        empty(rooms)
        report = rooms.put(some_rooms)
        found = repr(rooms.search(query)), rooms.count(query.filters)
        without = rooms.counts_without(query.filters)
        answers.append((report, found, without, compute_facets(rooms, query.filters)))

    assert answers[1:] == answers[:1] * 2


@bounded
@given(
    some_rooms=any_of.lists(strategies.rooms, max_size=5),
    changes=any_of.lists(
        any_of.tuples(any_of.sampled_from(CHANGES), strategies.rooms, strategies.rooms)
    ),
)
def test_the_same_changes_lead_to_the_same_rooms(
    repositories: list[RoomRepository],
    some_rooms: list[Room],
    changes: list[tuple[str, Room, Room]],
) -> None:
    answers = []
    for rooms in repositories:
        empty(rooms)
        rooms.put(some_rooms)
        outcomes = [outcome(rooms, *change) for change in changes]
        answers.append((outcomes, rooms.put(some_rooms), everything(rooms)))

    assert answers[1:] == answers[:1] * 2


few_references = any_of.builds(
    room,
    any_of.integers(1, 5),
    source=any_of.sampled_from(["agency", "owner"]),
    reference=any_of.sampled_from([None, "A", "B", "C"]),
)


@bounded
@given(imports=any_of.lists(any_of.lists(few_references, max_size=5), max_size=4))
def test_the_same_imports_move_references(
    repositories: list[RoomRepository], imports: list[list[Room]]
) -> None:
    answers = []
    for rooms in repositories:
        empty(rooms)
        reports = [report_of(rooms, new, dry_run) for new in imports for dry_run in (True, False)]
        answers.append((reports, everything(rooms)))

    assert answers[1:] == answers[:1] * 2
    reports = answers[0][0]
    assert reports[::2] == reports[1::2]


def report_of(rooms: RoomRepository, new: list[Room], dry_run: bool) -> ImportReport | None:
    """Return the report of an import, or None if two rooms would have the same reference."""
    try:
        return rooms.put(new, dry_run)
    except ReferenceConflict:
        return None


def outcome(rooms: RoomRepository, change: str, room: Room, new: Room) -> str:
    """Do the change, sometimes to the room as it is, and return how it ended."""
    there = MemoryRooms(everything(rooms)).search(Query((Filter("code", Operator.EQ, room.code),)))
    old = there[0] if there and new.price % 2 else room
    try:
        if change == "replace":
            rooms.replace(old, replace(new, code=old.code))
        else:
            getattr(rooms, change)(old)
    except RentomaticError as error:
        return repr(error)
    return "done"


def empty(rooms: RoomRepository) -> None:
    for each in everything(rooms):
        rooms.remove(each)


def everything(rooms: RoomRepository) -> list[Room]:
    return rooms.search(Query(limit=MAX_LIMIT))
