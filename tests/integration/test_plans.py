"""How PostgreSQL finds pages: from an index, with nothing to sort that is more than a page."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_postgresql.executors import NoopExecutor
from sqlalchemy import Connection, text

from rentomatic.domain.conditions import Box, Filter, FullText, Within
from rentomatic.domain.globe import Point
from rentomatic.domain.operators import Operator
from rentomatic.domain.query import DISTANCE, MAX_LIMIT, Key, Query
from rentomatic.domain.room import REQUIRED, TIMES
from rentomatic_postgres.connections import make_engine, parse_url
from rentomatic_postgres.sql.search import search, search_candidates
from tests.servers import PostgresServer, database

pytestmark = pytest.mark.integration

# Half of the rooms are spread over the globe, the others over a city. Half have details, of
# which some values are rare. The planner has no statistics of fewer than 100 words.
FILL = """
SELECT setseed(0.5);
INSERT INTO room (code, size, price, longitude, latitude)
SELECT gen_random_uuid(), 10 + (random() * 300)::int, (random() * 1000)::int,
    CASE WHEN nth % 2 = 0 THEN random() * 360 - 180 ELSE 19.94 + (random() - random()) / 5 END,
    CASE WHEN nth % 2 = 0 THEN asind(random() * 2 - 1) ELSE 50.06 + (random() - random()) / 10 END
FROM generate_series(1, 50000) AS nth;
UPDATE room SET has_details = true, details = jsonb_build_object(
        'kind', CASE WHEN price % 100 = 0 THEN 'castle' ELSE 'room' END,
        'features', CASE WHEN price % 100 = 0 THEN '["moat", "wifi"]' ELSE '["wifi"]' END::jsonb,
        'capacity', 1 + price % 8, 'min_nights', 1 + price % 8,
        'source', 'agency', 'reference', code),
    words = to_tsvector('simple',
        concat('sunny street', price % 300, CASE WHEN price % 100 = 0 THEN ' moat' END))
    WHERE size % 2 = 0;
