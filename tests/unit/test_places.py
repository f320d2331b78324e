"""The file of places: by name and by position."""

import os
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from rentomatic.domain.conditions import Box
from rentomatic.domain.globe import Point
from rentomatic.domain.places import Place
from rentomatic.repository.gazetteer import Gazetteer, open_gazetteer
from rentomatic_places import SqliteGazetteer
from tests.unit.place_names import PLACES

KRAKOW = 3094802
WORLD = Box(-180.0, -90.0, 180.0, 90.0)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return open_gazetteer()


@pytest.fixture(scope="module")
def everything(gazetteer: Gazetteer) -> list[Place]:
    return gazetteer.inside(WORLD, 1_000_000)


def found(gazetteer: Gazetteer, text: str) -> list[int]:
    return [each.place.id for each in gazetteer.find(text, 5)]


def label(gazetteer: Gazetteer, text: str) -> str:
    first = gazetteer.find(text, 1)[0].place
    return f"{first.name}, {first.region}, {first.country}"


def test_the_package_is_the_installed_gazetteer(gazetteer: Gazetteer) -> None:
    assert isinstance(gazetteer, SqliteGazetteer)
    assert "GeoNames" in gazetteer.attribution


def test_a_place_has_its_region_and_its_country(gazetteer: Gazetteer) -> None:
    place = gazetteer.get(KRAKOW)

    assert place == Place(
        KRAKOW, "Kraków", "Lesser Poland", "PL", "Poland", 19.9366, 50.0614, 816614
    )
    assert gazetteer.get(1) is None


@pytest.mark.parametrize("place", PLACES)
def test_a_place_is_first_or_second_by_what_people_type(gazetteer: Gazetteer, place: int) -> None:
    missed = [
        text for text in PLACES[place].split(" | ") if place not in found(gazetteer, text)[:2]
    ]

    assert missed == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("krakow", "Kraków"),
        ("cracovia", "Cracòvia"),
        ("東京", "東京"),
        ("munchen", "München"),
        ("york", "York"),
        ("nyc", "New York City"),
        ("den haa", "Den Haag"),
    ],
)
def test_the_name_is_the_one_that_the_text_has_found(
    gazetteer: Gazetteer, text: str, name: str
) -> None:
    assert gazetteer.find(text, 1)[0].name == name


def test_complete_names_come_before_large_places(gazetteer: Gazetteer) -> None:
    san = gazetteer.find("San", 1)[0].place
    au = gazetteer.find("Au", 1)[0].place

    assert (san.name, san.country) == ("San", "ML")
    assert au.name.startswith("Au")
    assert au.population < 10_000


@pytest.mark.parametrize("text", ["", " ", ",", "?!", "Xyzzyville", "Xyzzyville, Nowhere"])
def test_a_text_may_find_nothing(gazetteer: Gazetteer, text: str) -> None:
    assert gazetteer.find(text, 5) == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Vladivostock", "Vladivostok, Primorye, RU"),
        ("Warzsawa, Polska", "Warsaw, Mazovia, PL"),
        ("Philadelfia", "Philadelphia, Pennsylvania, US"),
        ("Pitsburgh PA", "Pittsburgh, Pennsylvania, US"),
        ("大阪府", "Osaka, Osaka, JP"),
    ],
)
def test_a_misspelt_name_finds_the_place_with_a_similar_one(
    gazetteer: Gazetteer, text: str, place: str
) -> None:
    assert label(gazetteer, text) == place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("80331 München", "Munich, Bavaria, DE"),
        ("Rynek 1, 30-001 Kraków", "Kraków, Lesser Poland, PL"),
        ("London SW1", "London, England, GB"),
        ("Polska, Kraków", "Kraków, Lesser Poland, PL"),
        ("Berlin, Mitte", "Mitte, State of Berlin, DE"),
        ("Zakopane, Podhale", "Zakopane, Lesser Poland, PL"),
        ("Warszawa Mokotów", "Warsaw, Mazovia, PL"),
        ("Rothenburg o.d. Tauber", "Rothenburg ob der Tauber, Bavaria, DE"),
    ],
)
def test_an_address_finds_the_town(gazetteer: Gazetteer, text: str, place: str) -> None:
    assert label(gazetteer, text) == place


