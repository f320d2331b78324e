"""SQL text, which is compiled once for each shape of query and kept.

Only text is kept: SQLAlchemy's objects for 20 conditions take 200 kB, their text 5 kB.
"""

from typing import Any, NamedTuple

from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql.psycopg2 import dialect

# Of each kind of statement. Clients choose the shapes, so that there may be any number.
KEPT = 256

_DIALECT = dialect()  # type: ignore[no-untyped-call]


class Template(NamedTuple):
    """The text of a statement for psycopg2, and the values of parameters that never change."""

    text: str
    constants: dict[str, Any]


def compiled(statement: ClauseElement) -> Template:
    """Compile a statement; parameters without a value are given when it is executed."""
    found = statement.compile(dialect=_DIALECT)
    constants = {name: value for name, value in found.params.items() if value is not None}
    return Template(str(found), constants)
