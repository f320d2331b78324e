"""Tables at the newest revision."""

from typing import Any

from sqlalchemy import (
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
    func,
    text,
)
from sqlalchemy.dialects.postgresql import array

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


def unit_vector(
    longitude: ColumnElement[float], latitude: ColumnElement[float]
) -> ColumnElement[Any]:
    """Return the point on the unit sphere, as a value of the extension cube.

    cosd and sind are exact, so a pole or a point on the antimeridian, which has several
    coordinates, is one vector.
    """
    cos_latitude = func.cosd(latitude)
    return func.cube(
        array(
            [
                cos_latitude * func.cosd(longitude),
                cos_latitude * func.sind(longitude),
                func.sind(latitude),
            ]
        )
    )


# Nearest-neighbour index; including longitude and latitude allows index-only counts.
Index(
    "room_position_idx",
    unit_vector(room.c.longitude, room.c.latitude),
    postgresql_using="gist",
    postgresql_include=["longitude", "latitude"],
)
