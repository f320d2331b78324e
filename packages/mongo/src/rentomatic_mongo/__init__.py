"""Rooms and tokens kept in MongoDB."""

from rentomatic_mongo.connecting import connect
from rentomatic_mongo.rooms import MongoRooms

__all__ = ["MongoRooms", "connect"]
