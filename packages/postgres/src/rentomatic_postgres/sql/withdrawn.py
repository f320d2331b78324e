"""Statements that remember rooms when they delete them, and forget those of long ago."""

from typing import Any

from sqlalchemy import Select, Text, bindparam, cast, delete, func, select
from sqlalchemy.dialects import postgresql

from rentomatic.domain.withdrawn import REMEMBERED
from rentomatic_postgres.sql.tables import room, withdrawn_room
from rentomatic_postgres.sql.templates import compile_template

# Rooms that one statement forgets, so that none takes long: many may be as old.
MAX_FORGOTTEN = 1000

# The columns that a statement returns of the rooms that it deletes.
REMEMBERED_COLUMNS = (room.c.code, room.c.longitude, room.c.latitude)

_names = [column.name for column in REMEMBERED_COLUMNS]
_start = func.now() - REMEMBERED
_is_remembered = withdrawn_room.c.time >= _start

FIND = compile_template(
    select(
        cast(withdrawn_room.c.code, Text),
        *(withdrawn_room.c[name] for name in (*_names[1:], "time")),
    ).where(withdrawn_room.c.code == bindparam("code"), _is_remembered)
)


def remember(gone: Any) -> postgresql.Insert:
    """Return the statement that saves the rooms of `gone`, the CTE that deletes them."""
    insert = postgresql.insert(withdrawn_room).from_select(_names, select(*gone.c))
    changed = {name: insert.excluded[name] for name in (*_names[1:], "time")}
    upsert = insert.on_conflict_do_update(index_elements=[withdrawn_room.c.code], set_=changed)
    return upsert.add_cte(_forget(gone))


def _forget(gone: Any) -> Any:
    """Return the CTE that removes some of the rooms of long ago, except those of `gone`."""
    old: Select[Any] = (
        select(withdrawn_room.c.code)
        .where(withdrawn_room.c.time < _start, withdrawn_room.c.code.not_in(select(gone.c.code)))
        .order_by(withdrawn_room.c.time)
        .limit(MAX_FORGOTTEN)
        .with_for_update(skip_locked=True)
    )
    return delete(withdrawn_room).where(withdrawn_room.c.code.in_(old)).cte("forgotten")
