"""Had a position index that needed an extension; revision d2a94c6e8f15 replaces it."""

from alembic import op

revision = "9e3d5b7a1c46"
down_revision = "c51e7a90d2b4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create nothing, so that new databases do not need the extension."""


def downgrade() -> None:
    op.execute("DROP INDEX IF EXISTS room_position_idx")
