"""Names and positions of places, in a read-only SQLite file."""
