"""What browsers and search engines ask every site for."""

from flask import Response

from rentomatic_web.middleware.access import public
from rentomatic_web.pages.rendering import bp

# Searches are endless; forms are for nobody who finds them.
ROBOTS = """\
User-agent: *
Disallow: /*?
Disallow: /sign-in
Disallow: /import
Disallow: /rooms/new
Disallow: /rooms/*/edit
Disallow: /rooms/*/delete
Allow: /
"""


@bp.get("/robots.txt")
@public
def robots() -> Response:
    """Answer with what search engines may look at (RFC 9309)."""
    return Response(ROBOTS, content_type="text/plain; charset=utf-8")


@bp.get("/favicon.ico")
@public
def favicon() -> Response:
    """Answer with the icon that every page names, to who does not look there."""
    return bp.send_static_file("icon.svg")
