"""Rooms have optional fields, words for searches and times, and their size may be unknown.

Older code finds the rooms as before; it keeps the details of rooms that it changes.
"""

from alembic import op

revision = "e7b30f4d9a52"
down_revision = "d2a94c6e8f15"
branch_labels = None
depends_on = None

# Changes catalogs only, no rows: the defaults do not change from row to row.
UPGRADE = """
ALTER TABLE room
    -- squawk-ignore ban-drop-not-null
    ALTER COLUMN size DROP NOT NULL,
    ADD COLUMN details jsonb,
    ADD COLUMN has_details boolean NOT NULL DEFAULT false,
    ADD COLUMN words tsvector,
    ADD COLUMN created timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN updated timestamptz NOT NULL DEFAULT now(),
    ADD CONSTRAINT room_details_check CHECK (has_details = (details IS NOT NULL)) NOT VALID
"""
# Rooms of one import have different times, in the order of their indexes.
DEFAULTS = """
ALTER TABLE room
    ALTER COLUMN created SET DEFAULT clock_timestamp(),
    ALTER COLUMN updated SET DEFAULT clock_timestamp()
"""

# PostgreSQL does not read the table for NOT NULL, if room_sized_check proves it.
DOWNGRADE = """
ALTER TABLE room
    -- squawk-ignore adding-not-nullable-field
    ALTER COLUMN size SET NOT NULL,
    -- squawk-ignore ban-drop-constraint
    DROP CONSTRAINT IF EXISTS room_sized_check,
    -- squawk-ignore ban-drop-constraint
    DROP CONSTRAINT room_details_check,
    -- squawk-ignore ban-drop-column
    DROP COLUMN details,
    -- squawk-ignore ban-drop-column
    DROP COLUMN has_details,
    -- squawk-ignore ban-drop-column
    DROP COLUMN words,
    -- squawk-ignore ban-drop-column
    DROP COLUMN created,
    -- squawk-ignore ban-drop-column
    DROP COLUMN updated
"""


def upgrade() -> None:
    op.execute(UPGRADE)
    op.execute(DEFAULTS)


def downgrade() -> None:
    op.execute(DOWNGRADE)
