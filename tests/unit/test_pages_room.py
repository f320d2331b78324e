"""The page of one room as the server sends it."""

import json
import re
from typing import Any

import pytest

from rentomatic.domain.room import Room
from rentomatic.repository.memory import MemoryRooms
from tests.apps import client_of
from tests.rooms import room

HTML = {"Accept": "text/html"}
KEPT = f"/photos/{'a' * 64}"
OFFER: dict[str, Any] = {
    "title": "Sunny “studio” & more",
    "description": "Bright.\n\nBy the <park>.",
    "kind": "studio",
    "features": ["wifi", "balcony"],
    "capacity": 2,
    "min_nights": 3,
    "photos": [
        {"url": f"{KEPT}.webp", "alt": "The bed"},
        {"url": "https://photos.example/2.jpg"},
        {"url": "https://elsewhere.example/3.jpg"},
    ],
    "address": {"street": "Floriańska 3", "postcode": "31-019", "locality": "Kraków"},
    "url": "https://offers.example/1?a=b&c=d",
    "source": "offers.example",
    "reference": "no. 1",
}
SETTINGS = {"RENTOMATIC_PHOTOS": "photos.example", "RENTOMATIC_PHOTO_FOLDER": "/photos"}


def page_of(*rooms: Room) -> str:
    answer = client_of(MemoryRooms(rooms), None, **SETTINGS).get(
        f"/rooms/{rooms[0].code}", headers=HTML
    )
    assert answer.status_code == 200
    return answer.text


def linked_data(text: str) -> dict[str, Any]:
    """Return the data of the room; that of its breadcrumbs follows."""
    found, *_ = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    data: dict[str, Any] = json.loads(found)
    return data


def test_a_room_of_the_book_has_its_five_values() -> None:
    text = page_of(room())

    assert "<title>Room, 20 m² for €50 per day</title>" in text
    assert 'content="Room, 20 m² for €50 per day."' in text
    assert ">Room for €50 per day</h1>" in text
    assert re.findall("<dt>(.*?)</dt>", text) == [
        "Price", "Size", "Price per m²", "Place", "Position", "Code",
    ]  # fmt: skip
    for part in ("gallery", "description", "og:image", "words", "<img"):
        assert f'class="{part}"' not in text


def test_an_offer_is_shown_with_everything_that_makes_someone_rent_it() -> None:
    text = page_of(room(**OFFER))

    assert "<h1>Sunny “studio” &amp; more</h1>" in text
    assert "<title>Sunny “studio” &amp; more, " in text
    assert '<meta name="description" content="Bright. By the &lt;park&gt;.">' in text
    assert '<p class="description">Bright.\n\nBy the &lt;park&gt;.</p>' in text
    assert "<li>wifi</li>" in text
    assert "Floriańska 3, 31-019 Kraków" in text
    assert "2 people" in text
    assert "3 nights" in text
    assert "no. 1" not in text


def test_each_photo_links_to_its_full_size() -> None:
    text = page_of(room(**OFFER))

    assert f'<a href="{KEPT}.webp"><img src="{KEPT}-480.webp" srcset="{KEPT}-480.webp 480w' in text
    assert 'alt="The bed"' in text
    assert '<a href="https://photos.example/2.jpg"><img src="https://photos.example/2.jpg"' in text
    assert 'alt="Photo 2 of 2"' in text
    assert '<a href="https://elsewhere.example/3.jpg" rel="noopener">1</a>' in text
    assert 'src="https://elsewhere' not in text
    assert f'<meta property="og:image" content="http://localhost{KEPT}.webp">' in text
    assert '<meta property="og:image:alt" content="The bed">' in text


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://offers.example/1?a=b&c=d", "Rent this room"),
        ("mailto:ann@offers.example", "Write"),
        ("tel:+48123456789", "Call"),
    ],
)
def test_a_button_leads_to_where_the_room_is_rented(url: str, words: str) -> None:
    text = page_of(room(url=url))

    href = url.replace("&", "&amp;")
    assert f'<a class="button" href="{href}" rel="noopener">{words}</a>' in text


def test_an_unknown_size_is_said_to_be_unknown() -> None:
    text = page_of(room(size=None), room(2, size=None))

    assert "<dt>Size</dt><dd>unknown</dd>" in text
    assert "per m²" not in text
    assert "size unknown" in text
    assert "None" not in text
    assert "floorSize" not in linked_data(text)


def test_search_engines_get_an_accommodation_with_its_offer() -> None:
    data = linked_data(page_of(room(**OFFER)))

    assert data["@type"] == ["Apartment", "Product"]
    assert data["name"] == OFFER["title"]
    assert data["image"] == [f"http://localhost{KEPT}.webp", "https://photos.example/2.jpg"]
    assert data["occupancy"] == {"@type": "QuantitativeValue", "maxValue": 2}
    assert data["address"]["addressLocality"] == "Kraków"
    assert data["amenityFeature"][0]["name"] == "wifi"
    assert data["offers"]["priceSpecification"]["price"] == 50
    assert data["offers"]["eligibleDuration"]["minValue"] == 3
    assert "no. 1" not in json.dumps(data)


@pytest.mark.parametrize(
    ("kind", "type_"), [(None, "Room"), ("house", "House"), ("boat", "Accommodation")]
)
def test_a_kind_has_its_own_type_where_there_is_one(kind: str | None, type_: str) -> None:
    assert linked_data(page_of(room(kind=kind)))["@type"][0] == type_


@pytest.mark.parametrize("evil", ["</script><script>alert(1)</script>", "<!--<script>", "]]>'\"&"])
def test_no_text_of_a_room_is_markup(evil: str) -> None:
    texts: dict[str, Any] = dict.fromkeys(("title", "description", "source"), evil)
    photos = [{"url": "https://photos.example/1.jpg", "alt": evil}]
    offer = room(**texts, address={"street": evil, "locality": evil}, photos=photos)
    text = page_of(offer, room(2, **texts, photos=photos))
    search = client_of(MemoryRooms([offer]), None, **SETTINGS).get("/").text

    assert linked_data(text)["description"] == evil
    for page in (text, search):
        assert "<script>" not in page
        assert "<!--" not in page
        assert not re.search(r'(?:alt|content|data-name)="[^"]*[<>]', page)
