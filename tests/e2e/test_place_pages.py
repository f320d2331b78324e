"""The search for a place in a real browser: the field, its suggestions, and recent searches."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, Route, expect

from rentomatic.domain.tokens import Role
from rentomatic.repository.memory import MemoryRooms, MemoryTokens
from tests.apps import app_of, change_context, token_for
from tests.browsers import serving
from tests.e2e.visits import visiting
from tests.gazetteers import CAMBRIDGE, CAMBRIDGE_US, KRAKOW, FewPlaces
from tests.programs import PATIENCE_SECONDS
from tests.rooms import room

pytestmark = pytest.mark.integration

expect.set_options(timeout=PATIENCE_SECONDS * 1000)

# Three of 30 in Kraków cost at most 40.
ROOMS = [
    room(number, price=10 * number, longitude=19.9 + number / 500, latitude=50.06, kind="studio")
    for number in range(2, 32)
]
CHEAP = [f"/rooms/{each.code}" for each in ROOMS if each.price <= 40]
PHONE = {"width": 320, "height": 640}
LABEL = "Kraków, Lesser Poland, Poland"


def app_with_places(tokens: MemoryTokens | None = None, **settings: str) -> Flask:
    app = app_of(MemoryRooms(ROOMS), tokens, **settings)
    change_context(app, places=FewPlaces())
    return app


@pytest.fixture(scope="module")
def site(browser: Browser) -> Iterator[str]:
    assert browser.is_connected()
    with serving(app_with_places()) as url:
        yield url


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    with visiting(browser, site) as opened:
        opened.goto("/")
        yield opened


def where(page: Page) -> Locator:
    return page.get_by_label("Where", exact=True).and_(page.locator("input"))


def options(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Where").get_by_role("option")


def type_place(page: Page, text: str, count: int) -> None:
    where(page).press_sequentially(text)
    expect(options(page)).to_have_count(count)


def active(page: Page) -> str | None:
    """Return the text of the option that a screen reader reads while the field has the focus."""
    expect(where(page)).to_be_focused()
    option = where(page).get_attribute("aria-activedescendant")
    return page.locator(f"#{option}").inner_text() if option else None


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [1280, 320])
def test_three_steps_lead_to_a_room_under_a_price_in_a_town(
    browser: Browser, site: str, scripts: bool, width: int
) -> None:
    viewport = {"width": width, "height": 640}
    with visiting(browser, site, java_script_enabled=scripts, viewport=viewport) as page:
        page.goto("/")
        where(page).fill("krakow")
        where(page).press("Enter")
        expect(heading(page)).to_have_text("30 rooms in Kraków")
        if width < 640:
            page.get_by_role("button", name="Filters").click()
        page.locator("[name=filter_price__lte]").fill("40")
        page.locator("#filters").get_by_role("button", name="Search").click()
        expect(heading(page)).to_have_text("3 rooms in Kraków")
        expect(page).to_have_url(f"{site}/?place={KRAKOW.id}&filter_price__lte=40&sort=price")
        page.locator(".card a").first.click()

        expect(page).to_have_url(site + CHEAP[0])


def test_a_place_is_chosen_by_keys_alone(page: Page) -> None:
    type_place(page, "cam", 2)
    expect(where(page)).to_have_attribute("aria-expanded", "true")
    assert active(page) is None
    english, american = (
        "Cambridge England, United Kingdom",
        "Cambridge Massachusetts, United States",
    )
    for key, option in (
        ("ArrowDown", english),
        ("ArrowDown", american),
        ("ArrowDown", None),
        ("ArrowUp", american),
        ("ArrowUp", english),
        ("Home", None),
        ("ArrowUp", american),
    ):
        page.keyboard.press(key)
        assert active(page) == option
    expect(options(page).nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")

    expect(where(page)).to_have_value("Cambridge, Massachusetts, United States")
    expect(options(page)).to_have_count(0)
    assert page.url.endswith("/")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"place={CAMBRIDGE_US.id}"))
    expect(heading(page)).to_have_text("0 rooms in Cambridge")
    expect(where(page)).to_be_focused()


def test_escape_closes_the_list_and_keeps_the_text(page: Page) -> None:
    type_place(page, "cam", 2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")

    expect(options(page)).to_have_count(0)
    expect(where(page)).to_have_attribute("aria-expanded", "false")
    expect(where(page)).to_have_value("cam")
    assert active(page) is None
    page.keyboard.press("ArrowDown")
    expect(options(page)).to_have_count(2)
    page.keyboard.press("Tab")
    expect(options(page)).to_have_count(0)
    expect(where(page)).to_have_value("cam")


def test_screen_readers_hear_a_combobox_and_the_number_of_places(page: Page) -> None:
    type_place(page, "krak", 1)
    page.keyboard.press("ArrowDown")

    expect(page.get_by_role("search", name="Rooms")).to_match_aria_snapshot("""
      - combobox "Where" [expanded]: krak
      - listbox "Where":
        - option "Kraków Lesser Poland, Poland" [selected]
      - status: "Places found: 1. Arrow keys choose one."
    """)
    where(page).fill("Atlantis")
    expect(page.locator(".where [role=status]")).to_have_text("No place of this name is known.")
    expect(where(page)).to_have_attribute("aria-expanded", "false")


def test_a_place_is_chosen_by_touch(browser: Browser, site: str) -> None:
    with visiting(browser, site, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        page.goto("/")
        type_place(page, "cambridge", 2)
        options(page).first.tap()
        expect(where(page)).to_have_value("Cambridge, England, United Kingdom")
        expect(where(page)).to_be_focused()
        page.locator(".start").get_by_role("button", name="Search").tap()

        expect(page).to_have_url(re.compile(f"place={CAMBRIDGE.id}"))


def test_another_text_is_another_place(page: Page) -> None:
    page.goto(f"/?place={CAMBRIDGE.id}&sort=-size")
    where(page).fill("krak")
    where(page).press("Enter")
    expect(heading(page)).to_have_text("30 rooms in Kraków")
    expect(page).to_have_url(re.compile(rf"/\?sort=-size&place={KRAKOW.id}$"))
    page.locator("[name=within]").select_option("2000")
    page.locator(".submit").get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile("within=2000"))
    where(page).fill("")
    where(page).press("Enter")

    expect(heading(page)).to_have_text("30 rooms")
    expect(page).to_have_url(re.compile(r"/\?sort=-size$"))
    page.go_back()
    expect(where(page)).to_have_value(LABEL)


def test_a_slow_answer_does_not_replace_a_newer_one(page: Page) -> None:
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route(re.compile(r"/places\?q=k&"), hold)
    with page.expect_request(re.compile(r"/places\?q=k&")):
        where(page).press_sequentially("k")
    where(page).fill("camb")
    expect(options(page)).to_have_count(2)
    waiting[0].abort()  # the page has done so before

    expect(options(page)).to_have_count(2)


def test_without_suggestions_the_server_finds_the_place(page: Page) -> None:
    page.route(re.compile(r"/places\?"), lambda route: route.fulfill(status=503, body="{}"))
    with page.expect_response(re.compile(r"/places\?")):
        where(page).press_sequentially("krak")
    expect(options(page)).to_have_count(0)
    where(page).press("Enter")

    expect(heading(page)).to_have_text("30 rooms in Kraków")


def test_suggestions_are_read_with_the_token_of_the_session(browser: Browser) -> None:
    tokens = MemoryTokens()
    token = token_for(tokens, Role.EDITOR).removeprefix("Bearer ")
    app = app_with_places(tokens, RENTOMATIC_READING="token", RENTOMATIC_SECRET_KEY="k" * 64)
    with serving(app) as site, visiting(browser, site) as page:
        page.goto("/sign-in")
        page.get_by_label("Token").fill(token)
        page.get_by_role("button", name="Sign in").click()
        page.goto("/")
        type_place(page, "krak", 1)
        page.goto(f"/?place={KRAKOW.id}")

        assert page.evaluate("localStorage.length") == 0


def test_moving_the_map_leaves_the_place(page: Page) -> None:
    page.goto(f"/?place={KRAKOW.id}&within=20000&sort=distance")
    page.locator("#map").focus()
    page.keyboard.press("ArrowRight")

    expect(page).to_have_url(re.compile(r"/\?sort=distance&bbox=[^&]+$"))
    expect(where(page)).to_have_value("")
    expect(heading(page)).to_have_text(re.compile("^[0-9]+ rooms$"))


def recent(page: Page) -> Locator:
    return page.get_by_role("region", name="Recent searches")


def test_recent_searches_stay_in_the_browser_until_they_are_cleared(page: Page) -> None:
    assert page.evaluate("localStorage.length") == 0
    expect(recent(page)).to_have_count(0)
    for price in range(40, 110, 10):
        page.goto(f"/?place={KRAKOW.id}&filter_price__lte={price}&cursor=")
    where(page).fill("krakow")
    where(page).press("Enter")  # without another change, this is the same search
    expect(heading(page)).to_have_text("9 rooms in Kraków")
    expect(recent(page)).to_have_count(0)
    page.goto("/")

    links = recent(page).get_by_role("link")
    expect(links).to_have_count(5)
    expect(links.first).to_have_text("within 15 km of Kraków, price up to 100")
    expect(recent(page)).to_contain_text("Only this browser keeps them.")
    where(page).fill("x")
    expect(recent(page)).to_have_count(0)
    where(page).fill("")
    links.last.click()
    expect(heading(page)).to_have_text("5 rooms in Kraków")
    page.goto("/")
    recent(page).get_by_role("button", name="Clear").click()
    expect(recent(page)).to_have_count(0)
    assert page.evaluate("localStorage.length") == 0


def test_foreign_texts_in_the_storage_are_ignored(page: Page) -> None:
    for text in ("{", "[1, null]", '[{"text": "x", "query": "javascript:1"}]', '{"a": 1}'):
        page.evaluate("text => localStorage.setItem('rentomatic-recent', text)", text)
        page.reload()
        expect(where(page)).to_have_role("combobox")
        expect(recent(page)).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_sheet_of_a_phone_opens_and_closes(browser: Browser, site: str, scripts: bool) -> None:
    with visiting(browser, site, java_script_enabled=scripts, viewport=PHONE) as page:
        page.goto("/")
        price = page.locator("[name=filter_price__lte]")
        expect(price).to_be_hidden()
        page.mouse.wheel(0, 900)
        expect(page.get_by_role("button", name="Filters")).to_be_in_viewport()
        page.get_by_role("button", name="Filters").click()
        expect(price).to_be_in_viewport()
        page.get_by_role("button", name="Close").click()
        expect(price).to_be_hidden()
        page.get_by_role("button", name="Filters").press("Enter")
        page.keyboard.press("Escape")
        expect(price).to_be_hidden()
        expect(page.get_by_role("button", name="Filters")).to_be_focused()


def test_a_search_closes_the_sheet_and_its_button_has_the_focus(
    browser: Browser, site: str
) -> None:
    with visiting(browser, site, viewport=PHONE) as page:
        page.goto("/")
        page.get_by_role("button", name="Filters").click()
        page.locator("[name=filter_price__lte]").fill("40")
        page.locator("[name=filter_price__lte]").press("Enter")

        expect(heading(page)).to_have_text("3 rooms")
        expect(page.locator("[name=filter_price__lte]")).to_be_hidden()
        expect(page.get_by_role("button", name="Filters (1)")).to_be_focused()


def test_a_mistake_is_shown_where_its_field_is_on_a_phone(browser: Browser, site: str) -> None:
    with visiting(browser, site, viewport=PHONE) as page:
        page.goto("/?filter_price__lte=cheap")

        expect(page.locator("[aria-invalid]")).to_be_visible()


@pytest.mark.parametrize(
    "path",
    [
        f"/?place={KRAKOW.id}&within=20000",
        f"/?place={CAMBRIDGE.id}&filter_price__lte=90",
        "/?where=cambridge",
        "/?where=Atlantis",
        "/?where=...",
    ],
)
def test_pages_of_places_are_accessible(browser: Browser, site: str, path: str) -> None:
    with visiting(browser, site, bypass_csp=True) as page:
        page.goto("/?filter_kind__in=studio")  # a recent search
        page.goto(path)
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 800})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                check(page, width)


def test_open_lists_and_sheets_are_accessible(browser: Browser, site: str) -> None:
    with visiting(browser, site, bypass_csp=True, viewport=PHONE) as page:
        page.goto("/")
        type_place(page, "cam", 2)
        page.keyboard.press("ArrowDown")
        check(page, PHONE["width"])
        page.emulate_media(color_scheme="dark")
        check(page, PHONE["width"])
        page.get_by_role("button", name="Filters").click()
        expect(page.get_by_role("heading", name="Filters")).to_be_visible()
        check(page, PHONE["width"])


def check(page: Page, width: int) -> None:
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
