"""Statements that withdraw the rooms of a source that are not in the staging table."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    cast,
    delete,
    func,
    not_,
    select,
)

from rentomatic_postgres.sql.tables import DETAILS, room
from rentomatic_postgres.sql.upserts import staged
from rentomatic_postgres.sql.withdrawn import REMEMBERED_COLUMNS, remember

_SOURCE = bindparam("source", type_=Text)
_OF_SOURCE = DETAILS["source"] == _SOURCE
_IS_KEPT = room.c.code == any_(cast(bindparam("kept"), ARRAY(Uuid(as_uuid=False))))
IS_WITHDRAWN_UNLESS_STAGED = and_(_OF_SOURCE, not_(_IS_KEPT))
# EXCEPT reads the staging table once; with NOT EXISTS, the planner may read it for each room.
_GONE = select(room.c.code).where(IS_WITHDRAWN_UNLESS_STAGED).except_(select(staged.c.code))

TOTAL = select(func.count()).select_from(room).where(_OF_SOURCE)


def _listed(gone: Any) -> Select[Any]:
    """Select the number of rooms, and the first codes."""
    first = select(cast(gone.c.code, Text).label("code")).order_by(gone.c.code)
    first_codes = first.limit(bindparam("listed")).subquery()
    codes = select(func.array_agg(first_codes.c.code)).scalar_subquery()
    return select(func.count(), codes).select_from(gone)


COMPARE = _listed(_GONE.cte("gone"))
_withdrawn = (
    delete(room)
    # An array is looked up in the index on codes. The source is compared again, for rooms that
    # are changed meanwhile, by an operator without an index.
    .where(
        room.c.code == any_(func.array(_GONE.scalar_subquery())),
        DETAILS["source"].is_not_distinct_from(_SOURCE),
    )
    .returning(*REMEMBERED_COLUMNS)
    .cte("gone")
)
WITHDRAW = _listed(_withdrawn).add_cte(remember(_withdrawn).cte("remembered"))
