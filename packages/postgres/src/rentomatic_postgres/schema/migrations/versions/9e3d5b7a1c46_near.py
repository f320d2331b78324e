"""Position index, for search by distance."""

from alembic import op

revision = "9e3d5b7a1c46"
down_revision = "c51e7a90d2b4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A trusted extension: it needs CREATE on the database only. A downgrade does not drop it.
    op.execute("CREATE EXTENSION IF NOT EXISTS cube")
    op.execute(
        "CREATE INDEX room_position_idx ON room USING gist (cube(ARRAY["
        "cosd(latitude) * cosd(longitude), cosd(latitude) * sind(longitude), sind(latitude)]))"
        " INCLUDE (longitude, latitude)"
    )


def downgrade() -> None:
    op.drop_index("room_position_idx", "room")
