"""Uploads of photos, which are kept here and shown with a room."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import IO, NamedTuple

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import Forbidden, ServiceUnavailable, UnsupportedMediaType

from rentomatic.domain.fields import Photo, Photos
from rentomatic.domain.room import Room
from rentomatic.domain.tokens import Action
from rentomatic.errors import InvalidRequest, Problem
from rentomatic.requests.parameters import Parameters
from rentomatic.use_cases.edit import change_room
from rentomatic.use_cases.search import read_room
from rentomatic_web.api.bodies import discard, limited
from rentomatic_web.api.openapi.parameters import HEADER
from rentomatic_web.api.openapi.schemas import BINARY, PHOTO_FORM
from rentomatic_web.api.preconditions import Precondition
from rentomatic_web.api.rooms import FAILURES_OF_CHANGES, room_response, writes_room
from rentomatic_web.context import current
from rentomatic_web.middleware.access import policy
from rentomatic_web.photos.images import MEDIA_TYPES, encode
from rentomatic_web.photos.store import save, url_of

FORM = "multipart/form-data"
PARAMETERS = ("photo", "alt")

bp = Blueprint("photos", __name__)


class Added(NamedTuple):
    """A room with a photo; `is_new` is false if the room had the photo before."""

    room: Room
    url: str
    is_new: bool


@bp.post("/rooms/<code:code>/photos")
@policy(Action.EDIT, negotiated=True)
@writes_room(
    "code",
    "alt",
    *HEADER,
    failures=FAILURES_OF_CHANGES,
    statuses=(HTTPStatus.OK, HTTPStatus.CREATED),
    body={**{name: {"schema": BINARY} for name in MEDIA_TYPES}, FORM: {"schema": PHOTO_FORM}},
)
def upload(code: str) -> Response:
    """Add a photo to a room: a JPEG, PNG, WebP or AVIF, as the body or in a form.

    The photo becomes the last one. It is kept in two sizes of WebP, upright, in sRGB and without
    metadata. Idempotent: a photo that the room has already is not added again.
    """
    require_folder()
    with limited(current().settings.photo_limit):
        file, alt = _upload()
    added = add_photo(code, file, alt, Precondition.of(request).check)
    status = HTTPStatus.CREATED if added.is_new else HTTPStatus.OK
    return room_response(added.room, status, added.url)


@bp.after_request
def discard_body(response: Response) -> Response:
    """Read the rest of the body: otherwise Nginx can lose the response."""
    discard(current().settings.photo_limit)
    return response


def require_folder() -> Path:
    """Return the folder of photos.

    Raises Forbidden if no setting names one, and ServiceUnavailable if it cannot be written to.
    """
    setting = current().settings.photo_folder
    if not setting:
        raise Forbidden("Photos cannot be uploaded here: RENTOMATIC_PHOTO_FOLDER is not set")
    folder = Path(setting)
    with suppress(OSError):
        folder.mkdir(exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        current_app.logger.error("Photos cannot be saved in %s", folder)
        raise ServiceUnavailable("This server cannot save photos right now", retry_after=60)
    return folder


def add_photo(code: str, file: IO[bytes], alt: str, check: Callable[[Room], object]) -> Added:
    """Keep an uploaded photo, and add it to the room as its last one.

    `check` gets the room before it is changed; the errors that it raises stop the change.
    Raises RoomNotFound, the errors of require_folder, RepositoryUnavailable if too many photos are
    decoded now, and InvalidRequest for `photo`, `alt` and `photos` (too many).
    """
    context, folder = current(), require_folder()
    check(read_room(context.exact_rooms, code))  # before the photo is decoded
    text = _alternative(alt)
    with context.photo_slots.taken():
        url = url_of(save(folder, encode(file)))
    photo: Photo = {"url": url, "alt": text} if text else {"url": url}
    is_new = True

    def change(room: Room) -> Room:
        nonlocal is_new
        check(room)
        is_new = all(each["url"] != url for each in room.photos)
        return replace(room, photos=(*room.photos, photo)) if is_new else room

    return Added(change_room(context.exact_rooms, code, change), url, is_new)


def _alternative(text: str) -> str:
    """Return the normalized alternative text, which may be empty."""
    try:
        return Photos.alt.check(text) if text.strip() else ""
    except ValueError as error:
        raise InvalidRequest([Problem("alt", str(error))]) from None


def _upload() -> tuple[IO[bytes], str]:
    """Return the file in the body, and the alternative text in the query or in the form."""
    reader = Parameters(request.args.items(multi=True), ("alt",))
    if request.mimetype == FORM and {"alt"} & reader.texts.keys() & request.form.keys():
        reader.problems.append(Problem("alt", "is given more than once"))
    reader.raise_problems()
    alt = reader.texts.get("alt", "")
    if request.mimetype in MEDIA_TYPES:
        return BytesIO(request.get_data()), alt
    if request.mimetype != FORM:
        raise UnsupportedMediaType(f"The body must be {', '.join(MEDIA_TYPES)} or {FORM}")
    if problems := list(_form_problems()):
        raise InvalidRequest(problems)
    return request.files["photo"].stream, request.form.get("alt", alt)


def _form_problems() -> Iterator[Problem]:
    names = [name for values in (request.files, request.form) for name, _ in values.items(True)]
    for name in dict.fromkeys(names):
        if name not in PARAMETERS:
            yield Problem(name, "is not a known parameter")
        elif names.count(name) > 1:
            yield Problem(name, "is given more than once")
    if "photo" not in request.files:
        yield Problem("photo", "must be a file")
    if "alt" in request.files:
        yield Problem("alt", "must be text")
