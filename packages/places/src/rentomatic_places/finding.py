"""Finds places by their names."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from rentomatic.domain.globe import Point
from rentomatic_places.areas import Area, areas_named
from rentomatic_places.database import Database
from rentomatic_places.lists import Name, decode
from rentomatic_places.names import key_of
from rentomatic_places.ranking import Ranking, Target

MAX_TEXT = 200  # characters; the rest of a longer text is ignored

_LISTED = "SELECT names FROM beginning WHERE key = ?"
_FOLLOWING = "SELECT names FROM name WHERE last >= ? ORDER BY last"
_PLACES = (
    "SELECT place.id, importance, longitude, latitude, region.id, country"
    " FROM place JOIN region ON region.id = place.region WHERE place.id IN (%s)"
)


class Found(NamedTuple):
    """A name that a text has found; `text` is empty if it is the place's own name."""

    place: int
    text: str


class Reading(NamedTuple):
    """One meaning of a text: a name with later words, and areas that the place must be in."""

    key: str
    areas: list[Area]
    words: tuple[str, ...] = ()

    def allows(self, name: Name) -> bool:
        return all(f" {word}" in name.key for word in self.words)


def find(database: Database, text: str, near: Sequence[Point]) -> list[Found]:
    """Return a name of each place that the text finds, the best first."""
    for reading in _readings(database, text):
        found = _find(database, reading, near)
        if found:
            return found
    return []


def _find(database: Database, reading: Reading, near: Sequence[Point]) -> list[Found]:
    names = [name for name in _names(database, reading.key) if reading.allows(name)]
    targets = _targets(database, {name.place for name in names})
    inside = [name for name in names if targets[name.place].is_in(reading.areas)]
    ranking = Ranking(reading.key, near)
    costs = {name: ranking.cost(name, targets[name.place]) for name in inside}
    return _best(sorted(inside, key=lambda name: (costs[name], len(name.key), name)))


def _readings(database: Database, text: str) -> Iterator[Reading]:
    """Yield the possible meanings of a text, the most likely first."""
    name, *rest = [*filter(None, map(key_of, text[:MAX_TEXT].split(",")))] or [""]
    areas = areas_named(database, rest)
    yield Reading(name, areas)
    words = name.split()
    for count in range(len(words) - 1, 0, -1):
        last = areas_named(database, [" ".join(words[count:])])
        yield Reading(" ".join(words[:count]), [*last, *areas])
    yield Reading("".join(words[:1]), areas, tuple(words[1:]))


def _names(database: Database, key: str) -> list[Name]:
    """Return names that begin with the key; the best and the complete ones, if there are many."""
    if not key:
        return []
    following = _following(database, key)
    for (listed,) in database.rows(_LISTED, (key,)):
        return [*decode(listed), *takewhile(lambda name: name.key == key, following)]
    return [*following]


def _following(database: Database, key: str) -> Iterator[Name]:
    """Yield the names that begin with the key, in their order."""
    for (names,) in database.each(_FOLLOWING, (key,)):
        for name in decode(names):
            if name.key.startswith(key):
                yield name
            elif name.key > key:
                return


def _targets(database: Database, ids: set[int]) -> dict[int, Target]:
    rows = database.rows(_PLACES % ",".join(map(str, ids)))
    return {row[0]: Target(*row[1:]) for row in rows}


def _best(names: list[Name]) -> list[Found]:
    best: dict[int, Found] = {}
    for name in names:
        best.setdefault(name.place, Found(name.place, name.written))
    return [*best.values()]
