"""The icon, and Leaflet (the map library)."""

from importlib.metadata import distribution

from flask import Blueprint, Response

from rentomatic_web.middleware.access import policy
from rentomatic_web.pages.rendering import bp, permanent


@bp.get("/favicon.ico")
@policy(None)
def favicon() -> Response:
    """Return the icon for clients that ignore `<link rel="icon">`."""
    return bp.send_static_file("icon.svg")


def leaflet() -> Blueprint:
    """Return a blueprint that serves Leaflet's files from the installed package."""
    found = distribution("XStatic-Leaflet")
    files = Blueprint(
        "leaflet",
        __name__,
        static_folder=str(found.locate_file("xstatic/pkg/leaflet/data")),
        static_url_path=f"/static/leaflet/{found.version}",
    )

    files.after_request(permanent)
    return files
