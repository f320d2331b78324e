"""Conditions on writes: which room must be there, by its tag (RFC 9110, section 13)."""

from flask import current_app, request
from werkzeug.exceptions import PreconditionFailed

from rentomatic.domain.room import Room
from rentomatic.serializers.rooms import room_to_dict
from rentomatic_web.middleware.etags import strong_tag

NOT_MET = "The room is not what If-Match names, or is what If-None-Match does"


def tag_of(room: Room) -> str:
    """Return the tag, without quotes, that a client has got with the room."""
    return strong_tag(current_app.json.dumps(room_to_dict(room)).encode())


def meet(room: Room | None) -> None:
    """Raise PreconditionFailed unless the request allows for the room that is there, or for none.

    An If-Match that names no tag at all is met by nothing.
    """
    named = tag_of(room) if room else None
    if "If-Match" in request.headers:
        wanted = request.if_match
        if named is None or not (wanted.star_tag or wanted.contains(named)):
            raise PreconditionFailed(NOT_MET)
    refused = request.if_none_match
    if named and (refused.star_tag or refused.contains_weak(named)):
        raise PreconditionFailed(NOT_MET)
