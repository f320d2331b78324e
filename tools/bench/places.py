"""Measures the CPU time of searches in the file of places."""

import random
from collections.abc import Callable, Iterable
from time import process_time
from typing import Any

from rentomatic.domain.conditions import Box
from rentomatic.domain.globe import Point
from rentomatic_places import SqliteGazetteer
from tools.bench.measuring import Load
from tools.bench.report import Goal, check_goals, print_table

SEARCHES = 3000  # of each kind
PLACES = 10  # that a search returns
REGIONS = 50  # in which rooms are
MAX_MILLISECONDS = 5  # at the 99th percentile
WORLD = Box(-180.0, -90.0, 180.0, 90.0)


def places(_load: Load) -> bool:
    """Print the CPU time of each kind of search. Return whether all are fast enough."""
    gazetteer = SqliteGazetteer()
    some = random.Random(18).choices(gazetteer.inside(WORLD, 1_000_000), k=SEARCHES)  # noqa: S311
    near = [place.point for place in some[:REGIONS]]

    def find(text: str) -> object:
        return gazetteer.find(text, PLACES)

    def find_near(text: str) -> object:
        return gazetteer.find(text, PLACES, near)

    names = [place.name for place in some]
    times = {
        "a name": _measure(find, names),
        "a name, with a country": _measure(find, (f"{e.name}, {e.country_name}" for e in some)),
        "a name, near rooms": _measure(find_near, names),
        "a name that no place has": _measure(find, (f"{name} qxz" for name in names)),
        "a letter": _measure(find, (name[:1] for name in names)),
        "two letters": _measure(find, (name[:2] for name in names)),
        "three letters": _measure(find, (name[:3] for name in names)),
        "three letters, near rooms": _measure(find_near, (name[:3] for name in names)),
        "the nearest place": _measure(
            gazetteer.nearest, (Point(e.longitude, e.latitude - 0.1) for e in some)
        ),
    }
    print_table(
        ["search", "median, ms", "99 %, ms"],
        [[kind, *(f"{time:.2f}" for time in each)] for kind, each in times.items()],
    )
    return check_goals(
        Goal(kind, slow, maximum=MAX_MILLISECONDS) for kind, (_, slow) in times.items()
    )


def _measure(search: Callable[[Any], object], values: Iterable[Any]) -> tuple[float, float]:
    """Return the median and the 99th percentile of the CPU time, in milliseconds."""
    times = []
    for value in values:
        start = process_time()
        search(value)
        times.append(1000 * (process_time() - start))
    times.sort()
    return times[len(times) // 2], times[len(times) * 99 // 100]
