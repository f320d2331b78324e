"""The Link header field (RFC 8288), relative to where the client asked."""

from urllib.parse import urlencode

from flask import request

from rentomatic.responses import Page


def links(page: Page) -> str:
    """Return the links to the first page of the search and to those beside this one."""
    given = urlencode([pair for pair in request.args.items(multi=True) if pair[0] != "cursor"])
    cursors = {"prev": page.previous, "next": page.next}
    # A cursor is made of characters that need no encoding.
    queries = {"first": [given]} | {
        relation: [given, f"cursor={cursor}"] for relation, cursor in cursors.items() if cursor
    }
    return ", ".join(
        f'<{_path("&".join(filter(None, query)))}>; rel="{relation}"'
        for relation, query in queries.items()
    )


def _path(query: str) -> str:
    return f"{request.path}?{query}" if query else request.path
