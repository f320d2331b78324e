"""The rooms that the application was made with."""

from typing import cast

from flask import current_app

from rentomatic.repository.protocols import RoomRepository


def current_rooms() -> RoomRepository:
    """Return the repository that the application was made with."""
    return cast(RoomRepository, current_app.extensions["rooms"])
