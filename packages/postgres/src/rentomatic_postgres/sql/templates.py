"""Statements compiled to SQL text, cached by the shape of the query.

Only text is cached: for 20 conditions, SQLAlchemy's objects take 200 kB, the text 5 kB.
"""

from typing import Any, NamedTuple

from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql.psycopg2 import dialect

# Shapes per kind of statement. Clients choose the shapes, so their number is unlimited.
CACHE_SIZE = 256

_DIALECT = dialect()  # type: ignore[no-untyped-call]


class Template(NamedTuple):
    """SQL text for psycopg2, and its constant parameters."""

    text: str
    constants: dict[str, Any]


def compile_template(statement: ClauseElement) -> Template:
    """Compile a statement; parameters without a value are passed at execution."""
    compiled = statement.compile(dialect=_DIALECT)
    constants = {name: value for name, value in compiled.params.items() if value is not None}
    return Template(str(compiled), constants)
