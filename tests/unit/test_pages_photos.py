"""Which photos pages show."""

import pytest

from rentomatic.domain.fields import Photo
from rentomatic.domain.room import Room
from rentomatic.repository.memory import MemoryRooms
from rentomatic_web.pages.rooms.photos import cover_of, is_of_host, linked_photos, shown_photos
from tests.apps import app_of
from tests.rooms import room

KEPT: Photo = {"url": f"/photos/{'a' * 64}.webp"}
ALLOWED: Photo = {"url": "https://photos.example/1.jpg", "alt": "A bed"}
OTHER: Photo = {"url": "https://elsewhere.example/2.jpg"}


@pytest.mark.parametrize(
    ("url", "is_shown"),
    [
        ("https://photos.example/1.jpg", True),
        ("https://photos.example:443/1.jpg", True),
        ("HTTPS://Photos.Example/1.jpg", True),
        ("https://photos.example:8443/1.jpg", False),
        ("https://me@photos.example/1.jpg", False),
        ("https://a.photos.example/1.jpg", False),
        ("https://photos.example.evil.example/1.jpg", False),
        ("https://a.wide.example/1.jpg", True),
        ("https://a.b.wide.example/1.jpg", True),
        ("https://wide.example/1.jpg", False),
        ("https://notwide.example/1.jpg", False),
        ("https://me@a.wide.example/1.jpg", False),
    ],
)
def test_hosts_are_those_of_the_policy(url: str, is_shown: bool) -> None:
    assert is_of_host({"url": url}, ("photos.example", "*.wide.example")) == is_shown


@pytest.mark.parametrize(
    ("settings", "shown", "linked"),
    [
        ({}, [], [ALLOWED, OTHER]),
        ({"RENTOMATIC_PHOTOS": "photos.example"}, [ALLOWED], [OTHER]),
        ({"RENTOMATIC_PHOTO_FOLDER": "/photos"}, [KEPT], [ALLOWED, OTHER]),
    ],
)
def test_photos_that_browsers_may_not_load_are_linked(
    settings: dict[str, str], shown: list[Photo], linked: list[Photo]
) -> None:
    offer: Room = room(photos=(KEPT, ALLOWED, OTHER))

    with app_of(MemoryRooms(), None, **settings).app_context():
        assert shown_photos(offer) == shown
        assert linked_photos(offer) == linked
        assert cover_of(offer) == (shown[0] if shown else None)
        assert cover_of(room()) is None
