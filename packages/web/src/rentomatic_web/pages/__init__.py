"""The pages for people: complete as the server sends them, and livelier where scripts run."""

from flask import Flask

from rentomatic.settings.settings import Settings
from rentomatic_web.pages import (
    editing,
    importing,
    leaflet,
    rendering,
    search,
    session,
    sign_outs,
    site,
    uploads,
    wording,
)
from rentomatic_web.pages.map import grid
from rentomatic_web.pages.session import authorize_reading
from rentomatic_web.pages.state import box_text

SYMBOLS = {"EUR": "€", "GBP": "£", "JPY": "¥", "USD": "$"}

rendering.bp.register_blueprint(leaflet.files())


def init_app(app: Flask, settings: Settings) -> None:
    """Serve the pages, in the currency of the settings."""
    app.config["CURRENCY"] = SYMBOLS.get(settings.currency, settings.currency)
    app.config["CURRENCY_CODE"] = settings.currency
    app.config["RENTAL_PERIOD"] = settings.rental_period
    app.jinja_env.filters.update(wording.FILTERS, grid=grid)
    app.jinja_env.globals.update(
        box_text=box_text,
        currency=app.config["CURRENCY"],
        period=settings.rental_period,
        site_url=rendering.site_url,
        tiles=settings.tiles,
        tiles_attribution=settings.tiles_attribution,
    )
    session.init_app(app)
    sign_outs.init_app(app)
    uploads.init_app(app)
    app.register_blueprint(rendering.bp)


__all__ = ["authorize_reading", "editing", "importing", "init_app", "search", "site"]
