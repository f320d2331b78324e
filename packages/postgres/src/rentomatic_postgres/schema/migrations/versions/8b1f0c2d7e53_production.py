"""Constraints: codes are unique UUIDs, no nulls, every value is in its range."""

import sqlalchemy as sa
from alembic import op

revision = "8b1f0c2d7e53"
down_revision = "4d4c19952a36"
branch_labels = None
depends_on = None

# Removes the spellings that Python's uuid.UUID accepts and PostgreSQL's uuid does not.
CODE = "lower(translate(replace(replace(code, 'urn:', ''), 'uuid:', ''), '{}-', ''))"

# Locks first, so that no row is inserted after the check.
REJECT_INVALID_ROWS = """
DO $$
DECLARE
    number bigint;
    listed text;
BEGIN
    LOCK TABLE room IN ACCESS EXCLUSIVE MODE;
    SELECT count(*), string_agg(line, E'\\n' ORDER BY id) FILTER (WHERE nth <= 20)
        INTO number, listed
        FROM (
            SELECT id, 'id ' || id || ': ' || problems AS line,
                row_number() OVER (ORDER BY id) AS nth
            FROM (
                SELECT id, concat_ws(', ',
                    CASE WHEN code IS NULL THEN 'code is null'
                        WHEN digits !~ '^[0-9a-f]{32}$' THEN 'code is not a UUID'
                        WHEN times > 1 THEN 'code is a duplicate'
                    END,
                    CASE WHEN size IS NULL THEN 'size is null'
                        WHEN size < 1 THEN 'size is less than 1' END,
                    CASE WHEN price IS NULL THEN 'price is null'
                        WHEN price < 0 THEN 'price is less than 0' END,
                    CASE WHEN longitude IS NULL THEN 'longitude is null'
                        WHEN longitude NOT BETWEEN -180 AND 180
                        THEN 'longitude is not between -180 and 180' END,
                    CASE WHEN latitude IS NULL THEN 'latitude is null'
                        WHEN latitude NOT BETWEEN -90 AND 90
                        THEN 'latitude is not between -90 and 90' END
                ) AS problems
                FROM (
                    SELECT *, count(*) OVER (PARTITION BY digits) AS times
                    FROM (SELECT *, CODE_DIGITS AS digits FROM room) AS normalised
                ) AS counted
            ) AS judged
            WHERE problems <> ''
        ) AS refused;
    IF number > 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'RM001', MESSAGE =
            number || ' rows cannot be migrated; nothing was changed. The first 20:'
            || E'\\n' || listed;
    END IF;
END
$$
"""

CHECKS = {
    "room_size_check": "size >= 1",
    "room_price_check": "price >= 0",
    "room_longitude_check": "longitude >= -180 AND longitude <= 180",
    "room_latitude_check": "latitude >= -90 AND latitude <= 90",
}
REQUIRED = ("size", "price", "longitude", "latitude")


def upgrade() -> None:
    op.execute(REJECT_INVALID_ROWS.replace("CODE_DIGITS", CODE))
    op.alter_column("room", "code", type_=sa.Uuid(), postgresql_using=f"{CODE}::uuid")
    for name in REQUIRED:
        op.alter_column("room", name, nullable=False)
    op.create_unique_constraint("room_code_key", "room", ["code"])
    for name, condition in CHECKS.items():
        op.create_check_constraint(name, "room", condition)
    op.create_index(
        "room_price_code_idx",
        "room",
        ["price", "code"],
        postgresql_include=["size", "longitude", "latitude"],
    )
    op.create_index("room_size_idx", "room", ["size"])
    op.create_index("room_longitude_idx", "room", ["longitude"])
    op.create_index("room_latitude_idx", "room", ["latitude"])


def downgrade() -> None:
    for name in ("latitude", "longitude", "size", "price_code"):
        op.drop_index(f"room_{name}_idx", "room")
    for name in CHECKS:
        op.drop_constraint(name, "room")
    op.drop_constraint("room_code_key", "room")
    for name in REQUIRED:
        op.alter_column("room", name, nullable=True)
    op.alter_column("room", "code", type_=sa.String(36), postgresql_using="code::text")
