"""The document, in one piece."""

import inspect
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from rentomatic.domain.tokens import Action
from rentomatic_web.api.openapi import answers, parameters
from rentomatic_web.api.openapi.operations import OPERATIONS, SCHEME, Operation
from rentomatic_web.api.openapi.schemas import SCHEMAS

SUFFIX = re.compile(r"<any\((.+)\):suffix>")
VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")
# Flask adds these to every view that answers GET.
IMPLIED = {"HEAD", "OPTIONS"}

TAGS = {
    "Search": "Find, count, group and export rooms",
    "Rooms": "Read, add, change and remove one room",
    "Imports": "Add and change many rooms from a file",
    "Health": "Probes for supervisors and load balancers",
    "Documentation": "This description of the API",
}
# By blueprint, or by endpoint where that differs.
TAG_OF = {
    "api": "Search",
    "api.read": "Rooms",
    "editing": "Rooms",
    "imports": "Imports",
    "health": "Health",
    "docs": "Documentation",
}

DESCRIPTION = """\
Rooms to rent, by size, price and place.

A search refuses unknown parameters and parameters given twice: it ignores nothing in silence.

Failures are problem details (RFC 9457) for who prefers application/problem+json to JSON.

Paths that answer GET answer HEAD and OPTIONS as well, and any other method with 405."""


def document(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document of everything that the application serves."""
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
            "responses": answers.RESPONSES,
            "headers": answers.COMPONENTS,
            "securitySchemes": {
                SCHEME: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "What `rentomatic token new` has shown",
                }
            },
        },
    }


def _paths(app: Flask) -> dict[str, dict[str, Any]]:
    found: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for endpoint, operation in _operations(app).items():
        tag = TAG_OF.get(endpoint) or TAG_OF[endpoint.partition(".")[0]]
        said = {"tags": [tag], **_said_by(app.view_functions[endpoint])}
        for rule in sorted(app.url_map.iter_rules(endpoint), key=str):
            for path, suffix in spelled(rule.rule):
                name = f"{endpoint.rpartition('.')[2]}_{suffix}".rstrip("_")
                described = {"operationId": name, **said, **operation.describe(suffix)}
                found[path] |= dict.fromkeys(methods(rule), described)
    return found


def _operations(app: Flask) -> dict[str, Operation]:
    """Return every operation; those that read rooms may need a token as well."""
    if app.config["READING"] == "public":
        return OPERATIONS
    reading = {
        endpoint: operation._replace(action=Action.READ)
        for endpoint, operation in OPERATIONS.items()
        if endpoint.startswith("api.")
    }
    return OPERATIONS | reading


def methods(rule: Rule) -> list[str]:
    """Return the methods of a rule, as OpenAPI writes them, but for those that Flask adds."""
    return sorted(method.lower() for method in (rule.methods or set()) - IMPLIED)


def spelled(rule: str) -> Iterator[tuple[str, str]]:
    """Yield every path that a rule means, as OpenAPI writes it, and its suffix or nothing."""
    path = VARIABLE.sub(r"{\1}", rule)
    suffixes = SUFFIX.search(path)
    for suffix in suffixes[1].split(", ") if suffixes else ("",):
        yield SUFFIX.sub(suffix, path), suffix


def _said_by(view: Callable[..., object]) -> dict[str, Any]:
    """Return what a view's docstring says: the first paragraph, and the others."""
    summary, _, more = (inspect.getdoc(view) or "").partition("\n\n")
    return {"summary": summary, "description": more} if more else {"summary": summary}
