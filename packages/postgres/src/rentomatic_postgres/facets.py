"""The facets of a search in one statement."""

from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, and_, cast, func, select, true

from rentomatic.facets import BUCKETS, FACETED
from rentomatic.query import Filters
from rentomatic.responses import Facet, Facets
from rentomatic_postgres.conditions import (
    Comparison,
    Parameters,
    Shape,
    conditions_of,
    taken_apart,
)
from rentomatic_postgres.tables import room


def select_facets(filters: Filters) -> tuple[Select[Any], Parameters]:
    """Return the statement that counts everything at once, and its parameters."""
    shape, parameters = taken_apart(filters)
    return _facets(shape), parameters


def to_facets(row: Row[Any], filters: Filters) -> Facets:
    """Return what the statement has found."""
    found = row._mapping
    return Facets(
        count=found["count"],
        fields={field: _facet(found, field) for field in FACETED},
        without=tuple(found[f"without_{place}"] for place in range(len(filters))),
    )


def _facet(found: Any, field: str) -> Facet:
    buckets = found[f"{field}_buckets"] or {}
    return Facet(
        found[f"{field}_minimum"],
        found[f"{field}_maximum"],
        tuple(buckets.get(str(number), 0) for number in range(BUCKETS)),
    )


@lru_cache(maxsize=1024)
def _facets(shape: Shape) -> Select[Any]:
    conditions = conditions_of(shape)
    counts = select(
        func.count().filter(_all(conditions)).label("count"),
        *(
            func.count()
            .filter(_all([*conditions[:place], *conditions[place + 1 :]]))
            .label(f"without_{place}")
            for place in range(len(conditions))
        ),
        *(
            bound(room.c[field]).filter(_others(shape, conditions, field)).label(f"{field}_{name}")
            for field in FACETED
            for name, bound in (("minimum", func.min), ("maximum", func.max))
        ),
    ).cte("counts")
    return select(
        counts, *(_buckets(counts, field, _others(shape, conditions, field)) for field in FACETED)
    )


def _buckets(counts: Any, field: str, meets: ColumnElement[bool]) -> ColumnElement[Any]:
    """Return how many rooms each bucket holds, as a JSON object without the empty ones."""
    minimum = cast(counts.c[f"{field}_minimum"], BigInteger)
    width = func.nullif(counts.c[f"{field}_maximum"] - minimum, 0)
    # Where there is one value, there is no width: all rooms are in the first bucket.
    place = func.coalesce((room.c[field] - minimum) * BUCKETS // width, 0)
    filled = (
        select(func.least(place, BUCKETS - 1).label("bucket"), func.count().label("rooms"))
        .select_from(room.join(counts, true()))
        .where(meets)
        .group_by("bucket")
        .subquery()
    )
    buckets = select(func.json_object_agg(filled.c.bucket, filled.c.rooms))
    return buckets.scalar_subquery().label(f"{field}_buckets")


def _others(
    shape: Shape, conditions: list[ColumnElement[bool]], field: str
) -> ColumnElement[bool]:
    return _all(
        [
            condition
            for part, condition in zip(shape, conditions, strict=True)
            if not isinstance(part, Comparison) or part.field != field
        ]
    )


def _all(conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    return and_(true(), *conditions)
