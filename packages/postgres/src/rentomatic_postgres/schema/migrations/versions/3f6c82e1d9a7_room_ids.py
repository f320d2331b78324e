"""Rooms have no id from a sequence any more, which could run out; the code identifies them.

The column remains for older code, with 0 in new rooms, until a later revision drops it.
"""

from alembic import op

revision = "3f6c82e1d9a7"
down_revision = "b7a4d01f9c63"
branch_labels = None
depends_on = None

# Changes catalogs only, no rows. No code reads ids or needs them to be unique. Without a primary
# key, logical replication needs a replica identity.
UPGRADE = """
ALTER TABLE room
    ALTER COLUMN id SET DEFAULT 0,
    -- squawk-ignore ban-drop-constraint
    DROP CONSTRAINT room_pkey,
    REPLICA IDENTITY USING INDEX room_code_key
"""

DOWNGRADE = (
    "UPDATE room SET id = nextval('room_id_seq') WHERE id = 0",
    """
    ALTER TABLE room
        ALTER COLUMN id SET DEFAULT nextval('room_id_seq'),
        ADD CONSTRAINT room_pkey PRIMARY KEY (id),
        REPLICA IDENTITY DEFAULT
    """,
)


def upgrade() -> None:
    op.execute(UPGRADE)


def downgrade() -> None:
    for statement in DOWNGRADE:
        op.execute(statement)
