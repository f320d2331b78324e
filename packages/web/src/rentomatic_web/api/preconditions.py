"""Preconditions of writes: If-Match and If-None-Match (RFC 9110, section 13)."""

from typing import NamedTuple, Self

import orjson
from flask import Request
from werkzeug.datastructures import ETags
from werkzeug.exceptions import PreconditionFailed

from rentomatic.domain.room import Room
from rentomatic.serializers.rooms import room_to_dict
from rentomatic_web.middleware.caching import strong_etag


def etag_of(room: Room) -> str:
    """Return the strong ETag of a room, without quotes."""
    return strong_etag(orjson.dumps(room_to_dict(room)))


class Precondition(NamedTuple):
    """The ETags that a client expects or excludes; `match` is None without If-Match."""

    match: ETags | None
    none_match: ETags

    @classmethod
    def of(cls, request: Request) -> Self:
        is_given = "If-Match" in request.headers
        return cls(request.if_match if is_given else None, request.if_none_match)

    def check(self, room: Room | None) -> None:
        """Raise PreconditionFailed unless the room, or its absence (None), satisfies this.

        An If-Match without a valid ETag matches no room.
        """
        etag = etag_of(room) if room else None
        if self.match is not None and not (etag and _contains(self.match, etag)):
            raise PreconditionFailed("The room does not satisfy If-Match")
        if etag and (self.none_match.star_tag or self.none_match.contains_weak(etag)):
            raise PreconditionFailed("The room does not satisfy If-None-Match")


def _contains(etags: ETags, etag: str) -> bool:
    return etags.star_tag or etags.contains(etag)
