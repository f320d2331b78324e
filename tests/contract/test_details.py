"""Optional fields, unknown sizes, texts and times."""

from datetime import UTC, datetime, timedelta

import pytest

from rentomatic.domain.conditions import Filter, Filters, FullText
from rentomatic.domain.operators import Operator
from rentomatic.domain.query import RELEVANCE, Query, Search
from rentomatic.domain.room import OPTIONAL, TIMES, Room
from rentomatic.domain.words import query_words, relevance
from rentomatic.errors import ReferenceConflict
from rentomatic.repository.protocols import RoomRepository
from rentomatic.requests.cursors import parse_cursor
from rentomatic.responses import ImportReport
from rentomatic.use_cases.search import search_rooms
from tests.rooms import full_room, room


def codes(rooms: list[Room]) -> list[int]:
    """Return the numbers of rooms that `room` has made."""
    return [int(each.code[-12:]) for each in rooms]


def found(rooms: RoomRepository, *filters: Filter | FullText) -> list[int]:
    return sorted(codes(rooms.search(Query(filters))))


def text(words: str) -> FullText:
    return FullText(query_words(words))


def test_a_room_with_every_field_is_kept(rooms: RoomRepository) -> None:
    rooms.add(full_room())
    rooms.put([full_room(2, title='Quotes " and \\ and \n'.strip())])

    assert repr(rooms.get(full_room().code)) == repr(full_room())
    assert [repr(each) for each in rooms.search(Query())] == [
        repr(full_room()),
        repr(full_room(2, title='Quotes " and \\ and')),
    ]
    assert [list(vars(each)) for each in rooms.scan()] == [list(vars(full_room()))] * 2
    assert rooms.used_fields() == OPTIONAL


def test_no_room_of_the_book_has_further_fields(rooms: RoomRepository) -> None:
    rooms.add(room())

    assert rooms.used_fields() == ()
    assert vars(rooms.get(room().code)) == vars(room())


def test_fields_can_be_removed(rooms: RoomRepository) -> None:
    rooms.add(full_room())
    rooms.replace(full_room(), room(size=None))

    assert rooms.get(room().code) == room(size=None)
    assert rooms.used_fields() == ()
    assert found(rooms, text("sunny")) == []

    rooms.put([full_room()])
    rooms.put([room()])
    assert rooms.get(room().code) == room()

    rooms.remove(room())
    assert rooms.count() == 0


