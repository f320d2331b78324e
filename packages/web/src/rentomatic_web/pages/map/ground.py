"""The ground of the maps, below the rooms: land, a grid of degrees, and names of places."""

from functools import lru_cache

from flask import Flask, render_template
from markupsafe import Markup

from rentomatic_web.context import current
from rentomatic_web.pages.map.land import land_in, land_url
from rentomatic_web.pages.map.names import names_of
from rentomatic_web.pages.map.view import View, grid
from rentomatic_web.pages.texts.translations import gettext

MAX_NAMES = 20
KEPT_GROUNDS = 32  # at most 20 kB each; many visitors see the same maps first


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        ground=lru_cache(KEPT_GROUNDS)(ground),
        land_url=land_url,
        map_attribution=attribution,
    )


def ground(view: View) -> Markup:
    """Return the ground of the server's map."""
    meridians, parallels = grid(view)
    text = render_template(
        "pages/ground.svg",
        land=land_in(view),
        meridians=meridians,
        parallels=parallels,
        names=names_of(view, current().places.inside(view.box(), MAX_NAMES)),
    )
    return Markup(text)  # noqa: S704 # nosec B704 (Jinja has escaped it)


def attribution() -> str:
    """Return the sources of the ground; names of places have a licence that requires it."""
    land, places = gettext("Land: Natural Earth"), current().places.attribution
    return f"{land} · {places}" if places else land
