"""Indexes for pages sorted by any field, with the code as the tie-break."""

from alembic import op

revision = "c51e7a90d2b4"
down_revision = "8b1f0c2d7e53"
branch_labels = None
depends_on = None

FIELDS = ("size", "longitude", "latitude")


def upgrade() -> None:
    for field in FIELDS:
        op.create_index(f"room_{field}_code_idx", "room", [field, "code"])
        op.drop_index(f"room_{field}_idx", "room")


def downgrade() -> None:
    for field in FIELDS:
        op.create_index(f"room_{field}_idx", "room", [field])
        op.drop_index(f"room_{field}_code_idx", "room")
