"""Statements compiled to SQL text, cached by the shape of the query.

Only text is cached: for 20 conditions, SQLAlchemy's objects take 200 kB, the text 5 kB.
"""

from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql.psycopg2 import dialect

# Shapes per kind of statement. Clients choose the shapes, so their number is unlimited.
CACHE_SIZE = 256

_DIALECT = dialect()  # type: ignore[no-untyped-call]
_NUMBERED = dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


class Prepared(NamedTuple):
    """The commands PREPARE and EXECUTE of a statement. Its name depends on its text alone."""

    name: str
    prepare: str
    execute: str


class Template(NamedTuple):
    """SQL text for psycopg2, its constant parameters, and the commands if it is prepared."""

    text: str
    constants: dict[str, Any]
    prepared: Prepared | None = None


def compile_template(statement: ClauseElement, prepared: bool = False) -> Template:
    """Compile a statement; parameters without a value are passed at execution.

    A prepared statement is parsed and planned once by each connection: one plan must be good for
    all values, and the number of such statements small.
    """
    compiled = statement.compile(dialect=_DIALECT)
    constants = {name: value for name, value in compiled.params.items() if value is not None}
    commands = _commands(statement) if prepared else None
    return Template(str(compiled), constants, commands)


def _commands(statement: ClauseElement) -> Prepared:
    compiled: Any = statement.compile(dialect=_NUMBERED)
    text = str(compiled)
    name = f"rentomatic_{sha256(text.encode()).hexdigest()[:16]}"
    values = ", ".join(f"%({parameter})s" for parameter in compiled.positiontup)
    return Prepared(name, f"PREPARE {name} AS {text}", f"EXECUTE {name} ({values})")
