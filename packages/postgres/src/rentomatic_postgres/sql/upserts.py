"""Upserts of many rooms in one statement, sent as parameters (inline) or in a staging table."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    Column,
    FromClause,
    MetaData,
    Select,
    Table,
    Text,
    Tuple,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    not_,
    select,
    tuple_,
)
from sqlalchemy.dialects import postgresql

from rentomatic_postgres.sql.rows import COLUMNS, VALUES
from rentomatic_postgres.sql.tables import room


def _inline() -> FromClause:
    arrays = [cast(bindparam(name, type_=_sent(name)), _array(name)) for name in COLUMNS]
    rooms = func.unnest(*arrays).table_valued(*COLUMNS, with_ordinality="ordinal", name="source")
    return rooms.render_derived()


def _array(name: str) -> ARRAY[Any]:
    return ARRAY(room.c[name].type)


def _sent(name: str) -> ARRAY[Any]:
    """Return the type of a parameter: PostgreSQL parses the text of details and words."""
    return ARRAY(Text) if name in ("details", "words") else _array(name)


def last_by_code(source: FromClause) -> Any:
    """Of several rooms with the same code, select the last."""
    columns = [source.c[name] for name in COLUMNS]
    last_first = select(*columns).order_by(source.c.code, source.c.ordinal.desc())
    return last_first.ext(postgresql.distinct_on(source.c.code)).cte("last")


def _put(source: FromClause) -> Select[int, int, int]:
    """Build the upsert; it returns the numbers of created, updated and unchanged rooms."""
    new = last_by_code(source)
    # Skip unchanged rooms, so that they are neither locked nor written.
    # Write in the order of codes, so that concurrent upserts cannot deadlock.
    differing = (
        select(*new.c)
        .select_from(new.outerjoin(room, room.c.code == new.c.code))
        .where(_values(room.c).is_distinct_from(_values(new.c)))
        .order_by(new.c.code)
    )
    insert = postgresql.insert(room).from_select(list(COLUMNS), differing)
    upsert = insert.on_conflict_do_update(
        index_elements=[room.c.code],
        set_={name: insert.excluded[name] for name in COLUMNS if name != "code"}
        | {"updated": func.clock_timestamp()},
        where=_values(room.c).is_distinct_from(_values(insert.excluded)),
    )
    written = upsert.returning(literal_column("room.xmax = 0").label("created")).cte("written")
    created, total = written.c.created, select(func.count()).select_from(new).scalar_subquery()
    return select(
        func.count().filter(created), func.count().filter(not_(created)), total - func.count()
    ).select_from(written)


def _compare() -> Select[int, int, int]:
    """Build the dry run: the same counts, no writes."""
    new = last_by_code(staged)
    exists, differs = room.c.code.is_not(None), _values(room.c).is_distinct_from(_values(new.c))
    return select(
        func.count().filter(not_(exists)),
        func.count().filter(and_(exists, differs)),
        func.count().filter(not_(differs)),
    ).select_from(new.outerjoin(room, room.c.code == new.c.code))


def _values(columns: Any) -> Tuple:
    return tuple_(*(columns[name] for name in VALUES if name != "code"))


# Staging table. Its ctid is the order of the rows, because only COPY writes it.
staged = Table(
    "staged",
    MetaData(),
    *(Column(name, room.c[name].type) for name in COLUMNS),
    Column("ctid", Text, key="ordinal", system=True),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)
COPY = f"COPY staged ({', '.join(COLUMNS)}) FROM STDIN"
PUT_STAGED, PUT_INLINE = _put(staged), _put(_inline())
COMPARE = _compare()
