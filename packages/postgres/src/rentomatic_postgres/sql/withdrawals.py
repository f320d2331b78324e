"""Statements that withdraw the rooms of a source that are not in the staging table."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    Select,
    Text,
    Uuid,
    all_,
    bindparam,
    cast,
    delete,
    exists,
    func,
    select,
)

from rentomatic_postgres.sql.tables import DETAILS, room
from rentomatic_postgres.sql.upserts import staged

_OF_SOURCE = DETAILS["source"] == bindparam("source", type_=Text)
_IS_GONE = (
    _OF_SOURCE,
    ~exists().where(staged.c.code == room.c.code),
    room.c.code != all_(cast(bindparam("kept"), ARRAY(Uuid(as_uuid=False)))),
)

TOTAL = select(func.count()).select_from(room).where(_OF_SOURCE)


def _listed(gone: Any) -> Select[Any]:
    """Select the number of rooms, and the first codes."""
    first = select(cast(gone.c.code, Text).label("code")).order_by(gone.c.code)
    first_codes = first.limit(bindparam("listed")).subquery()
    codes = select(func.array_agg(first_codes.c.code)).scalar_subquery()
    return select(func.count(), codes).select_from(gone)


COMPARE = _listed(select(room.c.code).where(*_IS_GONE).cte("gone"))
WITHDRAW = _listed(delete(room).where(*_IS_GONE).returning(room.c.code).cte("gone"))
