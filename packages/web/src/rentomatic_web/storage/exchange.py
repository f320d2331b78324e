"""The last write of the session, the age of results in the response, and work after it."""

import time
from collections.abc import Callable

from flask import Response, after_this_request, has_request_context, request, session

WRITTEN = "written"  # in the session
HAS_WORK = "rentomatic.work"  # in the WSGI environment


def record_write() -> None:
    """Record in the session, if there is one, that it has changed rooms now."""
    if _has_session():
        session[WRITTEN] = time.time()


def last_write() -> float:
    """Return the Unix time of the session's last write, or 0."""
    return float(session.get(WRITTEN, 0)) if _has_session() else 0.0


def report_age(seconds: float) -> None:
    """Send the age of the oldest result in the response (RFC 9111, section 5.1)."""
    if not has_request_context():
        return

    @after_this_request
    def add_header(response: Response) -> Response:
        if response.status_code == 200:
            age = max(int(seconds), int(response.headers.get("Age", 0)))
            response.headers["Age"] = str(age)
        return response


def after_response(work: Callable[[], None]) -> None:
    """Do the work in this process after the response has been sent.

    Only the first work of a request is done, so that it ends before the timeout.
    """
    if not has_request_context() or HAS_WORK in request.environ:
        return
    request.environ[HAS_WORK] = True

    @after_this_request
    def register(response: Response) -> Response:
        response.call_on_close(work)
        return response


def _has_session() -> bool:
    # Without a cookie, do not open the session: that would add `Vary: Cookie` to the response.
    return has_request_context() and "HTTP_COOKIE" in request.environ and bool(session)
