"""Sessions of visitors who signed in with a token: a signed cookie, and CSRF protection."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from secrets import token_hex
from urllib.parse import quote

from flask import (
    Flask,
    Request,
    Response,
    abort,
    current_app,
    flash,
    g,
    redirect,
    request,
    session,
)
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_babel import gettext
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from markupsafe import Markup
from werkzeug.exceptions import BadRequest, Forbidden, ServiceUnavailable

from rentomatic.domain.tokens import Action, Token
from rentomatic.errors import RepositoryUnavailable
from rentomatic.use_cases.tokens import authenticate_session
from rentomatic_web.context import current
from rentomatic_web.middleware import sign_outs
from rentomatic_web.request import current_request

LIFETIME = timedelta(hours=12)
NO_KEY = "Nobody can sign in here: RENTOMATIC_SECRET_KEY is not set"
STALE = "This form has expired. Reload the page and try again"

csrf = CSRFProtect()


class Sessions(SecureCookieSessionInterface):
    """Sessions whose cookie is Secure if the request came over https.

    Requests without cookies, such as most of the API's, cost no time.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if app.secret_key and "HTTP_COOKIE" not in request.environ:
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.accessed or session.modified:
            super().save_session(app, session, response)

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 (Flask's signature)
        return request.is_secure


def init_app(app: Flask) -> None:
    app.session_interface = Sessions()
    app.config.update(
        PERMANENT_SESSION_LIFETIME=LIFETIME,
        SESSION_COOKIE_NAME="rentomatic",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        # The API needs no CSRF protection: it takes bearer tokens only.
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        # Browsers may omit the Referer; the token in the form is enough.
        WTF_CSRF_SSL_STRICT=False,
    )
    csrf.init_app(app)
    app.context_processor(lambda: {"signed_in": _header_token()})
    app.jinja_env.globals.update(Action=Action, csrf_field=csrf_field)


def csrf_field() -> Markup:
    """Return the hidden field of every form that changes something."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def check_form() -> None:
    """Raise BadRequest unless the form has the CSRF token of this session."""
    if not current_app.secret_key:
        raise ServiceUnavailable(NO_KEY)
    try:
        csrf.protect()
    except CSRFError:
        raise BadRequest(STALE) from None


def sign_in(token: Token) -> None:
    """Start a session for the token."""
    session.clear()
    session.permanent = True
    now = datetime.now(UTC).timestamp()
    claim = {"name": token.name, "digest": token.digest, "since": now, "id": token_hex(16)}
    session["visitor"] = claim


def sign_out() -> None:
    """End the session; copies of its cookie are refused afterwards."""
    if claim := session.get("visitor"):
        sign_outs.record(str(claim.get("id", "")), LIFETIME)
    session.clear()


def session_token() -> Token | None:
    """Return the token of the session, or None; a session whose token is invalid ends."""
    if "visitor" not in g:
        g.visitor = _load_token()
    token: Token | None = g.visitor
    return token


def require(action: Action) -> Token:
    """Return the session's token, or redirect to the sign-in page; raise Forbidden by its role."""
    token = session_token()
    if token is None:
        here = request.full_path.rstrip("?")
        abort(redirect(f"/sign-in?next={quote(here, safe='/')}", HTTPStatus.SEE_OTHER))
    check_role(token, action)
    return token


def check_role(token: Token, action: Action) -> None:
    """Store the token in the request; raise Forbidden if it does not allow the action."""
    current_request().token = token
    if not token.may(action):
        raise Forbidden(f"The token {token.name} may not {action}")


def _load_token() -> Token | None:
    claim = session.get("visitor")
    if claim is None:
        return None
    now = datetime.now(UTC)
    has_expired = now.timestamp() >= claim["since"] + LIFETIME.total_seconds()
    if not has_expired and not sign_outs.is_recorded(str(claim.get("id", ""))):
        token = authenticate_session(current().tokens, claim["name"], claim["digest"], now)
        if token:
            return token
    session.clear()
    flash(gettext("You have been signed out, because your token is no longer valid."))
    return None


def _header_token() -> Token | None:
    """Return the token for the page's header; None while the storage cannot be reached."""
    try:
        return session_token()
    except RepositoryUnavailable:
        return None