def test_the_same_room_again_changes_nothing(rooms: RoomRepository) -> None:
    rooms.put([full_room()])
    updated = rooms.get(full_room().code).updated

    assert rooms.put([full_room()]) == ImportReport(unchanged=1)
    assert rooms.put([full_room(title="Other")], dry_run=True) == ImportReport(updated=1)
    assert rooms.get(full_room().code).updated == updated


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ((Filter("kind", Operator.EQ, "studio"),), [1]),
        ((Filter("kind", Operator.NE, "studio"),), [2]),
        ((Filter("kind", Operator.IN, ("studio", "house")),), [1, 2]),
        ((Filter("features", Operator.ALL, ("wifi", "balcony")),), [1]),
        ((Filter("features", Operator.ANY, ("pets", "balcony")),), [1, 2]),
        ((Filter("features", Operator.NONE, ("balcony",)),), [2, 3, 4]),
        ((Filter("capacity", Operator.GTE, 3),), [2]),
        ((Filter("capacity", Operator.NE, 3),), [1]),
        ((Filter("min_nights", Operator.LTE, 10),), [1]),
        ((Filter("source", Operator.EQ, "agency"),), [1, 2]),
        ((Filter("reference", Operator.IN, ("a,1", "A")),), [2]),
        ((Filter("size", Operator.NE, 20),), [2]),
        ((Filter("size", Operator.LT, 100),), [1, 2, 3]),
        ((Filter("size", Operator.UNKNOWN, None),), [4]),
        ((Filter("kind", Operator.EQ, "studio"), Filter("size", Operator.GT, 20)), []),
    ],
)
def test_rooms_without_a_value_meet_no_condition_on_it(
    rooms: RoomRepository, filters: Filters, numbers: list[int]
) -> None:
    rooms.put(
        [
            room(
                1,
                kind="studio",
                features=("wifi", "balcony"),
                capacity=2,
                min_nights=3,
                source="agency",
            ),
            room(
                2,
                kind="house",
                features=("pets",),
                capacity=3,
                source="agency",
                reference="A",
                size=30,
            ),
            room(3),
            room(4, size=None),
        ]
    )

    assert sorted(codes(rooms.search(Query(filters)))) == numbers
    assert rooms.count(filters) == len(numbers)


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("krakow", [1, 2]),
        ("KRAKÓW balcony", [1]),
        ("bal", [1]),
        ("alcony", []),
        ("lodz", [3]),
        ("Łódź", [3]),
        ("strasse", [3]),
        ("渋谷", [4]),
        ("京都渋", [4]),
        ("区", [4]),
        ("東区", []),
        ("हिन्दी", [6]),
        ("हीन", [6]),
        ("हि दी", []),
        ("Dachgarten", [6]),
        ("l'été", [2]),
        ("31-042", [1]),
        ("wi fi", []),
    ],
)
def test_words_begin_with_the_words_of_a_text(
    rooms: RoomRepository, words: str, numbers: list[int]
) -> None:
    rooms.put(
        [
            room(1, features=("balcony",), address={"locality": "Kraków", "postcode": "31-042"}),
            room(2, title="Kraków: l’été"),
            room(3, description="Łódź, Lange Straße"),
            room(4, title="東京都渋谷区"),
            room(5),
            room(6, title="हिन्दी", description="Dach\N{SOFT HYPHEN}garten"),
        ]
    )

    assert found(rooms, text(words)) == numbers
    assert rooms.count((text(words),)) == len(numbers)


@pytest.mark.parametrize("descending", [False, True])
def test_the_most_relevant_rooms_are_first(rooms: RoomRepository, descending: bool) -> None:
    many = [
        room(1, description="wifi balcony"),
        room(2, title="Wifi", description="A balcony"),
        room(3, title="Wifi and balcony"),
        room(4, features=("wifi", "balcony")),
        room(5, title="Wifi"),
        room(6, description="balcony wifi wifi"),
    ]
    rooms.put(many)
    condition = text("wifi balc")
    query = Query((condition,), 2, sort=RELEVANCE, descending=descending)

    order = sorted(
        (each for each in many if relevance(each, condition.words)),
        key=lambda each: (-relevance(each, condition.words), each.code),
        reverse=descending,
    )
    assert codes(order) == ([6, 1, 4, 2, 3] if descending else [3, 2, 4, 1, 6])
    assert pages(rooms, query) == [codes(order)[:2], codes(order)[2:4], codes(order)[4:]]


@pytest.mark.parametrize("descending", [False, True])
def test_rooms_of_unknown_size_are_last_in_both_directions(
    rooms: RoomRepository, descending: bool
) -> None:
    sizes = {1: None, 2: 20, 3: None, 4: 10, 5: None, 6: 10}
    rooms.put([room(number, size=size) for number, size in sizes.items()])
    query = Query(limit=2, sort="size", descending=descending)

    expected = [[2, 6], [4, 5], [3, 1]] if descending else [[4, 6], [2, 1], [3, 5]]
    assert pages(rooms, query) == expected


@pytest.mark.parametrize("sort", TIMES)
@pytest.mark.parametrize("descending", [False, True])
def test_rooms_are_sorted_by_their_times(
    rooms: RoomRepository, sort: str, descending: bool
) -> None:
    for number in (2, 1, 3):
        rooms.add(room(number))
    rooms.replace(room(1), room(1, price=60))

    in_order = sorted(
        (rooms.get(room(number).code) for number in (1, 2, 3)),
        key=lambda each: (getattr(each, sort), each.code),
        reverse=descending,
    )
    query = Query(limit=1, sort=sort, descending=descending)
    assert pages(rooms, query) == [[number] for number in codes(in_order)]


