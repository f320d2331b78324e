"""Statements for facets, and for counts without one condition each."""

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
    parameterize,
    where,
)
from rentomatic_postgres.sql.tables import room
from rentomatic_postgres.sql.templates import CACHE_SIZE, Template, compile_template


def select_facets(filters: Filters) -> tuple[Template, Parameters]:
    """Build the statement for counts, ranges and buckets."""
    shape, parameters = parameterize(filters)
    return _facets(shape), parameters


def select_without(filters: Filters) -> tuple[Template, Parameters]:
    """Build the statement for the counts without one condition each."""
    shape, parameters = parameterize(filters)
    return _without(shape), parameters


def to_facets(row: Sequence[Any], without: Sequence[int]) -> Facets:
    """Convert the rows of select_facets and select_without."""
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


@lru_cache(maxsize=CACHE_SIZE)
def _without(shape: Shape) -> Template:
    conditions = where(shape)
    return compile_template(
        select(
            *(
                func.count().filter(_all([*conditions[:index], *conditions[index + 1 :]]))
                for index in range(len(conditions))
            )
        ).select_from(room)
    )


@lru_cache(maxsize=CACHE_SIZE)
def _facets(shape: Shape) -> Template:
    conditions = where(shape)
    counts = select(
        func.count().filter(_all(conditions)).label("count"),
        *(
            bound(room.c[field]).filter(_except(shape, conditions, field)).label(f"{field}_{name}")
            for field in FACETED
            for name, bound in (("minimum", func.min), ("maximum", func.max))
        ),
    ).cte("counts")
    buckets = (_buckets(counts, field, _except(shape, conditions, field)) for field in FACETED)
    return compile_template(select(counts, *buckets))


def _buckets(counts: Any, field: str, condition: ColumnElement[bool]) -> ColumnElement[Any]:
    """Count rooms by bucket, as a JSON object without empty buckets."""
    minimum = cast(counts.c[f"{field}_minimum"], BigInteger)
    width = func.nullif(counts.c[f"{field}_maximum"] - minimum, 0)
    # If all values are equal, the width is null and all rooms are in the first bucket.
    number = func.coalesce((room.c[field] - minimum) * BUCKETS // width, 0)
    filled = (
        select(func.least(number, BUCKETS - 1).label("bucket"), func.count().label("rooms"))
        .select_from(room.join(counts, true()))
        .where(condition)
        .group_by("bucket")
        .subquery()
    )
    buckets = select(func.json_object_agg(filled.c.bucket, filled.c.rooms))
    return buckets.scalar_subquery().label(f"{field}_buckets")


def _except(
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
