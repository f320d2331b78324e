"""The context of the application: everything that its views and middleware depend on."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import cast

from flask import Flask, Response, current_app

from rentomatic.repository.gazetteer import Gazetteer
from rentomatic.repository.protocols import RoomRepository, TokenReader
from rentomatic.settings.settings import Settings
from rentomatic.use_cases.places_with_rooms import PlacesWithRooms
from rentomatic_web.metrics.metrics import Metrics
from rentomatic_web.storage.kept import Kept
from rentomatic_web.storage.slots import Slots


@dataclass(frozen=True)
class Context:
    """Settings, storage, places and metrics of an application, and the pages that the API shows.

    `rooms` are as visitors see them; `exact_rooms`, with their doors, are for editors and for all
    writes. `room_page` gets a code. The folders `uploads` and `sign_outs` may not exist yet.
    """

    settings: Settings
    rooms: RoomRepository
    exact_rooms: RoomRepository
    tokens: TokenReader
    places: Gazetteer
    places_with_rooms: Kept[PlacesWithRooms]
    sitemap_cuts: Kept[list[str]]
    metrics: Metrics
    uploads: Path
    sign_outs: Path
    photo_slots: Slots
    room_page: Callable[[str], Response]
    error_page: Callable[[HTTPStatus, str], Response]


def context_of(app: Flask) -> Context:
    return cast(Context, app.extensions["rentomatic"])


def current() -> Context:
    """Return the context of the application that handles this request."""
    return context_of(current_app)
