"""Migrations that would stop the code that serves are refused before anyone runs them."""

import pytest

from tools.lint_migrations import lint, sql


def test_our_migrations_let_the_code_before_them_go_on() -> None:
    result = lint(sql())

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("ALTER TABLE room ADD COLUMN floor integer NOT NULL;", "adding-required-field"),
        ("CREATE INDEX ix_room ON room (size);", "require-concurrent-index-creation"),
        ("ALTER TABLE room DROP COLUMN size;", "ban-drop-column"),
        ("ALTER TABLE room RENAME COLUMN size TO area;", "renaming-column"),
        ("ALTER TABLE room ALTER COLUMN price TYPE bigint;", "changing-column-type"),
        ("ALTER TABLE room ADD CHECK (price < 9999);", "constraint-missing-not-valid"),
    ],
)
def test_what_locks_it_out_is_refused(statement: str, rule: str) -> None:
    result = lint(statement)

    assert result.returncode == 1
    assert rule in result.stdout


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE room ADD COLUMN floor integer;",
        "ALTER TABLE room ADD COLUMN floor integer DEFAULT 0;",
        "CREATE INDEX CONCURRENTLY ix_room ON room (size);",
        "CREATE TABLE tag (name text PRIMARY KEY);",
    ],
)
def test_what_only_adds_is_fine(statement: str) -> None:
    assert lint(statement).returncode == 0, lint(statement).stdout
