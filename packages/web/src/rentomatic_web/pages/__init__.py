"""The HTML pages. They work without scripts; scripts add an interactive map."""

from flask import Flask, request
from flask_babel import LazyString

from rentomatic.settings.settings import Settings
from rentomatic_web.context import context_of
from rentomatic_web.middleware.session import check_form
from rentomatic_web.pages import permission, rendering, sign_in, site
from rentomatic_web.pages.found import paths, places, robots, sitemaps
from rentomatic_web.pages.imports import importing, uploads
from rentomatic_web.pages.map import ground
from rentomatic_web.pages.map import texts as map_texts
from rentomatic_web.pages.rendering import bp
from rentomatic_web.pages.rooms import editing, photo_uploads
from rentomatic_web.pages.search import search
from rentomatic_web.pages.state import box_text
from rentomatic_web.pages.texts import languages, translations, wording
from rentomatic_web.pages.texts.numbers import currency_symbol
from rentomatic_web.photos.store import small_url

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")  # RFC 9110, section 9.2.1

bp.register_blueprint(site.leaflet())


@bp.before_request
def check_forms() -> None:
    """Check the CSRF token of every form before its view.

    Reading the token parses the body, so the limit for uploads must be set first.
    """
    if request.method not in SAFE_METHODS:
        importing.accept_upload()
        photo_uploads.accept_photo()
        check_form()


def init_app(app: Flask, settings: Settings) -> None:
    ground.init_app(app)
    languages.init_app(app)
    translations.init_app(app)
    app.jinja_env.filters.update(
        wording.FILTERS,
        absolute_url=rendering.absolute_url,
        place_path=paths.place_path,
        small_url=small_url,
    )
    app.jinja_env.globals.update(
        alternate_urls=paths.alternate_urls,
        attribution=context_of(app).places.attribution,
        box_text=box_text,
        canonical_url=paths.canonical_url,
        map_texts=map_texts.map_texts,
        currency=LazyString(currency_symbol, settings.currency),
        largest_places=places.largest_places,
        per_period=wording.per_period,
        positions=settings.positions,
        site_url=rendering.site_url,
        tiles=settings.tiles,
        tiles_attribution=settings.tiles_attribution,
    )
    uploads.remove_expired(settings.secret_key)
    app.register_blueprint(bp)


__all__ = [
    "editing",
    "importing",
    "init_app",
    "permission",
    "places",
    "robots",
    "search",
    "sign_in",
    "sitemaps",
]
