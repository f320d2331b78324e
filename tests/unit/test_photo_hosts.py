"""RENTOMATIC_PHOTOS: hosts of photos from elsewhere, in the policy of pages."""

import pytest

from rentomatic.repository.memory import MemoryRooms
from tests.apps import client_of


@pytest.mark.parametrize(
    ("photos", "tiles", "sources"),
    [
        ("", "", ""),
        ("photos.example", "", " https://photos.example"),
        ("A.example, *.b.example", "", " https://a.example https://*.b.example"),
        (
            "photos.example",
            "https://tiles.example/{z}/{x}/{y}.png",
            " https://tiles.example https://photos.example",
        ),
    ],
)
def test_pages_may_load_photos_of_the_hosts(photos: str, tiles: str, sources: str) -> None:
    client = client_of(MemoryRooms(), RENTOMATIC_PHOTOS=photos, RENTOMATIC_TILES=tiles)

    policy = client.get("/").headers["Content-Security-Policy"]

    assert f"img-src 'self' data:{sources};" in policy
