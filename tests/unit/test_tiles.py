"""RENTOMATIC_TILES: where tiles of the map may come from, and the policy of pages."""

import pytest

from rentomatic.errors import InvalidRequest
from rentomatic.repository.memory import MemoryRooms
from tests.apps import client_of


@pytest.mark.parametrize(
    ("tiles", "sources"),
    [
        ("", ""),
        ("/tiles/{z}/{x}/{y}.png", ""),
        ("https://tiles.example/{z}/{x}/{y}.png", " https://tiles.example"),
        ("http://localhost:8081/{z}/{x}/{y}.png?k=1", " http://localhost:8081"),
        (
            "https://{s}.tiles.example/{z}/{x}/{y}.png",
            " https://a.tiles.example https://b.tiles.example https://c.tiles.example",
        ),
    ],
)
def test_pages_may_load_the_tiles_of_the_settings(tiles: str, sources: str) -> None:
    client = client_of(MemoryRooms(), RENTOMATIC_TILES=tiles)

    page = client.get("/", headers={"Accept": "text/html"})

    policy = page.headers["Content-Security-Policy"]
    assert f"img-src 'self' data:{sources};" in policy
    assert not tiles or f'data-tiles="{tiles}"' in page.text


@pytest.mark.parametrize(
    "tiles",
    [
        "tiles/{z}/{x}/{y}.png",
        "//tiles.example/{z}/{x}/{y}.png",
        "ftp://tiles.example/{z}/{x}/{y}.png",
        "https://tiles.{s}.example/{z}/{x}/{y}.png",
        "https://tiles.example/{z}/{x}.png",
        "https://tiles.example; script-src */{z}/{x}/{y}.png",
    ],
)
def test_other_tiles_are_refused_with_the_forms_that_there_are(tiles: str) -> None:
    with pytest.raises(InvalidRequest, match=r"TILES: .*\{s\}\.tiles.*path like /tiles"):
        client_of(MemoryRooms(), RENTOMATIC_TILES=tiles)
