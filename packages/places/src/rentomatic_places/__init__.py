"""Names and positions of places, in a read-only SQLite file."""

from rentomatic_places.gazetteer import SqliteGazetteer

__all__ = ["SqliteGazetteer"]
