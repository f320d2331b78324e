"""Checks whether the rooms are stored as RENTOMATIC_POSITIONS says."""

from contextlib import closing

from rentomatic.checks import Results, error, ok
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.protocols import RoomRepository
from rentomatic.settings.settings import Settings, open_storage
from rentomatic.use_cases.positions import count_misplaced, has_other_key

SUBJECT = "positions"
REMEDY = "Run rentomatic rooms positions"
KEY_REMEDY = "Restore the key of before; docs/operations.md describes how to replace a lost one"


def check(settings: Settings) -> Results:
    with closing(open_storage(settings).rooms) as rooms:
        try:
            rooms.check()
        except RepositoryUnavailable:
            return  # the check of the storage reports it
        yield from _compare(settings, rooms)


def _compare(settings: Settings, rooms: RoomRepository) -> Results:
    if settings.grid and has_other_key(rooms, settings.grid):
        message = "RENTOMATIC_POSITIONS_KEY is not the key that rooms are stored with"
        yield error(SUBJECT, message, KEY_REMEDY)
    elif misplaced := count_misplaced(rooms, settings.grid):
        message = f"Rooms that are not stored with {settings.positions} positions: {misplaced:,}"
        yield error(SUBJECT, message, REMEDY)
    else:
        yield ok(SUBJECT, f"All rooms are stored with {settings.positions} positions")
