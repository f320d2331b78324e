"""Visits of a site in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route

PHOTO_HOST = "photos.example"
TILE = '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"/>'


def draw(route: Route) -> None:
    route.fulfill(body=TILE, content_type="image/svg+xml")


@contextmanager
def visiting(browser: Browser, site: str, **options: Any) -> Iterator[Page]:
    """Lend a page on which nothing may go wrong, and which may ask this site alone."""
    context = browser.new_context(base_url=site, **options)
    page = context.new_page()
    wrong: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # An error response is not an error of the page.
        if message.type == "error" and "Failed to load resource" not in message.text:
            wrong.append(message.text)

    def see(request: Request) -> None:
        if not request.url.startswith((f"{site}/", "data:", f"https://{PHOTO_HOST}/")):
            wrong.append(request.url)

    page.on("console", hear)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", see)
    page.route(f"https://{PHOTO_HOST}/**", draw)
    yield page
    context.close()
    assert wrong == []
