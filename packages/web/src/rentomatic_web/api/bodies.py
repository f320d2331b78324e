"""Bodies that may be larger than those of other requests."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from flask import request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

BLOCK = 2**16
ENDS_EARLY = (RequestEntityTooLarge, ClientDisconnected, OSError)


@contextmanager
def limited(size: int, advice: str = "") -> Iterator[None]:
    """Allow a body of `size` bytes; the error for a larger one ends with the advice."""
    request.max_content_length = size
    try:
        yield
    except RequestEntityTooLarge:
        raise RequestEntityTooLarge(f"The body is larger than {size} bytes{advice}") from None


def discard(size: int) -> None:
    """Read the rest of a body of at most `size` bytes: otherwise Nginx can lose the response."""
    with suppress(*ENDS_EARLY), limited(size):
        while request.stream.read(BLOCK):
            pass
