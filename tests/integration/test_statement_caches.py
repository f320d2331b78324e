"""Statements that are kept do not grow with the requests of clients."""

import random
from itertools import combinations
from typing import Any

import pytest

from rentomatic.domain.globe import Point
from rentomatic.domain.query import MAX_CONDITIONS, Query
from rentomatic.repository.connect import connect
from rentomatic.repository.protocols import Storage
from rentomatic.requests.filters import FILTER_KEYS
from rentomatic.requests.search import parse_clusters, parse_search, parse_selection
from rentomatic.use_cases.search import compute_facets
from rentomatic_postgres.sql import clusters, facets, search
from rentomatic_postgres.sql.templates import CACHE_SIZE

pytestmark = pytest.mark.integration

CACHES: tuple[Any, ...] = (
    clusters._clusters,
    facets._facet,
    facets._without,
    search._count,
    search._search,
    search._search_candidates,
)
NUMBERS = [
    key
    for key in FILTER_KEYS
    if key.partition("__")[0] in ("size", "price", "longitude", "latitude", "capacity")
]
PLACE = [("near_longitude", "1"), ("near_latitude", "2"), ("within", "5000")]
NEAR = Point(1, 2)
BOX = [("bbox", "-10,-10,10,10")]


@pytest.fixture
def storage(postgres_url: str) -> Any:
    storage = connect(postgres_url)
    yield storage
    storage.close()


def ask(storage: Storage, parameters: list[tuple[str, str]]) -> None:
    search = parse_search([*parameters, ("sort", "size"), ("count", "exact")])
    storage.rooms.search(search.query)
    storage.rooms.search(parse_search([*parameters, ("sort", "distance")]).query)
    storage.rooms.count(search.query.filters)
    compute_facets(storage.rooms, parse_selection(parameters).filters)
    storage.rooms.clusters(parse_clusters([*parameters, *BOX])[0], 11.25)
    next(storage.rooms.scan(search.query.filters), None)


def sizes() -> list[int]:
    return [cache.cache_info().currsize for cache in CACHES]


def test_the_order_of_parameters_makes_no_other_statement(storage: Storage) -> None:
    parameters = [*((f"filter_{key}", "1") for key in NUMBERS[:6]), *PLACE]
    ask(storage, parameters)
    before = sizes()
    for seed in range(30):
        random.Random(seed).shuffle(parameters)  # noqa: S311
        ask(storage, parameters)

    assert sizes() == before


def test_any_number_of_shapes_keeps_a_bounded_number_of_texts(storage: Storage) -> None:
    shapes = combinations(NUMBERS, 3)
    for _, shape in zip(range(CACHE_SIZE + 50), shapes, strict=False):
        filters = parse_selection([(f"filter_{key}", "1") for key in shape]).filters
        storage.rooms.count(filters)

    assert search._count.cache_info().currsize == CACHE_SIZE
    assert all(cache.cache_info().maxsize == CACHE_SIZE for cache in CACHES)


def test_the_longest_text_is_short(storage: Storage) -> None:
    parameters = [(f"filter_{key}", "1") for key in NUMBERS[: MAX_CONDITIONS - 2]]
    filters = parse_selection([*parameters, *PLACE, *BOX]).filters
    templates = [
        facets.select_facet(filters, "price")[0],
        facets.select_without(filters)[0],
        search.count(filters)[0],
        search.search(Query(filters))[0],
        search.search_candidates(Query(filters, sort="distance", near=NEAR), NEAR)[0],
    ]

    assert len(filters) == MAX_CONDITIONS
    assert max(len(template.text) for template in templates) < 60_000
    compute_facets(storage.rooms, filters)
    storage.rooms.counts_without(filters)
