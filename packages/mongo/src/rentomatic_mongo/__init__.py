"""Storage of rooms and tokens in MongoDB."""

from rentomatic_mongo.connections import connect
from rentomatic_mongo.rooms import MongoRooms

__all__ = ["MongoRooms", "connect"]