def test_the_storage_keeps_the_times_of_a_room(rooms: RoomRepository) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    rooms.put([room(), room(2)])
    added = rooms.get(room().code)
    rooms.replace(room(), room(price=60))
    changed = rooms.get(room().code)
    after = datetime.now(UTC) + timedelta(seconds=1)

    assert before < added.created <= added.updated < after
    assert changed.created == added.created
    assert added.updated <= changed.updated < after
    assert added.created.tzinfo is not None
    assert vars(changed) == vars(room(price=60))
    assert found(rooms, Filter("created", Operator.LT, before)) == []
    assert found(rooms, Filter("updated", Operator.GTE, before)) == [1, 2]
    assert found(rooms, Filter("updated", Operator.GT, after)) == []


def test_a_reference_belongs_to_one_room(rooms: RoomRepository) -> None:
    rooms.put([full_room(1), full_room(2)])
    same = full_room(3, reference="A-1")

    with pytest.raises(ReferenceConflict, match="agency, A-1"):
        rooms.add(same)
    with pytest.raises(ReferenceConflict, match="agency, A-1"):
        rooms.replace(full_room(2), full_room(2, reference="A-1"))
    with pytest.raises(ReferenceConflict):
        rooms.put([same])

    rooms.add(full_room(3, source="other", reference="A-1"))
    rooms.add(full_room(4, source=None, reference="A-1"))
    rooms.remove(full_room(1))
    rooms.add(full_room(5, reference="A-1"))
    assert rooms.count() == 4


@pytest.mark.parametrize("timeout", [None, 60.0])
@pytest.mark.parametrize(
    "references",
    [
        {1: "A-2", 2: "A-1"},
        {1: "A-2", 2: "A-3", 3: "A-1"},
        {1: "A-2", 2: None},
        {3: "A-2", 2: "A-4"},
        {3: None, 2: "A-3", 4: "A-2"},
    ],
)
def test_rooms_take_references_from_each_other(
    rooms: RoomRepository, references: dict[int, str | None], timeout: float | None
) -> None:
    rooms.put([full_room(number) for number in (1, 2, 3)])
    new = [full_room(number, reference=each) for number, each in references.items()]
    report = ImportReport(created=len(references.keys() - {1, 2, 3}))
    report += ImportReport(updated=len(new) - report.created)

    assert rooms.put(new, True, timeout) == report
    assert rooms.put(new, timeout=timeout) == report
    assert [rooms.get(each.code) for each in new] == new
    assert rooms.put(new, timeout=timeout) == ImportReport(unchanged=len(new))


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize(
    "new",
    [
        [full_room(3, reference="A-1"), full_room(2, title="Other")],
        [full_room(1, reference="A-3"), full_room(4, reference="A-3")],
        [full_room(1, reference="A-2"), full_room(2, title="Other"), room(5)],
    ],
)
def test_nothing_is_saved_if_two_rooms_would_have_a_reference(
    rooms: RoomRepository, new: list[Room], dry_run: bool
) -> None:
    rooms.put([full_room(1), full_room(2)])

    with pytest.raises(ReferenceConflict, match=r"agency, A-\d"):
        rooms.put(new, dry_run)
    assert [rooms.get(full_room(number).code) for number in (1, 2)] == [full_room(1), full_room(2)]
    assert rooms.count() == 2


def pages(rooms: RoomRepository, query: Query) -> list[list[int]]:
    """Return the pages forwards, and check that they are the same backwards."""
    page = search_rooms(rooms, Search(query))
    forwards = [codes(page.rooms)]
    while page.next:
        page = search_rooms(rooms, Search(*parse_cursor(query, page.next)))
        forwards.append(codes(page.rooms))
    backwards = [forwards[-1]]
    while page.previous:
        page = search_rooms(rooms, Search(*parse_cursor(query, page.previous)))
        backwards.append(codes(page.rooms))
    assert [number for each in backwards[::-1] for number in each] == [
        number for each in forwards for number in each
    ]
    return forwards
