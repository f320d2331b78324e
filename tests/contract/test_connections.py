"""Every repository says how many connections it has, and never asks the storage for that."""

from rentomatic.domain.query import Query
from rentomatic.repository.protocols import Connections, RoomRepository
from tests.rooms import room


def test_a_repository_that_nobody_has_used_has_no_connection(rooms: RoomRepository) -> None:
    used, idle, _, timeouts = rooms.connections()

    assert (used, idle, timeouts) == (0, 0, 0)


def test_what_has_been_asked_leaves_at_most_one_connection_that_waits(
    rooms: RoomRepository,
) -> None:
    limit = rooms.connections().limit
    rooms.put([room()])
    for _ in range(3):
        rooms.search(Query())

    # Memory has no connection, and so no limit.
    assert rooms.connections() == Connections(0, min(limit, 1), limit, 0)


def test_a_scan_uses_a_connection_until_its_end(rooms: RoomRepository) -> None:
    limit = rooms.connections().limit
    rooms.put([room()])
    scan = rooms.scan()
    next(scan)

    assert rooms.connections().used <= min(limit, 1)
    list(scan)
    assert rooms.connections().used == 0
