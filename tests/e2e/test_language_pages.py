"""The pages in other languages in a real browser."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from rentomatic.repository.memory import MemoryRooms
from rentomatic_web.pages.texts.languages import NAMES
from tests.apps import app_of
from tests.browsers import serving
from tests.e2e.visits import visiting
from tests.rooms import full_room, room

pytestmark = pytest.mark.integration

ROOMS = [full_room(number, latitude=50 + number / 100) for number in range(5)]
PATHS = ["/", f"/rooms/{ROOMS[1].code}", "/no-such-page"]
# Kraków, as visitors of each language write it.
KRAKOW = {"en": "Cracow", "ja": "クラクフ", "de": "Krakau", "fr": "Cracovie", "pl": "krakow"}
TOWN = [room(number, price=10 * number, longitude=19.94, latitude=50.06) for number in (2, 3, 9)]


@pytest.fixture(scope="module")
def site(browser: Browser) -> Iterator[str]:
    assert browser.is_connected()
    with serving(app_of(MemoryRooms([*ROOMS, *TOWN]))) as url:
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


@pytest.mark.parametrize("language", KRAKOW)
def test_three_steps_by_keys_lead_to_a_room_under_a_price_in_a_town(
    browser: Browser, site: str, language: str
) -> None:
    with visiting(browser, site, locale=language) as page:
        page.goto("/")
        press_until(page, "[name=where]")
        page.keyboard.type(KRAKOW[language])
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("place=3094802"))
        press_until(page, "[name=filter_price__lte]")
        page.keyboard.type("40")
        page.keyboard.press("Enter")
        expect(page.locator(".card")).to_have_count(2)
        press_until(page, f"a[href='/rooms/{TOWN[0].code}']")
        page.keyboard.press("Enter")

        expect(page).to_have_url(f"{site}/rooms/{TOWN[0].code}")
        expect(page.locator("html")).to_have_attribute("lang", language)


def press_until(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, which must be visible there."""
    focused = page.locator(f"{selector}:focus")
    for _ in range(60):
        page.keyboard.press("Tab")
        if focused.count():
            break
    style = "element => getComputedStyle(element).outlineStyle"
    assert focused.evaluate(style) != "none"


@pytest.mark.parametrize("language", KRAKOW)
def test_three_steps_without_scripts_lead_to_a_room_on_a_phone(
    browser: Browser, site: str, language: str
) -> None:
    phone = {"width": 320, "height": 640}
    with visiting(
        browser, site, locale=language, viewport=phone, java_script_enabled=False
    ) as page:
        page.goto("/")
        page.locator("[name=where]").fill(KRAKOW[language])
        page.locator(".start button").first.click()
        expect(page).to_have_url(re.compile("place=3094802"))
        page.locator("[popovertarget=filters]").first.click()
        page.locator("[name=filter_price__lte]").fill("40")
        page.locator("#filters .submit button").click()
        expect(page.locator(".card")).to_have_count(2)
        page.locator(".card a").first.click()

        expect(page).to_have_url(f"{site}/rooms/{TOWN[0].code}")
        expect(page.locator("html")).to_have_attribute("lang", language)
