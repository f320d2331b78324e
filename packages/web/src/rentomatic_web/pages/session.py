"""Who has signed in, as a signed cookie says and the tokens confirm."""

import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote

from flask import Flask, abort, current_app, flash, g, redirect, render_template, request, session
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from markupsafe import Markup
from werkzeug.exceptions import BadRequest, ServiceUnavailable

from rentomatic.errors import RepositoryUnavailable
from rentomatic.tokens import Action, Token, authenticate, recognize
from rentomatic_web.access import authorize, current_tokens, permit
from rentomatic_web.pages.rendering import bp, html, wants_page

LIFETIME = timedelta(hours=12)
# Browsers take a backslash for a slash, and leave out line breaks and tabs.
LOCAL = re.compile(r"/(?![/\\])[^\\\s\x00-\x1f]*")
NO_KEY = "Nobody can sign in here: RENTOMATIC_SECRET_KEY is not set"
STALE = (
    "This form is too old, or was not ours: go back, load the page again, and send it once more"
)

csrf = CSRFProtect()


class Sessions(SecureCookieSessionInterface):
    """Sessions whose cookie goes back over https only, when it has come so."""

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002 (Flask's signature)
        return request.is_secure


def init_app(app: Flask) -> None:
    """Let visitors sign in, and check every form that they send."""
    app.session_interface = Sessions()
    app.config.update(
        PERMANENT_SESSION_LIFETIME=LIFETIME,
        SESSION_COOKIE_NAME="rentomatic",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        # Only forms use the cookie: the API needs a bearer token, and so nothing of these.
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        # Browsers may keep the Referer to themselves; the token in the form is enough.
        WTF_CSRF_SSL_STRICT=False,
    )
    csrf.init_app(app)
    app.context_processor(lambda: {"signed_in": _shown()})
    app.jinja_env.globals.update(Action=Action, csrf_field=csrf_field)


def csrf_field() -> Markup:
    """Return what every form that changes something has in it."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def check_form() -> None:
    """Raise BadRequest unless the form that was sent is one of this visitor's."""
    if not current_app.secret_key:
        raise ServiceUnavailable(NO_KEY)
    try:
        csrf.protect()
    except CSRFError:
        raise BadRequest(STALE) from None


def visitor() -> Token | None:
    """Return the token of who has signed in; one that does not hold any more is signed out."""
    if "visitor" not in g:
        g.visitor = _recognized()
    token: Token | None = g.visitor
    return token


def require(action: Action) -> Token:
    """Return the token of who has signed in and may do this; others get to sign in, or 403."""
    token = visitor()
    if token is None:
        here = request.full_path.rstrip("?")
        abort(redirect(f"/sign-in?next={quote(here, safe='/')}", HTTPStatus.SEE_OTHER))
    permit(token, action)
    return token


def authorize_reading() -> None:
    """Let the request go on when its token, or its visitor's where it is for a page, may read."""
    if request.endpoint == "pages.search" or (request.endpoint == "api.read" and wants_page()):
        require(Action.READ)
    elif request.blueprint == "api":
        authorize(Action.READ)


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Let a visitor prove a token."""
    if not current_app.secret_key:
        raise ServiceUnavailable(NO_KEY)
    if request.method != "POST":
        return html(render_template("pages/sign-in.html"))
    text = request.form.get("token", "").strip()
    token = authenticate(current_tokens(), text, datetime.now(UTC))
    if token is None:
        problem = "Is unknown, or no longer holds" if text else "Is missing"
        page = render_template("pages/sign-in.html", problem=problem)
        return html(page, HTTPStatus.BAD_REQUEST)
    session.clear()
    session.permanent = True
    now = datetime.now(UTC).timestamp()
    session["visitor"] = {"name": token.name, "digest": token.digest, "since": now}
    return redirect(local(request.args.get("next", "/")), HTTPStatus.SEE_OTHER)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Forget who has signed in."""
    session.clear()
    flash("You have signed out.")
    return redirect("/", HTTPStatus.SEE_OTHER)


def local(text: str) -> str:
    """Return the path when it is one of this site, and otherwise the first page's."""
    return text if LOCAL.fullmatch(text) else "/"


def _recognized() -> Token | None:
    claim = session.get("visitor")
    if claim is None:
        return None
    now = datetime.now(UTC)
    if now.timestamp() < claim["since"] + LIFETIME.total_seconds():
        token = recognize(current_tokens(), claim["name"], claim["digest"], now)
        if token:
            return token
    session.clear()
    flash("You have been signed out: the token you signed in with does not hold any more.")
    return None


def _shown() -> Token | None:
    """Return who is shown as signed in: nobody while that cannot be looked up."""
    try:
        return visitor()
    except RepositoryUnavailable:
        return None
