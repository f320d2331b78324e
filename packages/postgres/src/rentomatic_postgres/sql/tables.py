"""Tables at the newest revision."""

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    DateTime,
    Double,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    false,
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from rentomatic_postgres.errors import REFERENCE_KEY

metadata = MetaData()

# Fields in `details`. Filters, indexes and extended statistics must have the same expressions.
DETAILS: dict[str, ColumnElement[Any]] = {
    "kind": literal_column("(details ->> 'kind')", Text),
    "source": literal_column("(details ->> 'source')", Text),
    "reference": literal_column("(details ->> 'reference')", Text),
    "features": literal_column("(details -> 'features')", JSONB),
    "capacity": literal_column("((details ->> 'capacity')::integer)", Integer),
    "min_nights": literal_column("((details ->> 'min_nights')::integer)", Integer),
}
# Visitors cannot filter by the door: it has neither indexes nor statistics.
EXPRESSIONS = {**DETAILS, "door": literal_column("(details -> 'door')", JSONB)}
HAS_DETAILS = text("details IS NOT NULL")

room = Table(
    "room",
    metadata,
    # Unused, 0 in new rooms; a later migration drops it, since older code still names it.
    Column("id", Integer, nullable=False, server_default=text("0")),
    Column("code", Uuid(as_uuid=False), nullable=False),
    Column("size", Integer),
    Column("price", Integer, nullable=False),
    Column("longitude", Double, nullable=False),
    Column("latitude", Double, nullable=False),
    # The optional fields, as an object; null if all are empty. The flag is in covering indexes, so
    # that a page reads this column only of rooms that have it.
    Column("details", JSONB),
    Column("has_details", Boolean, nullable=False, server_default=false()),
    # The words for searches, weighted by the fields where they occur.
    Column("words", TSVECTOR),
    # Not the time of the transaction: bulk inserts append to the indexes of increasing times.
    Column(
        "created",
        DateTime(timezone=True),
        nullable=False,
        server_default=func.clock_timestamp(),
    ),
    Column(
        "updated",
        DateTime(timezone=True),
        nullable=False,
        server_default=func.clock_timestamp(),
    ),
    UniqueConstraint("code", name="room_code_key"),
    CheckConstraint("size >= 1", name="room_size_check"),
    CheckConstraint("price >= 0", name="room_price_check"),
    CheckConstraint("longitude >= -180 AND longitude <= 180", name="room_longitude_check"),
    CheckConstraint("latitude >= -90 AND latitude <= 90", name="room_latitude_check"),
    CheckConstraint("has_details = (details IS NOT NULL)", name="room_details_check"),
    # Rooms without details take no space in these indexes, and no time.
    *(
        Index(f"room_{name}_idx", DETAILS[name], postgresql_where=HAS_DETAILS)
        for name in ("kind", "capacity", "min_nights")
    ),
    Index(
        "room_features_idx",
        DETAILS["features"],
        postgresql_using="gin",
        postgresql_where=HAS_DETAILS,
    ),
    Index(
        REFERENCE_KEY,
        DETAILS["source"],
        DETAILS["reference"],
        unique=True,
        postgresql_where=HAS_DETAILS,
    ),
    Index("room_words_idx", "words", postgresql_using="gin"),
)

token = Table(
    "token",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("created", DateTime(timezone=True), nullable=False),
    Column("expires", DateTime(timezone=True)),
)

# The last positions of rooms that were deleted.
withdrawn_room = Table(
    "withdrawn_room",
    metadata,
    Column("code", Uuid(as_uuid=False), primary_key=True),
    Column("longitude", Double, nullable=False),
    Column("latitude", Double, nullable=False),
    Column(
        "time",
        DateTime(timezone=True),
        nullable=False,
        server_default=func.clock_timestamp(),
    ),
    Index("withdrawn_room_time_idx", "time"),
)

# Covering index: a page by price, the default order, is an index-only scan.
Index(
    "room_price_code_idx",
    room.c.price,
    room.c.code,
    postgresql_include=["size", "longitude", "latitude", "has_details"],
)
for _field in ("size", "longitude", "latitude", "created", "updated"):
    Index(f"room_{_field}_code_idx", room.c[_field], room.c.code)

# Covering index: boxes and the nearest rooms are index-only scans.
Index(
    "room_point_idx",
    func.point(room.c.longitude, room.c.latitude),
    postgresql_using="spgist",
    postgresql_include=["code", "size", "price", "longitude", "latitude", "has_details"],
)
