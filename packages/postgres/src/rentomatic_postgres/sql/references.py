"""Statements for references that rooms of the staging table take from other rooms."""

from typing import Any

from sqlalchemy import and_, exists, func, select, true, tuple_, union_all, update

from rentomatic_postgres.sql.tables import room
from rentomatic_postgres.sql.upserts import last_by_code, staged
from rentomatic_postgres.sql.withdrawals import IS_WITHDRAWN_UNLESS_STAGED

NAMES = ("source", "reference")


def _references(details: Any) -> list[Any]:
    return [details[name].astext.label(name) for name in NAMES]


_last = last_by_code(staged)
_held = tuple_(*_references(room.c.details))
_wanted = select(*_references(_last.c.details)).cte("wanted")
_is_complete = and_(*(column.is_not(None) for column in _wanted.c))
_has_details = exists().where(staged.c.details.is_not(None))

_repeated = (
    select(*_wanted.c)
    .where(_has_details, _is_complete)
    .group_by(*_wanted.c)
    .having(func.count() > 1)
)
# As in `withdrawals`, EXCEPT reads the staging table once.
_keeping = (
    select(room.c.code)
    .join(_wanted, _held == tuple_(*_wanted.c))
    .where(_has_details, IS_WITHDRAWN_UNLESS_STAGED.is_not(true()))
    .except_(select(staged.c.code))
)
_kept = select(*_references(room.c.details)).where(room.c.code.in_(_keeping))
# A reference that two rooms of the staging table have, or that a room has which keeps it.
CONFLICT = union_all(_repeated, _kept).limit(1)

# Replace references that change by a text that no reference can be, so that other rooms can get
# them, in any order.
_placeholder = func.jsonb_build_object("reference", func.concat("\x01", room.c.code))
RELEASE = (
    update(room)
    .where(
        room.c.code == _last.c.code,
        room.c.details.has_key("reference"),
        _held.is_distinct_from(tuple_(*_references(_last.c.details))),
    )
    .values(details=room.c.details.op("||")(_placeholder))
)
