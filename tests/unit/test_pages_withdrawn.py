"""Pages of rooms that were deleted, and of rooms that never were."""

from rentomatic.repository.memory import MemoryRooms, MemoryTokens
from tests.apps import client_of
from tests.rooms import room

HTML = {"Accept": "text/html"}
PATH = f"/rooms/{room(1).code}"


def rooms_after_removal() -> MemoryRooms:
    rooms = MemoryRooms([room(1), room(2, price=77), room(3, longitude=120)])
    rooms.remove(room(1))
    return rooms


def test_the_page_of_a_deleted_room_offers_the_nearest_rooms() -> None:
    answer = client_of(rooms_after_removal()).get(PATH, headers=HTML)

    assert answer.status_code == 410
    assert "<h1>This room is no longer available</h1>" in answer.text
    assert '<meta name="robots" content="noindex">' in answer.text
    assert answer.text.index(room(2).code) < answer.text.index(room(3).code)
    assert 'href="/?near_longitude=19.94&amp;near_latitude=50.06&amp;sort=distance"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Accept" in answer.headers["Vary"]


def test_without_other_rooms_there_is_a_way_to_the_search() -> None:
    rooms = MemoryRooms([room(1)])
    rooms.remove(room(1))

    answer = client_of(rooms).get(PATH, headers=HTML)

    assert answer.status_code == 410
    assert 'href="/"' in answer.text
    assert "Rooms nearby" not in answer.text


def test_the_api_does_not_tell_deleted_rooms_from_others() -> None:
    answer = client_of(rooms_after_removal()).get(PATH)

    assert answer.status_code == 404
    assert answer.get_json() == {
        "type": "ResourceError",
        "message": f"There is no room {room(1).code}",
        "code": "room_not_found",
    }


def test_a_room_that_never_was_is_not_found() -> None:
    answer = client_of(rooms_after_removal()).get(f"/rooms/{room(9).code}", headers=HTML)

    assert answer.status_code == 404
    assert 'href="/"' in answer.text


def test_a_room_that_is_there_again_has_its_page() -> None:
    rooms = rooms_after_removal()
    rooms.add(room(1))

    assert client_of(rooms, MemoryTokens()).get(PATH, headers=HTML).status_code == 200
