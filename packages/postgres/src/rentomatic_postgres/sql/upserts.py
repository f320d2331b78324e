"""What puts many rooms at once: they are compared with those that are there, in one statement.

The rooms are sent with the statement, or staged: copied into a table of the transaction.
"""

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

from rentomatic.domain.room import FIELDS
from rentomatic_postgres.sql.tables import room


def _sent_few() -> FromClause:
    arrays = [cast(bindparam(name), ARRAY(room.c[name].type)) for name in FIELDS]
    rooms = func.unnest(*arrays).table_valued(*FIELDS, with_ordinality="place", name="sent")
    return rooms.render_derived()


def _last_of_each(sent: FromClause) -> Any:
    """Return the rooms that were sent, of those with the same code the last one alone."""
    columns = [sent.c[name] for name in FIELDS]
    last_first = select(*columns).order_by(sent.c.code, sent.c.place.desc())
    return last_first.ext(postgresql.distinct_on(sent.c.code)).cte("last")


def _put(sent: FromClause) -> Select[int, int, int]:
    """Build the upsert, which counts the rooms made, those changed, and the others."""
    new = _last_of_each(sent)
    # Rooms that do not differ are left out, so that they are neither locked nor written.
    # The order is that of codes, so that two writers of the same rooms cannot deadlock.
    differing = (
        select(*new.c)
        .select_from(new.outerjoin(room, room.c.code == new.c.code))
        .where(_rest(room.c).is_distinct_from(_rest(new.c)))
        .order_by(new.c.code)
    )
    insert = postgresql.insert(room).from_select(list(FIELDS), differing)
    upsert = insert.on_conflict_do_update(
        index_elements=[room.c.code],
        set_={name: insert.excluded[name] for name in FIELDS if name != "code"},
        where=_rest(room.c).is_distinct_from(_rest(insert.excluded)),
    )
    written = upsert.returning(literal_column("room.xmax = 0").label("made")).cte("written")
    made, all_of_them = written.c.made, select(func.count()).select_from(new).scalar_subquery()
    return select(
        func.count().filter(made), func.count().filter(not_(made)), all_of_them - func.count()
    ).select_from(written)


def _compare(sent: FromClause) -> Select[int, int, int]:
    """Build the statement that counts like the upsert, and writes nothing."""
    new = _last_of_each(sent)
    there, differs = room.c.code.is_not(None), _rest(room.c).is_distinct_from(_rest(new.c))
    return select(
        func.count().filter(not_(there)),
        func.count().filter(and_(there, differs)),
        func.count().filter(not_(differs)),
    ).select_from(new.outerjoin(room, room.c.code == new.c.code))


def _rest(columns: Any) -> Tuple:
    """Return the row of everything but the code."""
    return tuple_(*(columns[name] for name in FIELDS if name != "code"))


# Only COPY fills the table, so that rows lie in the order in which they came.
staged = Table(
    "staged",
    MetaData(),
    *(Column(name, room.c[name].type) for name in FIELDS),
    Column("ctid", Text, key="place", system=True),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)
COPY = f"COPY staged ({', '.join(FIELDS)}) FROM STDIN"
PUT_STAGED, COMPARE_STAGED = _put(staged), _compare(staged)
PUT_FEW, COMPARE_FEW = _put(_sent_few()), _compare(_sent_few())
