"""Saved options of imports."""

from pathlib import Path

import pytest

from rentomatic.errors import InvalidRequest
from rentomatic.imports.profiles import profile_names, save_profile, with_profile

PAIRS = [
    ("source", 'A "small" company \x7f'),
    ("round", "true"),
    ("numbers", "1.234,56"),
    ("column_size", "Área m²"),
    ("column_photos", "a"),
    ("column_photos", "b"),
    ("set_size", ""),
    ("feature_wifi", "has wifi"),
    ("feature_späti", "x"),
]


def test_a_profile_has_the_options_that_were_saved(tmp_path: Path) -> None:
    path = save_profile(str(tmp_path / "new"), "acme", [*PAIRS, ("dry_run", "true")])

    assert sorted(with_profile([("profile", "acme")], str(tmp_path / "new"))) == sorted(
        [("profile", "acme"), *PAIRS]
    )
    assert 'numbers = "1.234,56"\n' in path.read_text("utf-8")
    assert '\n[map]\nsize = "Área m²"\nphotos = ["a", "b"]\n' in path.read_text("utf-8")
    assert profile_names(str(tmp_path / "new")) == ["acme"]


def test_given_options_take_precedence(tmp_path: Path) -> None:
    save_profile(str(tmp_path), "acme", PAIRS)
    given = [("profile", "acme"), ("source", "else"), ("column_photos", "c")]

    pairs = with_profile(given, str(tmp_path))

    assert [text for name, text in pairs if name in ("source", "column_photos")] == ["else", "c"]


@pytest.mark.parametrize("name", ["", "../x", "A", "x" * 61, "-x", "a.b"])
def test_a_name_is_no_path(tmp_path: Path, name: str) -> None:
    for call in (
        lambda: save_profile(str(tmp_path), name, PAIRS),
        lambda: with_profile([("profile", name)], str(tmp_path)),
    ):
        with pytest.raises(InvalidRequest, match=r"^profile: must be 1 to 60 of a-z"):
            call()


def test_a_profile_that_is_not_saved_is_refused_with_those_that_are(tmp_path: Path) -> None:
    save_profile(str(tmp_path), "acme", PAIRS)

    with pytest.raises(InvalidRequest, match=r"is not saved; the profiles are acme$"):
        with_profile([("profile", "else")], str(tmp_path))


@pytest.mark.parametrize("text", ["[", "floor = 1", "map = 1", "source = {a = 1}", "\xff"])
def test_a_profile_that_is_invalid_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "acme.toml").write_bytes(text.encode("latin-1"))

    with pytest.raises(InvalidRequest, match=r"^profile: "):
        with_profile([("profile", "acme")], str(tmp_path))
