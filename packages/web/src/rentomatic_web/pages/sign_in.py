"""Sign in with a token, and sign out."""

import re
from datetime import UTC, datetime
from http import HTTPStatus

from flask import current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import ServiceUnavailable

from rentomatic.use_cases.tokens import authenticate
from rentomatic_web.context import current
from rentomatic_web.middleware import session
from rentomatic_web.middleware.access import policy
from rentomatic_web.pages.rendering import bp, html
from rentomatic_web.pages.texts.translations import gettext

# Browsers treat a backslash as a slash, and drop line breaks and tabs (WHATWG URL standard).
LOCAL_PATH = re.compile(r"/(?![/\\])[^\\\s\x00-\x1f]*")


@bp.route("/sign-in", methods=["GET", "POST"])
@policy(None)
def sign_in() -> ResponseReturnValue:
    if not current_app.secret_key:
        raise ServiceUnavailable(session.NO_KEY)
    if request.method != "POST":
        return html(render_template("pages/sign-in.html"))
    text = request.form.get("token", "").strip()
    token = authenticate(current().tokens, text, datetime.now(UTC))
    current().metrics.record_token_check("accepted" if token else "refused" if text else "missing")
    if token is None:
        problem = gettext("is unknown or no longer valid") if text else gettext("is missing")
        page = render_template("pages/sign-in.html", problem=problem)
        return html(page, HTTPStatus.BAD_REQUEST)
    session.sign_in(token)
    return redirect(local_path(request.args.get("next", "/")), HTTPStatus.SEE_OTHER)


@bp.post("/sign-out")
@policy(None)
def sign_out() -> ResponseReturnValue:
    session.sign_out()
    flash(gettext("You have signed out."))
    return redirect("/", HTTPStatus.SEE_OTHER)


def local_path(text: str) -> str:
    """Return the path if it is on this site, otherwise `/`: prevents open redirects."""
    return text if LOCAL_PATH.fullmatch(text) else "/"
