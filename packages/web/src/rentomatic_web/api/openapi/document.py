"""The OpenAPI document of an application."""

import inspect
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from rentomatic.domain.tokens import Action
from rentomatic_web.api.openapi import parameters, responses
from rentomatic_web.api.openapi.operations import SCHEME
from rentomatic_web.api.openapi.schemas import SCHEMAS
from rentomatic_web.context import context_of

SUFFIX = re.compile(r"<any\((.+)\):suffix>")
VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")
# Flask adds these to every view that answers GET.
IMPLIED = {"HEAD", "OPTIONS"}

TAGS = {
    "Search": "Find, count, group and export rooms",
    "Rooms": "Read, create, change and delete one room",
    "Imports": "Create and change many rooms from a file",
    "Health": "Probes for supervisors and load balancers",
    "Documentation": "This description of the API",
}

DESCRIPTION = """\
Rooms to rent, by size, price and place.

Unknown and repeated parameters of a search are errors.

Errors are problem details (RFC 9457) for clients that prefer application/problem+json.

Paths that answer GET also answer HEAD and OPTIONS; other methods are answered with 405."""


def document(app: Flask) -> dict[str, Any]:
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Rent-o-Matic",
            "version": version("rentomatic-web"),
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": _paths(app),
        "components": {
            "schemas": SCHEMAS,
            "parameters": parameters.COMPONENTS,
            "responses": responses.RESPONSES,
            "headers": responses.COMPONENTS,
            "securitySchemes": {
                SCHEME: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token from `rentomatic token new`",
                }
            },
        },
    }


def _paths(app: Flask) -> dict[str, dict[str, Any]]:
    found: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for endpoint, view in app.view_functions.items():
        operation = getattr(view, "operation", None)
        if operation is None:
            continue
        text = {"tags": [operation.tag], **_documentation(view)}
        action = _action(app, view)
        for rule in sorted(app.url_map.iter_rules(endpoint), key=str):
            for path, suffix in openapi_paths(rule.rule):
                name = f"{endpoint.rpartition('.')[2]}_{suffix}".rstrip("_")
                described = {"operationId": name, **text, **operation.describe(action, suffix)}
                found[path] |= dict.fromkeys(methods(rule), described)
    return found


def _action(app: Flask, view: Callable[..., object]) -> Action | None:
    """Return the action that needs a token; reading may need none."""
    action: Action | None = view.policy.action  # type: ignore[attr-defined]
    is_open = action is Action.READ and context_of(app).settings.reading == "public"
    return None if is_open else action


def methods(rule: Rule) -> list[str]:
    """Return the methods of a rule in lower case, without those that Flask adds."""
    return sorted(method.lower() for method in (rule.methods or set()) - IMPLIED)


def openapi_paths(rule: str) -> Iterator[tuple[str, str]]:
    """Yield the path templates of a rule, each with its suffix or an empty string."""
    path = VARIABLE.sub(r"{\1}", rule)
    suffixes = SUFFIX.search(path)
    for suffix in suffixes[1].split(", ") if suffixes else ("",):
        yield SUFFIX.sub(suffix, path), suffix


def _documentation(view: Callable[..., object]) -> dict[str, Any]:
    """Return the docstring as summary (the first paragraph) and description."""
    summary, _, more = (inspect.getdoc(view) or "").partition("\n\n")
    return {"summary": summary, "description": more} if more else {"summary": summary}
