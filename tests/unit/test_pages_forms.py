"""The fields of forms, from the one declaration of a room's fields."""

from hypothesis import given
from werkzeug.datastructures import MultiDict

from rentomatic.domain.room import Room
from rentomatic.requests.field_values import COLUMNS
from rentomatic_web.pages.rooms import forms
from tests.rooms import room
from tests.strategies import rooms

UNITS = {
    "price": "€ per day",
    "capacity": "people",
    "min_nights": "nights",
    "size": "m²",
    "longitude": "° east",
    "latitude": "° north",
}


def fields() -> list[forms.Field]:
    return [field for group in forms.form_groups("€ per day").values() for field in group]


def test_every_column_but_the_code_has_a_field() -> None:
    assert sorted(field.name for field in fields()) == sorted({*COLUMNS} - {"code"})


def test_every_number_has_its_own_unit() -> None:
    assert {field.name: field.unit for field in fields() if field.unit} == UNITS
    whole = {field.name for field in fields() if field.is_whole}
    assert whole == {"price", "capacity", "min_nights", "size"}


def test_only_what_every_room_has_is_required() -> None:
    required = {field.name for field in fields() if field.is_required}

    assert required == {"price", "longitude", "latitude"}
    (size,) = (field for field in fields() if field.name == "size")
    assert size.hint.endswith("; empty if unknown")


@given(rooms)
def test_a_form_keeps_every_member_of_a_room(old: Room) -> None:
    new, problems = forms.parse(forms.texts_from(MultiDict(forms.texts_of(old))))

    assert problems == {}
    assert new is not None
    assert vars(new) == vars(old)


def test_problems_stand_at_their_fields() -> None:
    texts = forms.texts_of(room()) | {
        "size": "0",
        "features": "wifi, b?d",
        "country": "Poland",
        "photos": "https://a.example/1.jpg A bed\nhttp://a.example/2.jpg",
        "url": "javascript:alert(1)",
    }

    new, problems = forms.parse(texts)

    assert new is None
    assert problems.keys() == {"size", "features", "country", "photos", "url"}
    assert problems["photos"].startswith("photo 2 ")
