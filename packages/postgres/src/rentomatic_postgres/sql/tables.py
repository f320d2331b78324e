"""The tables as the newest migration leaves them."""

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
    # For code of earlier versions, until a migration drops it: new rooms have 0.
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

_OTHERS = [name for name in FIELDS if name not in ("price", "code")]

# A page by price is read from this index alone, without a look at the table.
Index("room_price_code_idx", room.c.price, room.c.code, postgresql_include=_OTHERS)
for _field in _OTHERS:
    Index(f"room_{_field}_code_idx", room.c[_field], room.c.code)


def unit_vector(
    longitude: ColumnElement[float], latitude: ColumnElement[float]
) -> ColumnElement[Any]:
    """Return the place on a sphere around the origin, as a point of the extension cube.

    cosd and sind are exact at the poles and the antimeridian, where places have several names.
    """
    from_axis = func.cosd(latitude)
    return func.cube(
        array(
            [
                from_axis * func.cosd(longitude),
                from_axis * func.sind(longitude),
                func.sind(latitude),
            ]
        )
    )


# Rooms from the nearest to the furthest. With what it is worked out of, it can count them alone.
Index(
    "room_position_idx",
    unit_vector(room.c.longitude, room.c.latitude),
    postgresql_using="gist",
    postgresql_include=["longitude", "latitude"],
)
