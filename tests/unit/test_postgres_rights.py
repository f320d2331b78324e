"""Each table has its rights in one place."""

from rentomatic_postgres.schema.roles import RIGHTS
from rentomatic_postgres.sql.tables import metadata


def test_every_table_says_what_the_application_role_may_do() -> None:
    assert RIGHTS.keys() == metadata.tables.keys() | {"alembic_version"}
    assert RIGHTS["token"] == RIGHTS["alembic_version"] == ("SELECT",)
