"""The pages in other languages in a real browser."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from rentomatic.repository.memory import MemoryRooms
from rentomatic_web.pages.texts.languages import NAMES
from tests.apps import app_of
from tests.browsers import serving
from tests.rooms import full_room

pytestmark = pytest.mark.integration

ROOMS = [full_room(number, latitude=50 + number / 100) for number in range(5)]
PATHS = ["/", f"/rooms/{ROOMS[1].code}", "/no-such-page"]


@pytest.fixture(scope="module")
def site(browser: Browser) -> Iterator[str]:
    assert browser.is_connected()
    with serving(app_of(MemoryRooms(ROOMS))) as url:
        yield url


@pytest.mark.parametrize("language", NAMES)
def test_every_language_fits_and_is_accessible(browser: Browser, site: str, language: str) -> None:
    page = browser.new_page(locale=language, viewport={"width": 320, "height": 640})
    for path in PATHS:
        page.goto(f"{site}{path}")
        found = Axe().run(page)

        assert page.locator("html").get_attribute("lang") == language
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert found.violations_count == 0, found.generate_report()
    page.close()


def test_the_menu_changes_the_language_of_all_pages_without_scripts(
    browser: Browser, site: str
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="de-AT")
    page = context.new_page()
    page.goto(f"{site}/?filter_price__lte=60")
    expect(page.locator("html")).to_have_attribute("lang", "de")

    page.get_by_role("link", name="Polski").click()
    expect(page.locator("html")).to_have_attribute("lang", "pl")
    expect(page).to_have_url(f"{site}/?filter_price__lte=60&lang=pl")

    page.get_by_role("main").get_by_role("link").filter(has_text="Sunny").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "pl")
    expect(page.get_by_role("heading", name="Pokoje w pobliżu")).to_be_visible()
    context.close()
