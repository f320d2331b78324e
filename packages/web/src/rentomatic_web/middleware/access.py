"""Access to views: each view declares its action, and tokens allow actions (RFC 6750)."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from typing import Any, NamedTuple, TypeVar

from flask import Flask, current_app, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from rentomatic.domain.tokens import Action
from rentomatic.repository.protocols import RoomRepository
from rentomatic.use_cases.tokens import authenticate
from rentomatic_web.context import current
from rentomatic_web.middleware import session
from rentomatic_web.middleware.negotiation import HTML, prefers
from rentomatic_web.request import Request, current_request

View = TypeVar("View", bound=Callable[..., Any])

CHALLENGE: dict[str, str | None] = {"realm": "rentomatic"}


class Cache(Enum):
    """How a successful response to GET may be cached."""

    REVALIDATE = "stored, and checked by its ETag before each use"
    LIST = "as REVALIDATE, or for one second if the micro-cache is on"
    ROOM = "as REVALIDATE, with a strong ETag for If-Match"
    NEVER = "not at all"


class Policy(NamedTuple):
    """A view's policy. `action` is None if anyone may call the view, or if it checks that itself.

    `negotiated` means that Accept selects the format.
    """

    action: Action | None
    cache: Cache = Cache.REVALIDATE
    negotiated: bool = False


def policy(
    action: Action | None, cache: Cache = Cache.REVALIDATE, negotiated: bool = False
) -> Callable[[View], View]:
    """Declare the policy of a view. Views without one are forbidden."""

    def declare(view: View) -> View:
        view.policy = Policy(action, cache, negotiated)  # type: ignore[attr-defined]
        return view

    return declare


def policy_of(request: Request) -> Policy | None:
    """Return the policy of the requested view; None without a view or a policy."""
    endpoint = request.endpoint or ""
    if endpoint.endswith(".static"):
        return Policy(None)
    return getattr(current_app.view_functions.get(endpoint), "policy", None)


def init_app(app: Flask) -> None:
    """Check the policy before every view."""
    app.before_request(check_policy)


def check_policy() -> None:
    request = current_request()
    # Flask answers OPTIONS itself, by methods alone: browsers send it without a token.
    if request.endpoint is None or request.method == "OPTIONS":
        return
    declared = policy_of(request)
    if declared is None:
        raise Forbidden
    is_open = declared.action is Action.READ and current().settings.reading == "public"
    if declared.action and not is_open:
        authorize(declared.action)


def authorize(action: Action) -> None:
    """Require a token that allows the action: of the session on pages, else a bearer token.

    The site's own pages may use the session to read from the API. Browsers send Sec-Fetch-Site,
    which pages of other sites cannot forge.
    """
    if is_page():
        session.require(action)
    elif action is Action.READ and _is_from_our_page() and (token := session.session_token()):
        session.check_role(token, action)
    else:
        require_bearer_token(action)


def rooms_for_token() -> RoomRepository:
    """Return the rooms with their doors if the bearer token may edit rooms.

    The response is then stored nowhere. Raises Unauthorized if the token is invalid, because its
    owner would take the positions that visitors see for those of the doors.
    """
    context, request = current(), current_request()
    if context.settings.positions == "exact":
        return context.rooms
    request.is_for_editors = False
    if request.authorization:
        require_bearer_token(Action.READ)
        request.is_for_editors = request.token.may(Action.EDIT)
    return context.exact_rooms if request.is_for_editors else context.rooms


def is_page() -> bool:
    """Return whether the response is a page: always, or because the client prefers it."""
    return request.blueprint == "pages" or (request.endpoint == "rooms.read" and prefers(HTML))


def require_bearer_token(action: Action) -> None:
    """Require a bearer token that allows the action, and store it in the request.

    Raises Unauthorized without a valid token, and Forbidden if the token does not allow the action
    or no token exists.
    """
    shown = request.authorization
    text = shown.token if shown and shown.type == "bearer" else None
    token = authenticate(current().tokens, text, datetime.now(UTC)) if text else None
    if token is None:
        current().metrics.record_token_check("refused" if text else "missing")
        raise _refused(text)
    current().metrics.record_token_check("accepted" if token.may(action) else "forbidden")
    session.check_role(token, action)


def _is_from_our_page() -> bool:
    return not request.authorization and request.headers.get("Sec-Fetch-Site") == "same-origin"


def _refused(text: str | None) -> Unauthorized | Forbidden:
    if not current().tokens.list():
        return Forbidden("This needs a token, and no token exists yet")
    challenge = CHALLENGE | ({"error": "invalid_token"} if text else {})
    message = "The token is unknown or no longer valid" if text else "This needs a token"
    return Unauthorized(message, www_authenticate=WWWAuthenticate("bearer", challenge))
