"""The fields of forms, from the one declaration of a room's fields."""

from rentomatic_web.pages import forms

UNITS = {"size": "m²", "price": "€ per day", "longitude": "° east", "latitude": "° north"}


def test_every_number_has_its_own_unit() -> None:
    fields = forms.form_fields("€ per day")

    assert {field.name: field.unit for field in fields} == UNITS
    assert {field.name for field in fields if field.is_whole} == {"size", "price"}
