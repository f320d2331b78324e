"""Rooms that were there and have been deleted or withdrawn."""

from datetime import datetime, timedelta
from typing import NamedTuple

# A storage remembers them for this time.
REMEMBERED = timedelta(days=365)


class WithdrawnRoom(NamedTuple):
    """The code of a room that is gone, its last position, and when it was deleted."""

    code: str
    longitude: float
    latitude: float
    time: datetime

    def is_expired(self, now: datetime) -> bool:
        return self.time < now - REMEMBERED
