"""Indexes and statistics for the optional fields, words and times.

Covering indexes show which rooms have optional fields.

If a statement is interrupted, the next migration repeats it.
"""

from alembic import op

revision = "1c9d5e6a7f20"
down_revision = "e7b30f4d9a52"
branch_labels = None
depends_on = None

CHECK_SIZES = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM room WHERE size IS NULL) THEN
        RAISE EXCEPTION 'Rooms of unknown size must get a size first' USING ERRCODE = 'RM001';
    END IF;
END $$
"""

# Of a downgrade of this revision alone.
UNSIZED = """
ALTER TABLE room
    -- squawk-ignore ban-drop-constraint
    DROP CONSTRAINT IF EXISTS room_sized_check
"""

IS_SIZED = """
ALTER TABLE room
    -- squawk-ignore ban-drop-constraint
    DROP CONSTRAINT IF EXISTS room_sized_check,
    ADD CONSTRAINT room_sized_check CHECK (size IS NOT NULL) NOT VALID
"""

PRICE = "room_price_code_idx ON room USING btree (price, code)"
POINT = "room_point_idx ON room USING spgist (point(longitude, latitude))"
NEW_INDEXES = (
    "room_created_code_idx ON room (created, code)",
    "room_updated_code_idx ON room (updated, code)",
    "room_kind_idx ON room ((details ->> 'kind')) WHERE details IS NOT NULL",
    "room_capacity_idx ON room (((details ->> 'capacity')::integer)) WHERE details IS NOT NULL",
    "room_min_nights_idx ON room (((details ->> 'min_nights')::integer))"
    " WHERE details IS NOT NULL",
    "room_features_idx ON room USING gin ((details -> 'features')) WHERE details IS NOT NULL",
    "room_words_idx ON room USING gin (words)",
)
REFERENCES = (
    "room_reference_key ON room ((details ->> 'source'), (details ->> 'reference'))"
    " WHERE details IS NOT NULL"
)

# The planner ignores the statistics of partial indexes.
STATISTICS = (
    "room_kind_stats ON (details ->> 'kind') FROM room",
    "room_source_stats ON (details ->> 'source') FROM room",
    "room_reference_stats ON (details ->> 'reference') FROM room",
    "room_features_stats ON (details -> 'features') FROM room",
    "room_capacity_stats ON ((details ->> 'capacity')::integer) FROM room",
    "room_min_nights_stats ON ((details ->> 'min_nights')::integer) FROM room",
)


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = '1min'")
        op.execute("ALTER TABLE room VALIDATE CONSTRAINT room_details_check")
        op.execute(UNSIZED)
        for index in NEW_INDEXES:
            _create(index)
        _create(REFERENCES, "UNIQUE INDEX")
        for statistics in STATISTICS:
            op.execute(f"CREATE STATISTICS IF NOT EXISTS {statistics}")
        _replace(f"{PRICE} INCLUDE (size, longitude, latitude, has_details)")
        _replace(f"{POINT} INCLUDE (code, size, price, longitude, latitude, has_details)")
        op.execute("RESET lock_timeout")


def downgrade() -> None:
    op.execute(CHECK_SIZES)
    op.execute(IS_SIZED)
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = '1min'")
        op.execute("ALTER TABLE room VALIDATE CONSTRAINT room_sized_check")
        _replace(f"{PRICE} INCLUDE (size, longitude, latitude)")
        _replace(f"{POINT} INCLUDE (code, size, price, longitude, latitude)")
        for index in (*NEW_INDEXES, REFERENCES):
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_name(index)}")
        for statistics in STATISTICS:
            op.execute(f"DROP STATISTICS IF EXISTS {_name(statistics)}")
        op.execute("RESET lock_timeout")


def _create(index: str, kind: str = "INDEX") -> None:
    """Create an index; reads and writes go on. An interrupted one left an invalid index."""
    op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_name(index)}")
    op.execute(f"CREATE {kind} CONCURRENTLY {index}")


def _replace(index: str) -> None:
    """Replace an index by one with other columns; the old one is used meanwhile."""
    name = _name(index)
    _create(index.replace(name, f"{name}_new", 1))
    op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
    op.execute(f"-- squawk-ignore renaming-object\nALTER INDEX {name}_new RENAME TO {name}")


def _name(declaration: str) -> str:
    return declaration.partition(" ")[0]
