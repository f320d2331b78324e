"""The Tokens of PostgreSQL."""

from collections.abc import Sequence
from dataclasses import fields

from psycopg2 import IntegrityError
from sqlalchemy import Engine, bindparam, delete, insert, select

from rentomatic.domain.tokens import Role, Token
from rentomatic.errors import TokenConflict, TokenNotFound
from rentomatic_postgres.execute import Rows, read, write
from rentomatic_postgres.sql.tables import token as table
from rentomatic_postgres.sql.templates import compile_template

COLUMNS = [table.c[each.name] for each in fields(Token)]
ADD = compile_template(insert(table).values({each.name: bindparam(each.name) for each in COLUMNS}))
LIST = compile_template(select(*COLUMNS).order_by(table.c.name.collate("C")))
FIND = compile_template(select(*COLUMNS).where(table.c.name == bindparam("name")), prepared=True)
REVOKE = compile_template(delete(table).where(table.c.name == bindparam("name")))


class PostgresTokens:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, token: Token) -> None:
        try:
            write(self._engine, ADD, vars(token))
        except IntegrityError:
            raise TokenConflict(token.name) from None

    def find(self, name: str) -> Token | None:
        tokens = _tokens(read(self._engine, FIND, {"name": name}))
        return tokens[0] if tokens else None

    def revoke(self, name: str) -> None:
        if not write(self._engine, REVOKE, {"name": name}):
            raise TokenNotFound(name)

    def list(self) -> Sequence[Token]:
        return _tokens(read(self._engine, LIST, {}))


def _tokens(rows: Rows) -> Sequence[Token]:
    return [Token(name, Role(role), *others) for name, role, *others in rows]
