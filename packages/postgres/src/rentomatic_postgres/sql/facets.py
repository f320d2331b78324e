"""Statements for histograms, and for counts without one condition each."""

from collections.abc import Iterable
from functools import lru_cache, reduce
from operator import add

from sqlalchemy import ARRAY, BigInteger, Boolean, Integer, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import array

from rentomatic.domain.conditions import Filters
from rentomatic.repository.facets import BUCKETS
from rentomatic.responses import Facet
from rentomatic_postgres.sql.conditions import Parameters, Shape, parameterize, where
from rentomatic_postgres.sql.tables import room
from rentomatic_postgres.sql.templates import CACHE_SIZE, Template, compile_template


def select_facet(filters: Filters, field: str) -> tuple[Template, Parameters]:
    """Build the statement for the buckets of a field that are not empty."""
    shape, parameters = parameterize(filters)
    return _facet(shape, field), parameters


def select_without(filters: Filters) -> tuple[Template, Parameters]:
    """Build the statement for the counts without one condition each."""
    shape, parameters = parameterize(filters)
    return _without(shape), parameters


def to_facet(rows: Iterable[tuple[int, int, int, int]]) -> Facet:
    """Convert the rows of select_facet."""
    buckets = [0] * BUCKETS
    minimums, maximums = [], []
    for bucket, count, minimum, maximum in rows:
        buckets[bucket] = count
        minimums.append(minimum)
        maximums.append(maximum)
    return Facet(min(minimums, default=None), max(maximums, default=None), tuple(buckets))


def to_counts(rows: Iterable[tuple[int | None, int]], conditions: int) -> tuple[int, ...]:
    """Convert the rows of select_without."""
    counts = dict(rows)
    matching = counts.get(None, 0)
    return tuple(matching + counts.get(number, 0) for number in range(1, conditions + 1))


@lru_cache(maxsize=CACHE_SIZE)
def _facet(shape: Shape, field: str) -> Template:
    # Grouping by value first needs only one scan, because the minimum follows from the groups.
    values = (
        select(cast(room.c[field], BigInteger).label("value"), func.count().label("rooms"))
        .where(*where(shape))
        .group_by(room.c[field])
        .subquery()
    )
    minimum, maximum = func.min(values.c.value).over(), func.max(values.c.value).over()
    # If all values are equal, the width is null and all rooms are in the first bucket.
    width = func.nullif(maximum - minimum, 0, type_=BigInteger)
    number = (values.c.value - minimum) * BUCKETS // width
    bucket = func.least(func.coalesce(number, 0), BUCKETS - 1).label("bucket")
    numbered = select(values, bucket).subquery()
    return compile_template(
        select(
            numbered.c.bucket,
            cast(func.sum(numbered.c.rooms), BigInteger),
            func.min(numbered.c.value),
            func.max(numbered.c.value),
        ).group_by(numbered.c.bucket)
    )


@lru_cache(maxsize=CACHE_SIZE)
def _without(shape: Shape) -> Template:
    """Count rooms by the number of the only condition that they fail; null if they meet all."""
    conditions = where(shape)
    failures = reduce(add, (case((condition, 0), else_=1) for condition in conditions))
    failed = func.array_position(
        cast(array(conditions), ARRAY(Boolean)), literal(False), type_=Integer
    ).label("failed")
    return compile_template(
        select(failed, func.count()).select_from(room).where(failures <= 1).group_by(failed)
    )
