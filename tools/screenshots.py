"""`just screenshots`: take the screenshots of docs/screenshots."""

import logging
from pathlib import Path

from playwright.sync_api import Browser

from rentomatic.repository.memory import MemoryRooms
from tests.apps import app_of
from tests.browsers import chromium, city_rooms, serving

TARGET = Path(__file__).parents[1] / "docs/screenshots"
ROOMS = 300
WINDOWS = {"wide": (920, 600), "narrow": (360, 640)}


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    rooms = city_rooms(ROOMS)
    paths = {"search": "/?filter_price__lte=70", "room": f"/rooms/{rooms[0].code}"}
    TARGET.mkdir(exist_ok=True)
    with serving(app_of(MemoryRooms(rooms))) as url, chromium() as browser:
        for name, path in paths.items():
            for size in WINDOWS:
                for scheme in ("light", "dark"):
                    take(browser, url + path, f"{name}-{size}-{scheme}")


def take(browser: Browser, url: str, name: str) -> None:
    """Save a screenshot. `name` is PAGE-WIDTH-SCHEME, such as search-wide-dark."""
    _, size, scheme = name.split("-")
    width, height = WINDOWS[size]
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page.goto(url, wait_until="networkidle")
    page.screenshot(path=TARGET / f"{name}.png")
    page.close()


if __name__ == "__main__":
    main()
