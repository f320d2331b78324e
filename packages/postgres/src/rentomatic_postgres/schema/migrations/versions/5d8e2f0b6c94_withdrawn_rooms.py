"""Rooms that were deleted are remembered.

Older code deletes rooms as before; those are not remembered.
"""

import sqlalchemy as sa
from alembic import op

revision = "5d8e2f0b6c94"
down_revision = "1c9d5e6a7f20"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "withdrawn_room",
        sa.Column("code", sa.Uuid(as_uuid=False), primary_key=True),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column(
            "time",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.func.clock_timestamp(),
        ),
    )
    op.create_index("withdrawn_room_time_idx", "withdrawn_room", ["time"])


def downgrade() -> None:
    op.drop_table("withdrawn_room")
