"""Tokens."""

import sqlalchemy as sa
from alembic import op

revision = "b7a4d01f9c63"
down_revision = "9e3d5b7a1c46"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "token",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True)),
    )


def downgrade() -> None:
    op.drop_table("token")
