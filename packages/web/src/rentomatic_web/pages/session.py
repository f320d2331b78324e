"""Who has signed in, as a signed cookie says and the tokens confirm."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from secrets import token_hex
from urllib.parse import quote

from flask import Flask, abort, current_app, flash, g, redirect, render_template, request, session
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect, generate_csrf
from markupsafe import Markup
from werkzeug.exceptions import BadRequest, ServiceUnavailable

from rentomatic.domain.tokens import Action, Token
from rentomatic.errors import RepositoryUnavailable
from rentomatic.use_cases.tokens import authenticate, recognize
from rentomatic_web.metrics.metrics import current_metrics
from rentomatic_web.middleware.access import authorize, current_tokens, permit, public
from rentomatic_web.pages import sign_outs
from rentomatic_web.pages.rendering import bp, html, wants_page

LIFETIME = timedelta(hours=12)
# Browsers take a backslash for a slash, and leave out line breaks and tabs.
LOCAL = re.compile(r"/(?![/\\])[^\\\s\x00-\x1f]*")
NO_KEY = "Nobody can sign in here: RENTOMATIC_SECRET_KEY is not set"
STALE = (
    "This form is too old, or was not ours: go back, load the page again, and send it once more"
)

# RFC 9110, section 9.2.1
SAFE = ("GET", "HEAD", "OPTIONS")
# By endpoint: called before the body of a form is read.
BEFORE_FORM: dict[str, Callable[[], None]] = {}

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


@bp.before_request
def guard() -> None:
    """Check every form that is sent to a page, before its view runs."""
    if request.method not in SAFE:
        BEFORE_FORM.get(request.endpoint or "", lambda: None)()
        check_form()


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
    """Require a token that may read: of the session on pages, and a bearer token elsewhere.

    Requests that this site's own pages send to the API may use the session as well. Browsers say
    so by Sec-Fetch-Site, which no page of another site can forge.
    """
    is_page = (request.blueprint or "").partition(".")[0] == bp.name
    if is_page or (request.endpoint == "api.read" and wants_page()):
        require(Action.READ)
    elif _is_from_our_page() and (token := visitor()):
        permit(token, Action.READ)
    else:
        authorize(Action.READ)


def _is_from_our_page() -> bool:
    return not request.authorization and request.headers.get("Sec-Fetch-Site") == "same-origin"


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Let a visitor prove a token."""
    if not current_app.secret_key:
        raise ServiceUnavailable(NO_KEY)
    if request.method != "POST":
        return html(render_template("pages/sign-in.html"))
    text = request.form.get("token", "").strip()
    token = authenticate(current_tokens(), text, datetime.now(UTC))
    outcome = "accepted" if token else "refused" if text else "missing"
    current_metrics().checked(outcome)
    if token is None:
        problem = "Is unknown, or no longer holds" if text else "Is missing"
        page = render_template("pages/sign-in.html", problem=problem)
        return html(page, HTTPStatus.BAD_REQUEST)
    session.clear()
    session.permanent = True
    now = datetime.now(UTC).timestamp()
    claim = {"name": token.name, "digest": token.digest, "since": now, "id": token_hex(16)}
    session["visitor"] = claim
    return redirect(local(request.args.get("next", "/")), HTTPStatus.SEE_OTHER)


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """Forget who has signed in."""
    if claim := session.get("visitor"):
        sign_outs.record(str(claim.get("id", "")), LIFETIME)
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
    is_over = now.timestamp() >= claim["since"] + LIFETIME.total_seconds()
    if not is_over and not sign_outs.is_recorded(str(claim.get("id", ""))):
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
