"""Rooms kept in MongoDB: an adapter of rentomatic.repository, found by its URL's scheme."""

from rentomatic_mongo.connecting import connect
from rentomatic_mongo.rooms import MongoRooms

__all__ = ["MongoRooms", "connect"]
