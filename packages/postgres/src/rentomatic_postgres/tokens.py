"""The Tokens of PostgreSQL."""

from collections.abc import Sequence

from sqlalchemy import Engine, bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError

from rentomatic.domain.tokens import Role, Token
from rentomatic.errors import TokenConflict, TokenNotFound
from rentomatic_postgres.execute import Rows, read, write
from rentomatic_postgres.sql.tables import token as table

ADD = insert(table)
LIST = select(table).order_by(table.c.name.collate("C"))
FIND = select(table).where(table.c.name == bindparam("name"))
REVOKE = delete(table).where(table.c.name == bindparam("name"))


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
    return [Token(row.name, Role(row.role), row.digest, row.created, row.expires) for row in rows]
