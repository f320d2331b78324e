"""Statements for the codes of rooms, in their order."""

from typing import Any

from sqlalchemy import Select, Text, bindparam, cast, func, select

from rentomatic_postgres.sql.conditions import Parameters
from rentomatic_postgres.sql.tables import room
from rentomatic_postgres.sql.templates import compile_template

_NUMBERED = select(room.c.code, func.row_number().over(order_by=room.c.code).label("number"))
_numbered = _NUMBERED.subquery().c
EVERY_CODE = compile_template(
    select(cast(_numbered.code, Text))
    .where(_numbered.number % bindparam("step") == 0)
    .order_by(_numbered.number)
)


def select_last_changes(
    after: str | None, until: str | None
) -> tuple[Select[*tuple[Any, ...]], Parameters]:
    """Build the statement for the last changes of rooms after one code and up to another."""
    statement = select(cast(room.c.code, Text), room.c.updated).order_by(room.c.code)
    if after is not None:
        statement = statement.where(room.c.code > bindparam("after"))
    if until is not None:
        statement = statement.where(room.c.code <= bindparam("until"))
    bounds = {"after": after, "until": until}
    return statement, {name: code for name, code in bounds.items() if code is not None}
