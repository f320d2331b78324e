"""The meanings that a text may have: the name of a place, and areas that the place is in."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

from rentomatic_places.areas import Area, areas_named
from rentomatic_places.database import Database
from rentomatic_places.lists import Name
from rentomatic_places.names import key_of

MAX_TEXT = 200  # characters; the rest of a longer text is ignored
MAX_PARTS = 3  # between commas, of a text that no place has as its name

_ALIKE = 0.8  # of difflib; 0.9 are two of ten letters
# The correct characters at the beginning of a misspelt name, at least, and those compared at most.
_CORRECT, _SHORTEST, _LONGEST = 0.4, 2, 20
_NUMBER = re.compile(r"[^\s,]*\d[^\s,]*")  # a postcode, or the number of a house


class Reading(NamedTuple):
    """One meaning of a text: names that begin with the key, in all of these areas."""

    key: str
    areas: list[Area]
    words: tuple[str, ...] = ()  # beginnings of later words
    alike: str = ""  # the complete name is this one, or is similar to it

    def allowed(self, names: list[Name]) -> list[Name]:
        """Return those of the names that begin with the key which the text may mean."""
        if self.alike:
            alike = _alike(self.alike, {name.key for name in names})
            return [name for name in names if name.key in alike]
        return [name for name in names if all(f" {word}" in name.key for word in self.words)]


def readings(database: Database, text: str) -> Iterator[Reading]:
    """Yield the possible meanings, the most likely first.

    The later ones ignore a part of the text, or suppose that it is misspelt.
    """
    text = text[:MAX_TEXT]
    yield from _exact(database, text)
    if any(map(str.isdigit, text)):
        text = _NUMBER.sub("", text)
        yield from _exact(database, text)
    yield from _inexact(database, _keys(text)[:MAX_PARTS])


def _exact(database: Database, text: str) -> Iterator[Reading]:
    name, *rest = _keys(text) or [""]
    areas = areas_named(database, rest)
    yield Reading(name, areas)
    words = name.split()
    for count in range(len(words) - 1, 0, -1):
        last = areas_named(database, [" ".join(words[count:])])
        yield Reading(" ".join(words[:count]), [*last, *areas])
    # Without initials as one word: o.d. are the beginnings of ob der.
    first, *later = key_of(text.partition(",")[0].replace(".", ". ")).split() or [""]
    yield Reading(first, areas, tuple(later))


def _inexact(database: Database, parts: list[str]) -> Iterator[Reading]:
    others = {part: areas_named(database, filter(part.__ne__, parts)) for part in parts}
    for part in parts[1:]:
        yield Reading(part, others[part])
    known = {part: [*filter(any, areas)] for part, areas in others.items()}
    yield from (Reading(part, known[part], alike=part) for part in parts)
    for part in parts:
        yield from _misspelt(part[:_LONGEST], known[part])
    for part in parts:
        yield from _first_words(part.split(), known[part])


def _misspelt(key: str, areas: list[Area]) -> Iterator[Reading]:
    shortest = max(_SHORTEST, round(len(key) * _CORRECT))
    for length in range(len(key) - 1, shortest - 1, -1):
        yield Reading(key[:length], areas, alike=key)


def _first_words(words: list[str], areas: list[Area]) -> Iterator[Reading]:
    for count in range(len(words) - 1, 0, -1):
        name = " ".join(words[:count])
        yield Reading(name, areas, alike=name)


def _alike(key: str, keys: set[str]) -> set[str]:
    return {key} if key in keys else {*get_close_matches(key, keys, cutoff=_ALIKE)}


def _keys(text: str) -> list[str]:
    return [*filter(None, map(key_of, text.split(",")))]
