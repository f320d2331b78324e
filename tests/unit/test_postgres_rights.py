"""Privileges of the application role."""

from rentomatic_postgres.schema.roles import PRIVILEGES
from rentomatic_postgres.sql.tables import metadata


def test_the_application_role_has_privileges_on_every_table() -> None:
    assert PRIVILEGES.keys() == metadata.tables.keys() | {"alembic_version"}
    assert PRIVILEGES["token"] == PRIVILEGES["alembic_version"] == ("SELECT",)