@pytest.mark.parametrize("text", ["a," * 5000, "saint " * 2000, "\x00%_'\"\\", "\ud800", "\t\n="])
def test_any_text_may_be_sought(gazetteer: Gazetteer, text: str) -> None:
    assert len(gazetteer.find(text, 5)) <= 5


def test_each_place_is_found_once(gazetteer: Gazetteer) -> None:
    for text in ("s", "san", "krakow", "new york"):
        places = [each.place.id for each in gazetteer.find(text, 50)]
        assert len(places) == len(set(places))


@pytest.mark.parametrize(
    ("text", "near", "place"),
    [
        ("Newcastle", Point(-97.6, 35.2), "Newcastle, Oklahoma, US"),
        ("Cambridge", Point(175.5, -37.9), "Cambridge, Waikato Region, NZ"),
        ("Springfield", Point(-123.0, 44.0), "Springfield, Oregon, US"),
        ("Halle", Point(4.3, 50.7), "Halle, Flanders, BE"),
        ("ska", Point(19.9, 50.0), "Skawina, Lesser Poland, PL"),
        ("Paris", Point(-95.5, 33.6), "Paris, Île-de-France, FR"),
        ("Vienna", Point(-77.3, 38.9), "Vienna, Vienna, AT"),
    ],
)
def test_a_small_place_near_rooms_is_before_larger_ones_but_not_before_famous_ones(
    gazetteer: Gazetteer, text: str, near: Point, place: str
) -> None:
    first = gazetteer.find(text, 1, [near, Point(0.0, 80.0)])[0].place

    assert f"{first.name}, {first.region}, {first.country}" == place


def test_the_nearest_place_is_the_one_with_the_shortest_distance(
    gazetteer: Gazetteer, everything: list[Place]
) -> None:
    chance = random.Random(18)  # noqa: S311
    points = [Point(chance.uniform(-180, 180), chance.uniform(-60, 75)) for _ in range(15)]
    points += [
        Point(place.longitude, place.latitude + chance.uniform(-0.5, 0.5))
        for place in chance.sample(everything, 25)
    ]
    points += [Point(0.0, 90.0), Point(13.0, -90.0), Point(180.0, 0.0)]
    for point in points:
        close = [each for each in everything if abs(each.latitude - point.latitude) < 1]
        nearest = min(close, key=point.distance, default=None)
        if nearest and point.distance(nearest) > 50_000:
            nearest = None
        assert gazetteer.nearest(point) == nearest


@pytest.mark.parametrize("longitude", [179.0, 180.0, -180.0, -179.0])
def test_the_nearest_place_may_be_across_the_antimeridian(
    gazetteer: Gazetteer, monkeypatch: pytest.MonkeyPatch, longitude: float
) -> None:
    # No place of the file is within 50 km of the antimeridian.
    monkeypatch.setattr("rentomatic_places.gazetteer.DISTANCES", (300_000,))
    nearest = gazetteer.nearest(Point(longitude, -16.8))

    assert nearest is not None
    assert (nearest.country, nearest.longitude > 0) == ("FJ", True)


@pytest.mark.parametrize(
    "box",
    [
        WORLD,
        Box(-10.0, 35.0, 30.0, 60.0),
        Box(19.0, 49.0, 21.0, 51.0),
        Box(170.0, -50.0, -170.0, 0.0),
        Box(-160.0, -60.0, -100.0, 20.0),
        Box(19.9366, 50.0614, 19.9366, 50.0614),
    ],
)
def test_the_largest_places_are_inside_a_box(
    gazetteer: Gazetteer, everything: list[Place], box: Box
) -> None:
    def is_inside(place: Place) -> bool:
        is_between = box.west <= place.longitude <= box.east
        crosses = box.west > box.east
        beyond = place.longitude >= box.west or place.longitude <= box.east
        return (beyond if crosses else is_between) and box.south <= place.latitude <= box.north

    populations = sorted(
        (place.population for place in everything if is_inside(place)), reverse=True
    )
    for limit in (1, 60, 500):
        inside = gazetteer.inside(box, limit)
        assert all(map(is_inside, inside))
        assert [place.population for place in inside] == populations[:limit]


def test_threads_and_forked_processes_have_connections_of_their_own(gazetteer: Gazetteer) -> None:
    expected = gazetteer.get(KRAKOW)
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(gazetteer.get, [KRAKOW] * 20)) == {expected}

    child = os.fork()
    if not child:
        os._exit(0 if gazetteer.get(KRAKOW) == expected else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
