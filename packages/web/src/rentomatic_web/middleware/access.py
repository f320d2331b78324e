"""Who may do what: bearer tokens (RFC 6750)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from flask import Flask, Response, current_app, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from rentomatic.domain.tokens import Action, Token
from rentomatic.repository.protocols import Tokens
from rentomatic.use_cases.tokens import authenticate
from rentomatic_web.metrics.metrics import current_metrics

View = TypeVar("View", bound=Callable[..., Any])

CHALLENGE: dict[str, str | None] = {"realm": "rentomatic"}


def current_tokens() -> Tokens:
    """Return the tokens that the application was made with."""
    return cast(Tokens, current_app.extensions["tokens"])


def authorize(action: Action) -> None:
    """Let the request go on when its token allows the action; `g.token` is the token then.

    Raises Unauthorized without a token that holds, and Forbidden when it is for something else, or
    when nobody has a token at all.
    """
    shown = request.authorization
    text = shown.token if shown and shown.type == "bearer" else None
    token = authenticate(current_tokens(), text, datetime.now(UTC)) if text else None
    if token is None:
        current_metrics().checked("refused" if text else "missing")
        raise _refused(text)
    current_metrics().checked("accepted" if token.may(action) else "forbidden")
    permit(token, action)


def permit(token: Token, action: Action) -> None:
    """Let the request go on as the token's, `g.token`; raise Forbidden when it may not do this."""
    g.token = token
    if not token.may(action):
        raise Forbidden(f"The token {token.name} is not for this: it may not {action}")


def public(view: View) -> View:
    """Declare a view that needs no token to read rooms, or that checks its own permission."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def close_reading(app: Flask, permit: Callable[[], None]) -> None:
    """Call `permit` before every view that is not declared public, and mark responses private."""

    @app.before_request
    def check() -> None:
        view = app.view_functions.get(request.endpoint or "")
        # Flask answers OPTIONS itself, by methods alone: browsers send it without a token.
        is_public = hasattr(view, "is_public") or (request.endpoint or "").endswith(".static")
        if view and request.method != "OPTIONS" and not is_public:
            permit()

    app.after_request(keep_private)


def keep_private(response: Response) -> Response:
    """Let no cache keep the answer for others."""
    lifetime = response.headers.get("Cache-Control")
    if lifetime:
        response.headers["Cache-Control"] = lifetime.replace("public", "private")
    return response


def _refused(text: str | None) -> Unauthorized | Forbidden:
    if not current_tokens().list():
        return Forbidden("This needs a token, and none has been made yet")
    challenge = CHALLENGE | ({"error": "invalid_token"} if text else {})
    message = "The token is unknown, or no longer holds" if text else "This needs a token"
    return Unauthorized(message, www_authenticate=WWWAuthenticate("bearer", challenge))
