"""Conditions and header fields of every response."""

from flask import Flask, Response
from werkzeug.exceptions import PreconditionFailed

from rentomatic.settings.settings import Settings
from rentomatic_web.middleware.access import Policy, policy_of
from rentomatic_web.middleware.caching import cache_fields, status_by_conditions
from rentomatic_web.middleware.errors import handle_http_error
from rentomatic_web.request import Request, current_request

NO_POLICY = Policy(None)


def init_app(app: Flask, settings: Settings) -> None:
    """Evaluate conditions and add header fields; fields that the view has set stay."""

    @app.after_request
    def finish(response: Response) -> Response:
        request = current_request()
        policy = policy_of(request) or NO_POLICY
        fields = {"X-Request-ID": request.id} | _vary(request, policy)
        if response.status_code == 200 and request.method in ("GET", "HEAD"):
            cached = cache_fields(request, response, policy.cache, settings)
            status = status_by_conditions(request, response, cached)
            if status == 412:
                response = handle_http_error(PreconditionFailed())
            else:
                fields |= cached
                response.status_code = status
        if response.status_code >= 400:
            response.headers["Cache-Control"] = "no-store"
        _add_missing(response, fields)
        return response


def _vary(request: Request, policy: Policy) -> dict[str, str]:
    names = ["Accept"] if policy.negotiated else []
    if request.is_for_editors is not None:
        names.append("Authorization")
    return {"Vary": ", ".join(names)} if names else {}


def _add_missing(response: Response, fields: dict[str, str]) -> None:
    # Headers would compare each name with all others.
    given = {name.lower() for name, _ in response.headers}
    for name, value in fields.items():
        if name.lower() not in given:
            response.headers.add(name, value)
        elif name == "Vary":
            response.vary.update(value.split(", "))
