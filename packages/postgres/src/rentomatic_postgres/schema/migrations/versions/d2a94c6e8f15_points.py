"""Position index on points in degrees, which needs no extension.

The extension cube remains for older code, which finds the same rooms without its index, only
slower. A later revision drops it if nothing else uses it.
"""

from alembic import op

revision = "d2a94c6e8f15"
down_revision = "3f6c82e1d9a7"
branch_labels = None
depends_on = None

# Statements with CONCURRENTLY let reads and writes go on, also while they wait for transactions.
# If one is interrupted, it leaves an invalid index.
UPGRADE = (
    "SET lock_timeout = '1min'",
    "DROP INDEX CONCURRENTLY IF EXISTS room_point_idx",
    "CREATE INDEX CONCURRENTLY room_point_idx ON room USING spgist (point(longitude, latitude))"
    " INCLUDE (code, size, price, longitude, latitude)",
    "DROP INDEX CONCURRENTLY IF EXISTS room_position_idx",
    "RESET lock_timeout",
)

DOWNGRADE = (
    "CREATE EXTENSION IF NOT EXISTS cube",
    "SET lock_timeout = '1min'",
    "DROP INDEX CONCURRENTLY IF EXISTS room_position_idx",
    "CREATE INDEX CONCURRENTLY room_position_idx ON room USING gist (cube(ARRAY["
    "cosd(latitude) * cosd(longitude), cosd(latitude) * sind(longitude), sind(latitude)]))"
    " INCLUDE (longitude, latitude)",
    "DROP INDEX CONCURRENTLY IF EXISTS room_point_idx",
    "RESET lock_timeout",
)


def upgrade() -> None:
    _execute(UPGRADE)


def downgrade() -> None:
    _execute(DOWNGRADE)


def _execute(statements: tuple[str, ...]) -> None:
    with op.get_context().autocommit_block():
        for statement in statements:
            op.execute(statement)
