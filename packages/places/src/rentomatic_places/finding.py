"""Finds places by their names."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from rentomatic.domain.globe import Point
from rentomatic_places.database import Database
from rentomatic_places.lists import Name, decode
from rentomatic_places.ranking import Ranking, Target
from rentomatic_places.readings import Reading, readings

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


def find(database: Database, text: str, near: Sequence[Point]) -> list[Found]:
    """Return a name of each place that the text finds, the best first."""
    for reading in readings(database, text):
        found = _find(database, reading, near)
        if found:
            return found
    return []


def _find(database: Database, reading: Reading, near: Sequence[Point]) -> list[Found]:
    names = reading.allowed(_names(database, reading.key))
    targets = _targets(database, {name.place for name in names})
    inside = [name for name in names if targets[name.place].is_in(reading.areas)]
    ranking = Ranking(reading.key, near)
    costs = {name: ranking.cost(name, targets[name.place]) for name in inside}
    return _best(sorted(inside, key=lambda name: (costs[name], len(name.key), name)))


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
