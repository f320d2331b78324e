"""Tables at the newest revision."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Double,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)

from rentomatic.domain.room import FIELDS

metadata = MetaData()

room = Table(
    "room",
    metadata,
    # Unused, 0 in new rooms; a later migration drops it, since older code still names it.
    Column("id", Integer, nullable=False, server_default=text("0")),
    Column("code", Uuid(as_uuid=False), nullable=False),
    Column("size", Integer, nullable=False),
    Column("price", Integer, nullable=False),
    Column("longitude", Double, nullable=False),
    Column("latitude", Double, nullable=False),
    UniqueConstraint("code", name="room_code_key"),
    CheckConstraint("size >= 1", name="room_size_check"),
    CheckConstraint("price >= 0", name="room_price_check"),
    CheckConstraint("longitude >= -180 AND longitude <= 180", name="room_longitude_check"),
    CheckConstraint("latitude >= -90 AND latitude <= 90", name="room_latitude_check"),
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

_INCLUDED = [name for name in FIELDS if name not in ("price", "code")]

# Covering index: a page by price, the default order, is an index-only scan.
Index("room_price_code_idx", room.c.price, room.c.code, postgresql_include=_INCLUDED)
for _field in _INCLUDED:
    Index(f"room_{_field}_code_idx", room.c[_field], room.c.code)

# Covering index: boxes and the nearest rooms are index-only scans.
Index(
    "room_point_idx",
    func.point(room.c.longitude, room.c.latitude),
    postgresql_using="spgist",
    postgresql_include=list(FIELDS),
)
