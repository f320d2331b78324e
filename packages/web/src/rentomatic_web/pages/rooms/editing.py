"""Forms to create, change and delete rooms."""

from http import HTTPStatus
from uuid import uuid4

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import PreconditionFailed

from rentomatic.domain.room import Room
from rentomatic.domain.tokens import Action
from rentomatic.errors import ReferenceConflict, RoomConflict
from rentomatic.use_cases.edit import add_room, change_room, remove_room
from rentomatic.use_cases.search import read_room
from rentomatic_web.api.preconditions import etag_of
from rentomatic_web.context import current
from rentomatic_web.middleware.access import policy
from rentomatic_web.pages.rendering import bp, html
from rentomatic_web.pages.rooms import forms
from rentomatic_web.pages.rooms.cards import cards_of
from rentomatic_web.pages.texts.messages import translated
from rentomatic_web.pages.texts.numbers import currency_symbol
from rentomatic_web.pages.texts.translations import gettext
from rentomatic_web.pages.texts.wording import per_period
from rentomatic_web.request import current_request


@bp.get("/rooms/new")
@policy(Action.EDIT)
def new() -> ResponseReturnValue:
    """Show an empty form with a new code, so that sending it twice creates one room."""
    return _form("new", {"code": str(uuid4())})


@bp.post("/rooms/new")
@policy(Action.EDIT)
def add() -> ResponseReturnValue:
    """Create the room, or restore a deleted one."""
    texts = forms.texts_from(request.form)
    room, problems = forms.parse(texts)
    if room is None:
        return _form("new", texts, HTTPStatus.BAD_REQUEST, problems=problems)
    current_request().code = room.code
    try:
        add_room(current().exact_rooms, room)
    except (RoomConflict, ReferenceConflict) as error:
        return _form("new", texts, HTTPStatus.CONFLICT, problems=_conflict(error))
    flash(gettext("Room added."))
    return _to(room.code)


@bp.get("/rooms/<code:code>/edit")
@policy(Action.EDIT)
def edit(code: str) -> ResponseReturnValue:
    room = read_room(current().exact_rooms, code)
    return _form("edit", forms.texts_of(room), etag=etag_of(room))


@bp.post("/rooms/<code:code>/edit")
@policy(Action.EDIT)
def change(code: str) -> ResponseReturnValue:
    """Save the room, unless it was changed since the form was loaded."""
    texts = {**forms.texts_from(request.form), "code": code}
    room, problems = forms.parse(texts)
    etag = request.form.get("etag")
    if room is None:
        return _form("edit", texts, HTTPStatus.BAD_REQUEST, problems=problems, etag=etag)
    new = room

    def replaced(old: Room) -> Room:
        _check_etag(old)
        return new

    try:
        change_room(current().exact_rooms, code, replaced)
    except PreconditionFailed:
        current_room = read_room(current().exact_rooms, code)
        status, saved = HTTPStatus.PRECONDITION_FAILED, forms.texts_of(current_room)
        return _form("edit", texts, status, saved=saved, etag=etag_of(current_room))
    except ReferenceConflict as error:
        problems = _conflict(error)
        return _form("edit", texts, HTTPStatus.CONFLICT, problems=problems, etag=etag)
    flash(gettext("Room changed."))
    return _to(code)


@bp.get("/rooms/<code:code>/delete")
@policy(Action.EDIT)
def confirm(code: str) -> ResponseReturnValue:
    return _confirmation(read_room(current().exact_rooms, code))


@bp.post("/rooms/<code:code>/delete")
@policy(Action.EDIT)
def remove(code: str) -> ResponseReturnValue:
    """Delete the room, and offer to restore it."""
    room = read_room(current().exact_rooms, code)
    try:
        remove_room(current().exact_rooms, code, _check_etag)
    except PreconditionFailed:
        saved = read_room(current().exact_rooms, code)
        return _confirmation(saved, HTTPStatus.PRECONDITION_FAILED)
    # Not a redirect: the page has the fields of the room, which a cookie of 4 KB has not.
    (card,), texts = cards_of([room]), forms.texts_of(room)
    return html(render_template("pages/deleted.html", card=card, texts=texts))


def _check_etag(room: Room) -> None:
    """Raise PreconditionFailed if the room was changed since the form was loaded."""
    if etag_of(room) != request.form.get("etag"):
        raise PreconditionFailed


def _form(
    name: str, texts: dict[str, str], status: HTTPStatus = HTTPStatus.OK, **more: object
) -> ResponseReturnValue:
    groups = forms.form_groups(f"{currency_symbol(current().settings.currency)} {per_period()}")
    labels = {field.name: field.label for fields in groups.values() for field in fields}
    text = render_template(f"pages/{name}.html", texts=texts, groups=groups, labels=labels, **more)
    return html(text, status)


def _conflict(error: RoomConflict | ReferenceConflict) -> dict[str, str]:
    return {"code" if isinstance(error, RoomConflict) else "reference": translated(str(error))}


def _confirmation(room: Room, status: HTTPStatus = HTTPStatus.OK) -> ResponseReturnValue:
    changed = status is not HTTPStatus.OK
    page = render_template("pages/delete.html", room=room, etag=etag_of(room), changed=changed)
    return html(page, status)


def _to(code: str) -> ResponseReturnValue:
    return redirect(f"/rooms/{code}", HTTPStatus.SEE_OTHER)
