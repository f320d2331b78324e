"""Facets."""

from rentomatic.domain.conditions import Box, Filter, Filters
from rentomatic.domain.numbers import INT32_MAX
from rentomatic.domain.operators import Operator
from rentomatic.repository.facets import BUCKETS
from rentomatic.repository.memory import MemoryRooms
from rentomatic.repository.protocols import RoomRepository
from rentomatic.responses import Facet, Facets
from rentomatic.use_cases.search import compute_facets
from tests.rooms import room

EMPTY = Facet(None, None, (0,) * BUCKETS)
NO_WORDS: dict[str, dict[str, int]] = {"kind": {}, "features": {}}
CHEAP = Filter("price", Operator.LT, 50)
LARGE = Filter("size", Operator.GTE, 30)
NORTH = Box(-180, 0, 180, 90)


def buckets(**filled: int) -> tuple[int, ...]:
    return tuple(filled.get(f"b{number}", 0) for number in range(BUCKETS))


def test_nothing_spreads_nowhere(rooms: RoomRepository) -> None:
    fields = {"price": EMPTY, "size": EMPTY}

    assert compute_facets(rooms, ()) == Facets(0, fields, (), NO_WORDS)
    assert compute_facets(rooms, (CHEAP, NORTH)) == Facets(0, fields, (0, 0), NO_WORDS)


def test_rooms_are_counted_in_twenty_equal_parts(rooms: RoomRepository) -> None:
    rooms.put(room(number, price=price) for number, price in enumerate([0, 4, 5, 99, 100, 50]))

    assert compute_facets(rooms, ()).fields["price"] == Facet(
        0, 100, buckets(b0=2, b1=1, b10=1, b19=2)
    )


def test_one_value_fills_one_part(rooms: RoomRepository) -> None:
    rooms.put([room(1, price=7), room(2, price=7)])

    assert compute_facets(rooms, ()).fields["price"] == Facet(7, 7, buckets(b0=2))


def test_the_greatest_spread_there_is_is_counted(rooms: RoomRepository) -> None:
    rooms.put([room(1, price=0), room(2, price=INT32_MAX), room(3, price=INT32_MAX - 1)])

    assert compute_facets(rooms, ()).fields["price"] == Facet(0, INT32_MAX, buckets(b0=1, b19=2))


def test_a_facet_ignores_the_filters_on_its_own_field(rooms: RoomRepository) -> None:
    rooms.put([room(1, price=10, size=40), room(2, price=90, size=40), room(3, price=10, size=1)])

    found = compute_facets(rooms, (CHEAP, LARGE))

    assert found.count == 1
    assert (found.fields["price"].minimum, found.fields["price"].maximum) == (10, 90)
    assert (found.fields["size"].minimum, found.fields["size"].maximum) == (1, 40)


def test_each_condition_is_told_how_many_rooms_there_are_without_it(
    rooms: RoomRepository,
) -> None:
    rooms.put(
        [
            room(1, price=90, size=40, latitude=10),
            room(2, price=90, size=40, latitude=-10),
            room(3, price=10, size=40, latitude=-10),
            room(4, price=90, size=40, latitude=20),
        ]
    )

    assert compute_facets(rooms, (CHEAP, LARGE, NORTH)) == Facets(
        0, {"price": Facet(90, 90, buckets(b0=2)), "size": EMPTY}, (2, 0, 1), NO_WORDS
    )


def test_several_filters_on_one_field_are_each_left_out_alone(rooms: RoomRepository) -> None:
    rooms.put(room(number, price=number) for number in range(10))
    between: Filters = (Filter("price", Operator.GT, 7), Filter("price", Operator.LT, 3))

    found = compute_facets(rooms, between)

    assert (found.count, found.without) == (0, (3, 2))
    filled = ("b0", "b2", "b4", "b6", "b8", "b11", "b13", "b15", "b17", "b19")
    assert found.fields["price"] == Facet(0, 9, buckets(**dict.fromkeys(filled, 1)))


def test_every_repository_says_what_reading_every_room_says(rooms: RoomRepository) -> None:
    many = [room(n, price=n * 37 % 101, size=1 + n * 13 % 47, latitude=n % 90) for n in range(300)]
    rooms.put(many)
    for filters in ((), (CHEAP,), (CHEAP, LARGE), (LARGE, NORTH, CHEAP)):
        assert compute_facets(rooms, filters) == compute_facets(MemoryRooms(many), filters)


def test_nothing_is_left_out_while_rooms_are_found(rooms: RoomRepository) -> None:
    rooms.put(room(number, price=number) for number in range(10))

    assert compute_facets(rooms, (CHEAP,)).without == ()
    assert compute_facets(rooms, ()).without == ()


def test_counts_without_each_condition_include_rooms_that_meet_all(rooms: RoomRepository) -> None:
    rooms.put(room(number, price=number, size=1 + number) for number in range(100))

    assert rooms.counts_without((CHEAP, LARGE)) == (71, 50)
    assert rooms.counts_without((CHEAP,)) == (100,)
    assert rooms.counts_without(()) == ()


def test_rooms_of_unknown_size_are_counted_apart(rooms: RoomRepository) -> None:
    rooms.put([room(1, size=None), room(2, size=10), room(3, size=None)])

    facets = compute_facets(rooms, ())

    assert facets.count == 3
    assert facets.fields["size"] == Facet(10, 10, buckets(b0=1), unknown=2)


def test_a_condition_on_an_unknown_value_fails(rooms: RoomRepository) -> None:
    rooms.put([room(1, size=None), room(2, size=10)])

    assert compute_facets(rooms, (LARGE,)).without == (2,)


def test_words_are_counted_without_the_filters_on_their_own_field(rooms: RoomRepository) -> None:
    rooms.put(
        [
            room(1, kind="studio", features=["wifi", "balcony"]),
            room(2, kind="studio", features=["wifi"]),
            room(3, kind="house"),
            room(4),
        ]
    )

    every = compute_facets(rooms, ())
    studios = compute_facets(rooms, (Filter("kind", Operator.EQ, "studio"),))

    assert list(every.words["kind"].items()) == [("studio", 2), ("house", 1)]
    assert list(every.words["features"].items()) == [("wifi", 2), ("balcony", 1)]
    assert studios.words == every.words
    assert studios.used == every.used == ("kind", "features")
    assert compute_facets(rooms, (Filter("kind", Operator.EQ, "house"),)).words["features"] == {}
