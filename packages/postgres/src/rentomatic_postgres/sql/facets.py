"""The facets of a search in one statement, and in another one what each condition costs."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, cast, func, select, true

from rentomatic.domain.conditions import Filters
from rentomatic.repository.facets import BUCKETS, FACETED
from rentomatic.responses import Facet, Facets
from rentomatic_postgres.sql.conditions import (
    Comparison,
    Parameters,
    Shape,
    conditions_of,
    taken_apart,
)
from rentomatic_postgres.sql.tables import room
from rentomatic_postgres.sql.templates import KEPT, Template, compiled


def select_facets(filters: Filters) -> tuple[Template, Parameters]:
    """Return the statement that counts rooms and spreads them, and its parameters."""
    shape, parameters = taken_apart(filters)
    return _facets(shape), parameters


def select_without(filters: Filters) -> tuple[Template, Parameters]:
    """Return the statement that counts rooms without each condition, and its parameters."""
    shape, parameters = taken_apart(filters)
    return _without(shape), parameters


def to_facets(row: Sequence[Any], without: Sequence[int]) -> Facets:
    """Return the facets that the row of select_facets and that of select_without have."""
    count, *rest = row
    fields = {
        field: Facet(minimum, maximum, _counts(buckets))
        for field, minimum, maximum, buckets in zip(
            FACETED, rest[0:4:2], rest[1:4:2], rest[4:], strict=True
        )
    }
    return Facets(count, fields, tuple(without))


def _counts(buckets: dict[str, int] | None) -> tuple[int, ...]:
    return tuple((buckets or {}).get(str(number), 0) for number in range(BUCKETS))


@lru_cache(maxsize=KEPT)
def _without(shape: Shape) -> Template:
    conditions = conditions_of(shape)
    return compiled(
        select(
            *(
                func.count().filter(_all([*conditions[:place], *conditions[place + 1 :]]))
                for place in range(len(conditions))
            )
        ).select_from(room)
    )


@lru_cache(maxsize=KEPT)
def _facets(shape: Shape) -> Template:
    conditions = conditions_of(shape)
    counts = select(
        func.count().filter(_all(conditions)).label("count"),
        *(
            bound(room.c[field]).filter(_others(shape, conditions, field)).label(f"{field}_{name}")
            for field in FACETED
            for name, bound in (("minimum", func.min), ("maximum", func.max))
        ),
    ).cte("counts")
    buckets = (_buckets(counts, field, _others(shape, conditions, field)) for field in FACETED)
    return compiled(select(counts, *buckets))


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
