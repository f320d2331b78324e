"""Pictures of the pages for docs/screenshots: `just screenshots`."""

import logging
from pathlib import Path

from playwright.sync_api import Browser

from rentomatic.repository.memory import MemoryRooms
from tests.apps import app_of
from tests.browsers import chromium, city_rooms, serving

TARGET = Path(__file__).parents[1] / "docs/screenshots"
ROOMS = 300
WIDTHS = {"wide": (920, 600), "narrow": (360, 640)}


def main() -> None:
    """Take each picture anew."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    rooms = city_rooms(ROOMS)
    paths = {"search": "/?filter_price__lte=70", "room": f"/rooms/{rooms[0].code}"}
    TARGET.mkdir(exist_ok=True)
    with serving(app_of(MemoryRooms(rooms))) as url, chromium() as browser:
        for name, path in paths.items():
            for width in WIDTHS:
                for scheme in ("light", "dark"):
                    take(browser, url + path, f"{name}-{width}-{scheme}")


def take(browser: Browser, url: str, name: str) -> None:
    """Take the picture of a page, whose name says how wide the window is and of what colours."""
    _, width, scheme = name.split("-")
    across, down = WIDTHS[width]
    page = browser.new_page(
        viewport={"width": across, "height": down},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page.goto(url, wait_until="networkidle")
    page.screenshot(path=TARGET / f"{name}.png")
    page.close()


if __name__ == "__main__":
    main()
