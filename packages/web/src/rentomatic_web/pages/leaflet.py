"""Leaflet, which draws the maps of the pages, out of its installed distribution."""

from importlib.metadata import distribution

from flask import Blueprint, Response

YEAR = 365 * 24 * 60 * 60  # seconds


def files() -> Blueprint:
    """Return the paths of Leaflet's files, which name its version."""
    found = distribution("XStatic-Leaflet")
    bp = Blueprint(
        "leaflet",
        __name__,
        static_folder=str(found.locate_file("xstatic/pkg/leaflet/data")),
        static_url_path=f"/static/leaflet/{found.version}",
    )
    bp.after_request(_kept)
    return bp


def _kept(response: Response) -> Response:
    """Let the file be kept: that of another version has another path."""
    response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response
