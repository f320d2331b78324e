"""Rooms added, changed and removed by who has signed in."""

from http import HTTPStatus
from uuid import uuid4

from flask import current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import PreconditionFailed

from rentomatic.domain.room import Room
from rentomatic.domain.tokens import Action
from rentomatic.errors import RoomConflict
from rentomatic.use_cases.edit import add_room, change_room, remove_room
from rentomatic.use_cases.search import read_room
from rentomatic_web.api.preconditions import tag_of
from rentomatic_web.pages import forms
from rentomatic_web.pages.rendering import bp, html
from rentomatic_web.pages.session import require
from rentomatic_web.repository import current_rooms


@bp.get("/rooms/new")
def new() -> ResponseReturnValue:
    """Ask for a new room; its code is made with the form, so that sending it twice adds one."""
    require(Action.EDIT)
    return _form("new", {"code": str(uuid4())})


@bp.post("/rooms/new")
def add() -> ResponseReturnValue:
    """Add the room that was typed in, or put back one that was deleted."""
    require(Action.EDIT)
    texts = forms.typed(request.form)
    room, problems = forms.read(texts)
    if room is None:
        return _form("new", texts, HTTPStatus.BAD_REQUEST, problems=problems)
    g.code = room.code
    try:
        add_room(current_rooms(), room)
    except RoomConflict as error:
        problems = {"code": str(error)}
        return _form("new", texts, HTTPStatus.CONFLICT, problems=problems)
    flash("The room is there.")
    return _to(room.code)


@bp.get("/rooms/<code:code>/edit")
def edit(code: str) -> ResponseReturnValue:
    """Show a room to be changed."""
    require(Action.EDIT)
    room = read_room(current_rooms(), code)
    return _form("edit", forms.texts_of(room), tag=tag_of(room))


@bp.post("/rooms/<code:code>/edit")
def change(code: str) -> ResponseReturnValue:
    """Keep the room as it was typed in, unless it has changed since the form was made."""
    require(Action.EDIT)
    texts = {**forms.typed(request.form), "code": code}
    room, problems = forms.read(texts)
    if room is None:
        tag = request.form.get("tag")
        return _form("edit", texts, HTTPStatus.BAD_REQUEST, problems=problems, tag=tag)
    wanted = room

    def replaced(old: Room) -> Room:
        _meet(old)
        return wanted

    try:
        change_room(current_rooms(), code, replaced)
    except PreconditionFailed:
        there = read_room(current_rooms(), code)
        status = HTTPStatus.PRECONDITION_FAILED
        return _form("edit", texts, status, there=there, mine=wanted, tag=tag_of(there))
    flash("The room has been changed.")
    return _to(code)


@bp.get("/rooms/<code:code>/delete")
def confirm(code: str) -> ResponseReturnValue:
    """Ask whether the room is really to be deleted."""
    require(Action.EDIT)
    return _confirmation(read_room(current_rooms(), code))


@bp.post("/rooms/<code:code>/delete")
def remove(code: str) -> ResponseReturnValue:
    """Delete the room that was shown, and offer to put it back."""
    require(Action.EDIT)
    room = read_room(current_rooms(), code)
    try:
        remove_room(current_rooms(), code, _meet)
    except PreconditionFailed:
        there = read_room(current_rooms(), code)
        return _confirmation(there, HTTPStatus.PRECONDITION_FAILED)
    flash(vars(room), "deleted")  # type: ignore[arg-type]
    return redirect("/", HTTPStatus.SEE_OTHER)


def _meet(room: Room) -> None:
    """Raise PreconditionFailed unless the room is still the one that the form was made from."""
    if tag_of(room) != request.form.get("tag"):
        raise PreconditionFailed


def _form(
    name: str, texts: dict[str, str], status: HTTPStatus = HTTPStatus.OK, **more: object
) -> ResponseReturnValue:
    money = f"{current_app.config['CURRENCY']} per {current_app.config['RENTAL_PERIOD']}"
    fields = forms.form_fields(money)
    labels = {field.name: field.label for field in fields}
    text = render_template(f"pages/{name}.html", texts=texts, fields=fields, labels=labels, **more)
    return html(text, status)


def _confirmation(room: Room, status: HTTPStatus = HTTPStatus.OK) -> ResponseReturnValue:
    changed = status is not HTTPStatus.OK
    page = render_template("pages/delete.html", room=room, tag=tag_of(room), changed=changed)
    return html(page, status)


def _to(code: str) -> ResponseReturnValue:
    return redirect(f"/rooms/{code}", HTTPStatus.SEE_OTHER)
