"""Permissions of tokens and sessions, for Nginx alone, which sends the paths of clients to 404."""

from http import HTTPStatus

from flask import Response, request
from werkzeug.exceptions import Unauthorized

from rentomatic.domain.tokens import Action
from rentomatic_web.middleware.access import policy, require_bearer_token
from rentomatic_web.middleware.session import check_role, session_token
from rentomatic_web.pages.rendering import bp


@bp.get("/permission/<any(edit, import, read):name>")
@policy(None)
def permission(name: str) -> Response:
    """Return 204, 401 or 403: Nginx asks before it accepts a large body or sends a photo."""
    action = Action[name.upper()]
    if request.authorization:
        require_bearer_token(action)
    elif token := session_token():
        check_role(token, action)
    else:
        raise Unauthorized
    return Response(status=HTTPStatus.NO_CONTENT)
