"""robots.txt: the rules for crawlers."""

from flask import Response

from rentomatic_web.context import current
from rentomatic_web.middleware.access import policy
from rentomatic_web.pages.rendering import bp, site_url

# Keep crawlers out of search results (endless) and forms. A page has a URL for each language.
RULES = """\
User-agent: *
Disallow: /*?
Allow: /*?lang=
Disallow: /*?lang=*&
Disallow: /sign-in
Disallow: /import
Disallow: /rooms/new
Disallow: /rooms/*/edit
Disallow: /rooms/*/delete
Allow: /

Sitemap: {site}sitemap.xml
"""
NOTHING = """\
User-agent: *
Disallow: /
"""


@bp.get("/robots.txt")
@policy(None)
def robots() -> Response:
    """Return the rules (RFC 9309), and the address of the sitemaps."""
    is_public = current().settings.reading == "public"
    text = RULES.format(site=site_url()) if is_public else NOTHING
    return Response(text, content_type="text/plain; charset=utf-8")
