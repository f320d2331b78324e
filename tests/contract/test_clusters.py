"""Rooms by the cells of a grid."""

import pytest

from rentomatic.domain.conditions import Box, Filter
from rentomatic.domain.operators import Operator
from rentomatic.repository.clusters import MAX_CELLS, clusters_of, side_for
from rentomatic.repository.memory import MemoryRooms
from rentomatic.repository.protocols import RoomRepository
from rentomatic.responses import Cluster
from tests.rooms import room

CHEAP = Filter("price", Operator.LT, 50)
WORLD = Box(-180, -90, 180, 90)


def approximately(clusters: list[Cluster]) -> list[tuple[int, int, object, object]]:
    return [
        (each.count, each.price, pytest.approx(each.longitude), pytest.approx(each.latitude))
        for each in clusters
    ]


def test_rooms_of_one_cell_are_one_cluster(rooms: RoomRepository) -> None:
    rooms.put(
        [
            room(1, price=30, longitude=1, latitude=1),
            room(2, price=20, longitude=3, latitude=2),
            room(3, price=60, longitude=-1, latitude=1),
        ]
    )

    assert rooms.clusters((), 11.25) == [Cluster(1, 60, -1, 1), Cluster(2, 20, 2, 1.5)]
    assert rooms.clusters((CHEAP,), 11.25) == [Cluster(2, 20, 2, 1.5)]


def test_the_antimeridian_is_one_line_and_a_pole_no_row_of_its_own(rooms: RoomRepository) -> None:
    rooms.put(
        [
            room(1, longitude=180, latitude=0),
            room(2, longitude=-180, latitude=0),
            room(3, longitude=0, latitude=90),
            room(4, longitude=0, latitude=89.5),
        ]
    )

    assert rooms.clusters((), 11.25) == [Cluster(2, 50, -180, 0), Cluster(2, 50, 0, 89.75)]


def test_nothing_makes_no_cluster(rooms: RoomRepository) -> None:
    assert rooms.clusters((CHEAP,), 11.25) == []


@pytest.mark.parametrize("side", [360.0, 180.0, 11.25, 360 / 2**12, 360 / 2**30])
def test_every_repository_draws_the_same_grid(rooms: RoomRepository, side: float) -> None:
    many = [
        room(n, price=n % 97, longitude=n * 7.31 % 360 - 180, latitude=n * 3.17 % 180 - 90)
        for n in range(400)
    ]
    rooms.put(many)

    found = rooms.clusters((CHEAP,), side)

    assert approximately(found) == approximately(clusters_of(MemoryRooms(many), (CHEAP,), side))
    assert sum(cluster.count for cluster in found) == rooms.count((CHEAP,))


@pytest.mark.parametrize(
    ("box", "side"),
    [
        (WORLD, 360 / 2**5),
        (Box(0, 0, 11.24, 11.24), 360 / 2**10),
        (Box(170, 0, -170, 10), 360 / 2**9),
        (Box(1, 1, 1, 1), 360 / 2**30),
    ],
)
def test_cells_are_the_smallest_that_the_box_spans_32_of(box: Box, side: float) -> None:
    assert side_for(box) == side
    assert MAX_CELLS == 32
