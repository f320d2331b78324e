"""Statements for histograms, and for counts without one condition each."""

from collections.abc import Iterable, Sequence
from functools import lru_cache, reduce
from operator import add

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Integer,
    Text,
    case,
    cast,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import array

from rentomatic.domain.conditions import Filters
from rentomatic.domain.fields import Words
from rentomatic.domain.room import FIELDS, OPTIONAL
from rentomatic.repository.facets import BUCKETS, MAX_WORDS
from rentomatic.responses import Facet
from rentomatic_postgres.sql.conditions import Parameters, Shape, parameterize, where
from rentomatic_postgres.sql.tables import DETAILS, HAS_DETAILS, room
from rentomatic_postgres.sql.templates import CACHE_SIZE, Template, compile_template


def select_facet(filters: Filters, field: str) -> tuple[Template, Parameters]:
    """Build the statement for the buckets of a field that are not empty."""
    shape, parameters = parameterize(filters)
    return _facet(shape, field), parameters


def select_without(filters: Filters) -> tuple[Template, Parameters]:
    """Build the statement for the counts without one condition each."""
    shape, parameters = parameterize(filters)
    return _without(shape), parameters


def select_word_counts(filters: Filters, field: str) -> tuple[Template, Parameters]:
    """Build the statement for `RoomRepository.word_counts`."""
    shape, parameters = parameterize(filters)
    return _word_counts(shape, field), parameters


def to_facet(rows: Iterable[tuple[int | None, int, int, int]]) -> Facet:
    """Convert the rows of select_facet; unknown values have no bucket."""
    buckets = [0] * BUCKETS
    minimums, maximums, unknown = [], [], 0
    for bucket, count, minimum, maximum in rows:
        if bucket is None:
            unknown = count
            continue
        buckets[bucket] = count
        minimums.append(minimum)
        maximums.append(maximum)
    return Facet(min(minimums, default=None), max(maximums, default=None), tuple(buckets), unknown)


def to_fields(rows: Sequence[tuple[bool | None, ...]]) -> tuple[str, ...]:
    """Convert the row of USED_FIELDS."""
    return tuple(name for name, is_used in zip(OPTIONAL, rows[0], strict=True) if is_used)


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
    known = func.least(func.coalesce(number, 0), BUCKETS - 1)
    bucket = case((values.c.value.is_not(None), known)).label("bucket")
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
def _word_counts(shape: Shape, field: str) -> Template:
    value = DETAILS[field]
    if isinstance(FIELDS[field].type, Words):
        value = func.jsonb_array_elements_text(value, type_=Text)
    words = select(value.label("word")).select_from(room).where(HAS_DETAILS, *where(shape))
    word = words.subquery().c.word
    alphabetical = word.collate("C")
    return compile_template(
        select(word, func.count())
        .where(word.is_not(None))
        .group_by(word)
        .order_by(func.count().desc(), alphabetical)
        .limit(MAX_WORDS)
    )


USED_FIELDS = compile_template(
    select(*(func.bool_or(room.c.details.has_key(name)) for name in OPTIONAL)).where(HAS_DETAILS)
)


@lru_cache(maxsize=CACHE_SIZE)
def _without(shape: Shape) -> Template:
    """Count rooms by the number of the only condition that they fail; null if they meet all."""
    # A condition on an unknown value is null.
    conditions = [condition.is_(true()) for condition in where(shape)]
    failures = reduce(add, (case((condition, 0), else_=1) for condition in conditions))
    failed = func.array_position(
        cast(array(conditions), ARRAY(Boolean)), literal(False), type_=Integer
    ).label("failed")
    return compile_template(
        select(failed, func.count()).select_from(room).where(failures <= 1).group_by(failed)
    )
