"""`just screenshots`: take the screenshots of docs/screenshots."""

import logging
from pathlib import Path

from playwright.sync_api import Browser, Route

from rentomatic.repository.memory import MemoryRooms
from tests.apps import app_of
from tests.browsers import chromium, city_rooms, offers, serving
from tools.pictures import room_picture

TARGET = Path(__file__).parents[1] / "docs/screenshots"
ROOMS = 300
PHOTO_HOST = "photos.example"
LONDON = 2643743  # the id of the place
WINDOWS = {"wide": (1120, 800), "narrow": (360, 640)}
LANGUAGES = ("ja", "pl")  # beside English


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    rooms = offers(city_rooms(ROOMS), PHOTO_HOST)
    paths = {
        "search": f"/?place={LONDON}&filter_price__lte=70",
        "room": f"/rooms/{rooms[1].code}",
    }
    TARGET.mkdir(exist_ok=True)
    app = app_of(MemoryRooms(rooms), RENTOMATIC_PHOTOS=PHOTO_HOST)
    with serving(app) as url, chromium() as browser:
        for name, path in paths.items():
            for size in WINDOWS:
                for scheme in ("light", "dark"):
                    take(browser, url + path, "en", f"{name}-{size}-{scheme}")
            for language in LANGUAGES:
                take(browser, url + path, language, f"{name}-wide-light-{language}")


def take(browser: Browser, url: str, language: str, name: str) -> None:
    """Save a screenshot. `name` begins with PAGE-WIDTH-SCHEME, such as search-wide-dark."""
    _, size, scheme, *_ = name.split("-")
    width, height = WINDOWS[size]
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        locale=language,
    )
    page.route(f"https://{PHOTO_HOST}/**", draw)
    page.goto(url, wait_until="networkidle")
    page.screenshot(path=TARGET / f"{name}.png")
    page.close()


def draw(route: Route) -> None:
    """Respond with the picture whose number is the name of the file."""
    number = int(route.request.url.rpartition("/")[2].removesuffix(".svg"))
    route.fulfill(body=room_picture(number), content_type="image/svg+xml")


if __name__ == "__main__":
    main()
