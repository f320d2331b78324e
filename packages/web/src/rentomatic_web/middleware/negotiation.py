"""The format of a response that a client prefers (RFC 9110, section 12.5.1)."""

from functools import lru_cache

from flask import request
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

JSON = "application/json"
HTML = "text/html"


def preferred(*media_types: str) -> str | None:
    """Return the media type that the client prefers; the first without Accept, None if none fits.

    Media ranges are compared by type and subtype alone: parameters such as `charset` or `header`
    describe how a format is sent, and each format is sent in one way.
    """
    return _preferred(request.environ.get("HTTP_ACCEPT", ""), media_types)


def prefers(media_type: str) -> bool:
    """Return whether the client prefers a media type to JSON; `*/*` does not mean that."""
    return preferred(JSON, media_type) == media_type


@lru_cache(maxsize=64)  # most clients send one of a few values
def _preferred(accept: str, media_types: tuple[str, ...]) -> str | None:
    ranges = parse_accept_header(accept, MIMEAccept)
    if not ranges:
        return media_types[0]
    plain = MIMEAccept((name.partition(";")[0].strip(), quality) for name, quality in ranges)
    return plain.best_match(media_types)
