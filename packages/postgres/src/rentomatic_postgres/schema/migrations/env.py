"""Alembic's environment: online with our engine, or offline (`--sql`)."""

from alembic import context

from rentomatic_postgres.sql.tables import metadata


def run_offline() -> None:
    context.configure(
        dialect_name="postgresql",
        target_metadata=metadata,
        literal_binds=True,
        dialect_opts={"paramstyle": "named"},
    )
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    with context.config.attributes["engine"].connect() as connection:
        transactional = connection.execution_options(isolation_level="READ COMMITTED")
        context.configure(connection=transactional, target_metadata=metadata)
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
