"""The fields of forms, from the one declaration of a room's fields."""

import dataclasses

import pytest

from rentomatic.domain.room import FIELDS
from rentomatic_web.pages import forms

UNITS = {"size": "m²", "price": "€ per day", "longitude": "° east", "latitude": "° north"}


def test_every_number_has_its_own_unit() -> None:
    fields = forms.form_fields("€ per day")

    assert {field.name: field.unit for field in fields} == UNITS
    assert {field.name for field in fields if field.is_whole} == {"size", "price"}


def test_a_further_number_is_no_money(monkeypatch: pytest.MonkeyPatch) -> None:
    floor = dataclasses.field(metadata={"minimum": 0, "maximum": 200})
    floor.type = int
    monkeypatch.setitem(FIELDS, "floor", floor)

    assert forms.form_fields("€ per day")[-1][:3] == ("floor", "Floor", "")
