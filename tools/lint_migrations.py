"""`python -m tools.lint_migrations`: check the SQL of migrations with squawk."""

import subprocess
import sys
from io import StringIO
from pathlib import Path

from alembic import command

from rentomatic_postgres.schema.revisions import alembic_config

ROOT = Path(__file__).parents[1]
# Older migrations ran before the first deployment, so they could not block one.
LINTED_AFTER = "b7a4d01f9c63"


def sql() -> str:
    """Return the SQL of all migrations after LINTED_AFTER."""
    config = alembic_config()
    config.output_buffer = StringIO()
    command.upgrade(config, f"{LINTED_AFTER}:head", sql=True)
    return config.output_buffer.getvalue()


def lint(text: str) -> "subprocess.CompletedProcess[str]":
    """Run squawk. It fails for SQL that would block or break the running version."""
    squawk = str(Path(sys.executable).with_name("squawk"))
    command = (
        squawk,
        "--config",
        str(ROOT / ".squawk.toml"),
        "--stdin-filepath",
        "migrations.sql",
    )
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    result = lint(sql())
    print(result.stdout, result.stderr, sep="", end="")
    sys.exit(result.returncode)
