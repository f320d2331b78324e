"""Types of fields: their values, and the messages for others."""

from typing import Any

import pytest

from rentomatic.domain.room import FIELDS, Room
from rentomatic.errors import InvalidRequest
from rentomatic.requests.field_values import parse_changes, parse_room_texts
from rentomatic.serializers.rooms import room_to_columns
from tests.rooms import full_room, room

URL = "must be a URL that begins with https://"
CONTACT = f"{URL}, mailto: or tel:"
WORD = "must be a word without blanks and punctuation, such as living-room"
COUNTRY = "country must be a country code of ISO 3166-1 alpha-2, such as DE"
PARTS = "must have one of street, postcode, locality, region, country"
COVER = "https://a.example/1.jpg"


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("title", "  A room ", "A room"),
        ("description", "One\r\ntwo\rthree\n", "One\ntwo\nthree"),
        ("kind", "Studio", "studio"),
        ("kind", "bed-&-breakfast".replace("&", "and"), "bed-and-breakfast"),
        ("features", ["WiFi", "wifi", "Łazienka"], ("wifi", "łazienka")),
        ("features", [], ()),
        ("photos", [{"url": COVER, "alt": ""}], ({"url": COVER},)),
        ("photos", [{"url": f"/photos/{'0' * 64}.webp"}], ({"url": f"/photos/{'0' * 64}.webp"},)),
        ("address", {"country": "DE", "region": ""}, {"country": "DE"}),
        ("address", {}, None),
        ("url", "https://example.org", "https://example.org"),
        ("url", "https://example.org:8443/a?b=c#d", "https://example.org:8443/a?b=c#d"),
        ("url", "mailto:a@example.org", "mailto:a@example.org"),
        ("url", "tel:+48-12-345", "tel:+48-12-345"),
        ("title", "", None),
        ("capacity", 2, 2),
    ],
)  # fmt: skip
def test_values_are_normalized(name: str, value: Any, kept: Any) -> None:
    assert getattr(room(**{name: value}), name) == kept


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("title", 5, "must be text"),
        ("title", "a\nb", "must be one line"),
        ("title", "a\x00b", "must not contain the character U+0000"),
        ("title", "\ud800", "must not contain the character U+D800"),
        ("title", "x" * 201, "must not have more than 200 characters"),
        ("title", "   ", "must not be empty"),
        ("description", "x" * 10_001, "must not have more than 10000 characters"),
        ("kind", "two words", WORD),
        ("kind", "a,b", WORD),
        ("kind", "-", WORD),
        ("features", ["wifi-"], WORD),
        ("features", "wifi", "must be a list of words"),
        ("features", [f"f{number}" for number in range(61)], "must not have more than 60 words"),
        ("features", [5], "must be text"),
        ("capacity", 0, "must be from 1 to 1000"),
        ("capacity", True, "must be a number"),
        ("min_nights", 3651, "must be from 1 to 3650"),
        ("photos", {"url": "https://a.example"}, "must be a list of photos"),
        ("photos", [{"url": "https://a.example"}] * 31, "must not have more than 30 photos"),
        ("photos", ["https://a.example"], "photo 1 must have a url, and may have an alt"),
        ("photos", [{"url": "http://a.example"}], f"photo 1 {URL}"),
        ("photos", [{"url": "javascript:x"}], f"photo 1 {URL}"),
        ("photos", [{"url": "/photos/../x.webp"}], f"photo 1 {URL}"),
        ("address", "Berlin", "must be an object"),
        ("address", {"city": "Berlin"}, "has the unknown part 'city'"),
        ("address", {"country": "XX"}, COUNTRY),
        ("address", {"street": ""}, PARTS),
        ("address", {"postcode": 0}, "postcode must be text"),
        ("photos", [{"url": "https://a.example", "alt": 0}], "photo 1 must be text"),
        ("url", "http://example.org", CONTACT),
        ("url", "javascript:alert(1)", CONTACT),
        ("url", "https://", CONTACT),
        ("url", 'https://a.example/"x', CONTACT),
    ],
)  # fmt: skip
def test_other_values_are_problems_of_their_field(name: str, value: Any, message: str) -> None:
    with pytest.raises(InvalidRequest) as failure:
        room(**{name: value})

    assert [str(problem) for problem in failure.value.problems] == [f"{name}: {message}"]


def test_a_room_as_text_is_read_back() -> None:
    texts = {name: str(value) for name, value in room_to_columns(full_room()).items()}

    assert parse_room_texts(texts) == full_room()
    assert list(vars(parse_room_texts(dict(reversed(texts.items()))))) == list(vars(full_room()))


def test_a_change_keeps_the_other_fields() -> None:
    change = parse_changes({"title": "", "locality": "Berlin", "postcode": "", "size": ""})

    changed = change(full_room())
    expected = {**vars(full_room()), "size": None, "title": None}
    expected["address"] = {
        "street": "Rynek 1",
        "locality": "Berlin",
        "region": "Małopolska",
        "country": "PL",
    }
    assert changed == Room(**expected)


def test_every_problem_of_a_change_is_named() -> None:
    with pytest.raises(InvalidRequest) as failure:
        parse_changes({"price": "", "capacity": "0", "country": "xx", "kind": ""})

    assert [problem.parameter for problem in failure.value.problems] == [
        "price",
        "capacity",
        "country",
    ]


def test_every_field_has_a_description() -> None:
    assert all(declared.description and str(declared.type) for declared in FIELDS.values())