"""
# Index-only scans need the visibility map. Without a checkpoint, VACUUM leaves recent pages out.
OPTIMIZE = ("CHECKPOINT", "VACUUM ANALYZE room")
CITY, DESERT = Point(19.94, 50.06), Point(10, 25)
CITY_BOX = Box(19.9, 50, 20, 50.1)
CHEAP = Filter("price", Operator.LT, 600)

FIRST = {
    "every room": Query(),
    "a filter": Query((CHEAP, Filter("price", Operator.GTE, 500))),
    "a box": Query((CITY_BOX,)),
    "a box with few rooms": Query((Box(19.93, 50.055, 19.935, 50.06),)),
    "a box with a selective filter": Query((CITY_BOX, Filter("price", Operator.LT, 5))),
    "a box with rooms that a scan finds late": Query((Box(0, 20, 20, 30),)),
    "a box across the antimeridian": Query((Box(170, -20, -170, 10),)),
    "a continent": Query((Box(-10, 35, 40, 70), CHEAP)),
    "a circle": Query((Within(CITY, 5000),)),
    "a circle with few rooms": Query((Within(DESERT, 90_000),)),
    **{f"by {field}": Query(sort=field) for field in (*REQUIRED, *TIMES)},
    **{
        f"by {field}, descending": Query(sort=field, descending=True)
        for field in (*REQUIRED, *TIMES)
    },
    "the nearest": Query(sort=DISTANCE, near=CITY),
    "the nearest of few": Query(
        (Filter("price", Operator.LT, 2), Filter("size", Operator.LT, 50)),
        sort=DISTANCE,
        near=CITY,
    ),
    "the nearest in a box": Query((CITY_BOX,), sort=DISTANCE, near=CITY),
    "the nearest in a desert": Query((CHEAP,), sort=DISTANCE, near=DESERT),
    "the nearest in a circle": Query((Within(CITY, 5000),), sort=DISTANCE, near=CITY),
    "a rare kind": Query((Filter("kind", Operator.EQ, "castle"),)),
    "one of rare kinds": Query((Filter("kind", Operator.IN, ("castle", "hut")),)),
    "a frequent kind": Query((Filter("kind", Operator.EQ, "room"),), sort="created"),
    "a rare feature": Query((Filter("features", Operator.ALL, ("moat",)),)),
    "one of rare features": Query((Filter("features", Operator.ANY, ("moat", "tower")),)),
    "no such feature": Query((Filter("features", Operator.ALL, ("tower",)), CHEAP)),
    "a frequent feature": Query((Filter("features", Operator.ALL, ("wifi",)),)),
    "without a rare feature": Query((Filter("features", Operator.NONE, ("moat",)),)),
    "no such capacity": Query((Filter("capacity", Operator.GT, 8),)),
    "no such minimum of nights": Query((Filter("min_nights", Operator.GT, 8),), sort="updated"),
    "no such source": Query((Filter("source", Operator.EQ, "other"),)),
    "a frequent word": Query((FullText(("sunny",)),)),
    "a rare word": Query((FullText(("moat",)),)),
    "no such word": Query((FullText(("tower",)),), sort="created"),
    "a rare word in a box": Query((CITY_BOX, FullText(("moat",)))),
    "a frequent word in a box": Query((CITY_BOX, FullText(("sunny",)))),
    "no such word in a box": Query((CITY_BOX, FullText(("tower",)))),
    "no such word in a continent": Query((Box(-10, 35, 40, 70), FullText(("tower",)))),
    "the nearest in an empty circle": Query((Within(DESERT, 900),), sort=DISTANCE, near=DESERT),
}
KEYS: dict[str, float] = {"price": 501, "size": 99, "longitude": 19.9, "latitude": 50.1}


@pytest.fixture(scope="module")
def connection(
    postgres_server: PostgresServer, postgres_template: NoopExecutor
) -> Iterator[Connection]:
    """A connection to many rooms."""
    with database(postgres_server, "test_plans", postgres_template.template_dbname) as url:
        options = "-c statement_timeout=0 -c plan_cache_mode=force_generic_plan"
        engine = make_engine(parse_url(url), options=options)
        with engine.connect() as connection:
            connection.execute(text(FILL))
            for statement in OPTIMIZE:
                connection.execute(text(statement))
            yield connection
        engine.dispose()


def nodes(connection: Connection, query: Query) -> list[dict[str, Any]]:
    """Run the statement for a page, and return what PostgreSQL has done for it."""
    template, parameters = search_candidates(query, query.near) if query.near else search(query)
    command = template.text
    if template.prepared:
        connection.exec_driver_sql(f"DEALLOCATE ALL; {template.prepared.prepare}")
        command = template.prepared.execute
    explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {command}"
    ((plans,),) = connection.exec_driver_sql(explained, template.constants | parameters)
    return [node for node in _flat(plans[0]["Plan"]) if node["Actual Loops"]]


def _flat(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _flat(below)


def check(connection: Connection, query: Query) -> None:
    plan = nodes(connection, query)
    assert any("Index" in node["Node Type"] for node in plan)
    assert not any(node["Node Type"] == "Seq Scan" for node in plan)
    sorts = [node for node in plan if "Sort" in node["Node Type"]]
    assert all(node["Plans"][0]["Actual Rows"] <= MAX_LIMIT for node in sorts)
    read = sum(node["Actual Rows"] + node.get("Rows Removed by Filter", 0) for node in plan)
    assert read <= 20 * MAX_LIMIT


@pytest.mark.parametrize("name", FIRST)
def test_a_first_page_comes_from_an_index(connection: Connection, name: str) -> None:
    check(connection, FIRST[name])


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("field", REQUIRED)
def test_a_page_in_the_middle_is_read_from_its_beginning(
    connection: Connection, field: str, descending: bool
) -> None:
    code = "88888888-8888-4888-8888-888888888888"
    key: Key = (code,) if field == "code" else (KEYS[field], code)
    query = Query((CHEAP,), after=key, sort=field, descending=descending)

    check(connection, query)
    (scan,) = [
        node
        for node in nodes(connection, query)
        if "Index" in node["Node Type"] and node["Alias"] == "room"
    ]
    assert "ROW(" in scan["Index Cond"] or field == "code"
    assert scan.get("Rows Removed by Filter", 0) < query.limit * 3
