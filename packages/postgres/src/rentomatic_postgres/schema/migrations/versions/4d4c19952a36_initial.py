"""The book's table of rooms; adopts a table that the book's code created without Alembic."""

from alembic import op

revision = "4d4c19952a36"
down_revision = None
branch_labels = None
depends_on = None

# In SQL, so that it also works offline (`alembic upgrade --sql`).
CREATE_OR_ADOPT = """
DO $$
DECLARE
    book CONSTANT text := 'code character varying(36), id integer, latitude double precision, '
        'longitude double precision, price integer, size integer';
    found text;
BEGIN
    SELECT string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' ORDER BY attname)
        INTO found
        FROM pg_attribute
        WHERE attrelid = to_regclass('room') AND attnum > 0 AND NOT attisdropped;
    IF to_regclass('room') IS NULL THEN
        CREATE TABLE room (
            id SERIAL PRIMARY KEY,
            code VARCHAR(36) NOT NULL,
            size INTEGER,
            price INTEGER,
            longitude DOUBLE PRECISION,
            latitude DOUBLE PRECISION
        );
    ELSIF found IS DISTINCT FROM book THEN
        RAISE EXCEPTION USING ERRCODE = 'RM001', MESSAGE =
            'The table room has the columns ' || coalesce(found, '(none)')
            || '; expected ' || book;
    END IF;
END
$$
"""


def upgrade() -> None:
    op.execute(CREATE_OR_ADOPT)


def downgrade() -> None:
    op.drop_table("room")
