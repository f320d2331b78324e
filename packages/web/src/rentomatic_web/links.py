"""The Link header field (RFC 8288), relative to where the client asked."""

from urllib.parse import urlencode

from flask import request

from rentomatic.responses import Page


def links(page: Page) -> str:
    """Return the links to the first page of the search and to those beside this one."""
    given = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
    cursors = {"first": None, "prev": page.previous, "next": page.next}
    targets = {
        relation: urlencode([*given, ("cursor", cursor)] if cursor else given)
        for relation, cursor in cursors.items()
        if cursor or relation == "first"
    }
    return ", ".join(
        f'<{request.path}{"?" if query else ""}{query}>; rel="{relation}"'
        for relation, query in targets.items()
    )
