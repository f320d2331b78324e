"""The names of a place that the file has."""

import re
from collections.abc import Iterator
from itertools import chain
from math import log10

from rentomatic_places.lists import LATER_WORD, OWN, TITLE, Name
from rentomatic_places.names import APOSTROPHES, key_of
from tools.places.cyrillic import transliterated
from tools.places.sources import Source, script_of, scripts_of

ALL_NAMES = 50_000  # people
# Smaller places have names in the scripts of their country, and those with so many people in these
# scripts, too.
COMMON_NAMES = 15_000
_COMMON = {"LATIN", "CJK", "HIRAGANA", "KATAKANA", "HANGUL"}
# Halle (Saale) and Newcastle upon Tyne are Halle and Newcastle; Donostia / San Sebastián and
# Biel/Bienne have two names.
_PARTS = re.compile(
    r" ?/ ?| \(.*|[ -](?:aan|am|an|bei|im|nad|ob|on|pod|sous|sur|unter|upon)[ -].*", re.DOTALL
)
LONGEST = 25  # characters; nobody types longer alternate names

_ARTICLE = re.compile(f"[{APOSTROPHES}](?=[A-Z])")  # L'Aquila
_WITHOUT_UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"}
    | {"Å": "Aa", "Ø": "Oe"}
)


def importance(place: Source, is_capital: bool) -> int:
    """Return ten times the power of ten of people, with more for well-known places."""
    people = 10 * log10(max(place.population, 100))
    # People of many languages have written about a well-known place.
    foreign = sum(script_of(name) != "LATIN" for name in place.alternates)
    return round(people + 15 * log10(foreign + 1)) + 5 * is_capital


def names_of(place: Source) -> Iterator[Name]:
    """Yield names with different keys."""
    keys = {""}
    for key, text in chain(_own(place.name), _alternates(place)):
        if key not in keys:
            keys.add(key)
            yield Name(key, place.id, TITLE if text == key.title() else text)


def _own(name: str) -> Iterator[tuple[str, str]]:
    key = key_of(name)
    yield key, OWN
    for part in _PARTS.split(name):
        yield key_of(part), OWN
    yield key_of(name.translate(_WITHOUT_UMLAUTS)), OWN
    separated = key_of(_ARTICLE.sub(" ", name))
    yield separated, OWN
    words = separated.split()
    for start in range(1, len(words)):
        yield " ".join(words[start:]), LATER_WORD


def _alternates(place: Source) -> Iterator[tuple[str, str]]:
    # GeoNames has a name without accents, too, for each name with accents.
    names = [
        name
        for name in sorted(place.alternates, key=str.isascii)
        if len(name) <= LONGEST and not _is_noise(name)
    ]
    if place.population >= ALL_NAMES:
        return ((key_of(name), name) for name in names)
    scripts = _scripts(place)
    unwanted = {transliterated(name) for name in names if script_of(name) == "CYRILLIC"}
    keys = ((key_of(name), name) for name in names if script_of(name) in scripts)
    return ((key, name) for key, name in keys if key not in unwanted)


def _is_noise(name: str) -> bool:
    """GeoNames writes other scripts in small Latin letters: ke la ke fu, qrqwb, kirakweው."""
    return name.islower() and re.search("[a-z]", name) is not None


def _scripts(place: Source) -> set[str]:
    """Return the scripts of the names that the file has of a small place."""
    common = _COMMON if place.population >= COMMON_NAMES else set()
    return common | (scripts_of(place.country) - {"LATIN"})
