"""The rows of the file's tables."""

from collections.abc import Iterable, Iterator
from heapq import nsmallest
from itertools import groupby
from typing import Any

from rentomatic_places.areas import WHOLE_COUNTRY
from rentomatic_places.lists import NOTHING, Name, encode, line_of
from rentomatic_places.names import key_of
from rentomatic_places.positions import UNITS
from rentomatic_places.ranking import cost_of_name
from tools.places.names import importance, names_of
from tools.places.sources import (
    Source,
    capitals,
    countries,
    country_names,
    places,
    region_aliases,
    region_names,
)

MAX_NAMES = 400  # with the same beginning; of more names, the file lists the best ones
LISTED = 50
CHUNK = 980  # bytes; with their keys, eight fit on a page of 8192 bytes

Row = tuple[Any, ...]
Regions = dict[tuple[str, str], int]  # ids by the codes of the country and of the region


def tables() -> dict[str, Iterable[Row]]:
    """Return the rows of each table, in any order."""
    sources = places()
    codes = sorted({(place.country, place.region) for place in sources})
    regions = {each: number for number, each in enumerate(codes, WHOLE_COUNTRY + 1)}
    names = sorted(name for place in sources for name in names_of(place))
    texts = region_names()
    return {
        "country": countries().items(),
        "region": ((id_, code[0], texts.get(code, "")) for code, id_ in regions.items()),
        "area": {*_countries(), *_regions(regions, texts)},
        "place": (_place(each, regions) for each in sources),
        "name": _chunks(names),
        "beginning": _beginnings(names, {each.id: _importance(each) for each in sources}),
    }


def _countries() -> Iterator[Row]:
    for code in countries():
        for key in filter(None, map(key_of, country_names(code))):
            yield key, code, WHOLE_COUNTRY


def _regions(regions: Regions, texts: dict[tuple[str, str], str]) -> Iterator[Row]:
    aliases = region_aliases()
    for code, region in regions.items():
        for key in map(key_of, {texts.get(code, ""), *aliases[code]}):
            # A number may be the code of many regions.
            if key and not key.isdecimal():
                yield key, code[0], region


def _place(place: Source, regions: Regions) -> Row:
    return (
        place.id,
        place.name,
        regions[place.country, place.region],
        round(place.longitude * UNITS),
        round(place.latitude * UNITS),
        place.population,
        _importance(place),
    )


def _importance(place: Source) -> int:
    return importance(place, (place.country, place.name) in capitals())


def _chunks(names: list[Name]) -> Iterator[Row]:
    """Yield lists of names that follow each other."""
    chunk: list[Name] = []
    size = 0
    for name in names:
        line = line_of(name, chunk[-1] if chunk else NOTHING)
        if size + len(line.encode()) > CHUNK:
            yield chunk[-1].key, encode(chunk)
            chunk, size, line = [], 0, line_of(name, NOTHING)
        chunk.append(name)
        size += len(line.encode()) + 1
    yield chunk[-1].key, encode(chunk)


def _beginnings(names: list[Name], importances: dict[int, int], length: int = 1) -> Iterator[Row]:
    """Yield the best names for each beginning of names that too many names have."""

    def cost(name: Name) -> tuple[float, Name]:
        return cost_of_name(name, False) - importances[name.place], name

    for beginning, having in groupby(names, key=lambda name: name.key[:length]):
        group = list(having)
        if len(group) > MAX_NAMES and len(beginning) == length:
            # A text has no blank at its end.
            if not beginning.endswith(" "):
                yield beginning, encode(sorted(nsmallest(LISTED, group, key=cost)))
            yield from _beginnings(group, importances, length + 1)
