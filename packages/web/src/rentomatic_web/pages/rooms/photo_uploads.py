"""The form on the page of a room that adds a photo."""

from http import HTTPStatus

from flask import Response, flash, redirect, request
from flask.typing import ResponseReturnValue

from rentomatic.domain.tokens import Action
from rentomatic.errors import InvalidRequest
from rentomatic_web.api.bodies import discard
from rentomatic_web.api.photos import add_photo
from rentomatic_web.context import current
from rentomatic_web.middleware.access import policy
from rentomatic_web.pages.rendering import bp
from rentomatic_web.pages.rooms.room import room_page
from rentomatic_web.pages.texts.messages import problems_of
from rentomatic_web.pages.texts.translations import gettext

UPLOAD = "pages.upload_photo"


def accept_photo() -> None:
    """Allow a large body for photos that are kept here, before the form is parsed."""
    settings = current().settings
    if request.endpoint == UPLOAD and settings.photo_folder:
        request.max_content_length = settings.photo_limit


@bp.after_request
def discard_photo(response: Response) -> Response:
    """Read the rest of a rejected photo: otherwise Nginx can lose the response."""
    if request.endpoint == UPLOAD:
        discard(current().settings.photo_limit)
    return response


@bp.post("/rooms/<code:code>/edit/photos")
@policy(Action.EDIT)
def upload_photo(code: str) -> ResponseReturnValue:
    """Add the photo to the room as its last one."""
    file = request.files.get("photo")
    if file is None or not file.filename:
        return _problems(code, {"photo": gettext("must be chosen")})
    try:
        add_photo(code, file.stream, request.form.get("alt", ""), check=lambda _: None)
    except InvalidRequest as error:
        return _problems(code, problems_of(error))
    flash(gettext("Photo added."))
    return redirect(f"/rooms/{code}", HTTPStatus.SEE_OTHER)


def _problems(code: str, problems: dict[str, str]) -> Response:
    """Show the room again, with the problems of the form."""
    return room_page(code, problems, HTTPStatus.BAD_REQUEST)
