"""The pages in a real browser: with scripts and without, by mouse and by keyboard."""

import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    Locator,
    Page,
    Response,
    Route,
    expect,
)

from rentomatic.domain.conditions import Box
from rentomatic.repository.memory import MemoryRooms
from rentomatic.requests.search import parse_box
from tests.apps import app_of
from tests.browsers import city_rooms, offers, serving
from tests.e2e.visits import PHOTO_HOST, draw, visiting
from tests.programs import PATIENCE_SECONDS
from tests.rooms import room

pytestmark = pytest.mark.integration

ROOMS = city_rooms(200)
CHEAP = 60
PATHS = {
    "search": "/?filter_price__lte=70",
    "part": "/?bbox=-0.2,51.4,0,51.6",
    "nothing": "/?filter_price__lte=1",
    "mistake": "/?filter_price__lte=cheap",
    "room": f"/rooms/{ROOMS[0].code}",
}
LONG = room(
    title="W" * 100,
    kind="w" * 50,
    features=["w" * 50, "x" * 50],
    description="W" * 500,
    address={"street": "W" * 200, "locality": "W" * 200},
    photos=[{"url": f"https://{PHOTO_HOST}/1.jpg", "alt": "W" * 500}],
    price=1,
)
OFFERS = [*offers(ROOMS, PHOTO_HOST), LONG]
OFFER_PATHS = {
    "search": "/",
    "words": "/?q=park&filter_features__all=wifi&filter_kind__in=room,studio&sort=relevance",
    "mistake": "/?q=...",
    "room": f"/rooms/{OFFERS[1].code}",
    "long words": f"/rooms/{LONG.code}",
    "long word": f"/?filter_kind__in={LONG.kind}",
    "unknown size": f"/rooms/{OFFERS[4].code}",
}
PAGE_BYTES = 85_000
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

expect.set_options(timeout=PATIENCE_SECONDS * 1000)


@pytest.fixture(scope="module")
def site(browser: Browser) -> Iterator[str]:
    assert browser.is_connected()  # without a browser there is nothing to serve
    with serving(app_of(MemoryRooms(ROOMS))) as url:
        yield url


@pytest.fixture(scope="module")
def offer_site(browser: Browser) -> Iterator[str]:
    assert browser.is_connected()
    with serving(app_of(MemoryRooms(OFFERS), RENTOMATIC_PHOTOS=PHOTO_HOST)) as url:
        yield url


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def either(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Page]:
    """A page with scripts, and one without."""
    with visiting(browser, site, java_script_enabled=request.param) as page:
        yield page


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    with visiting(browser, site) as opened:
        yield opened


def cards(page: Page) -> Locator:
    return page.locator(".card")


def first_numbers(page: Page) -> list[int]:
    texts = page.locator(".card h2 a").all_text_contents()
    return [int(re.findall(r"\d+", text)[0]) for text in texts]


def box(page: Page) -> Box:
    return parse_box(parse_qs(urlsplit(page.url).query)["bbox"][0])


def inside(edges: Box) -> int:
    return sum(
        edges.west <= each.longitude <= edges.east and edges.south <= each.latitude <= edges.north
        for each in ROOMS
    )


def count(page: Page) -> Locator:
    return page.locator("#count")


def wait_for_box(page: Page) -> None:
    page.wait_for_url(re.compile("bbox="))
    expect(page.get_by_role("list", name="Conditions")).to_contain_text("map area")


def drag(page: Page, right: int, down: int) -> None:
    page.locator("#map").scroll_into_view_if_needed()
    around = page.locator("#map").bounding_box()
    assert around
    # From a corner, where no pin is.
    x, y = around["x"] + around["width"] - 20, around["y"] + around["height"] - 20
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y + down, steps=5)
    page.mouse.up()


def middle(pin: Locator, page: Page) -> tuple[float, float]:
    """Return where on the map the middle of a pin is."""
    box, around = pin.bounding_box(), page.locator("#map").bounding_box()
    assert box
    assert around
    return (
        box["x"] + box["width"] / 2 - around["x"],
        box["y"] + box["height"] / 2 - around["y"],
    )


def test_rooms_are_filtered_sorted_and_paged_through(either: Page) -> None:
    either.goto("/")
    expect(count(either)).to_have_text(f"{len(ROOMS)} rooms")
    either.locator("[name=filter_price__lte]").fill(str(CHEAP))
    either.get_by_label("Sort by").select_option("most expensive first")
    either.get_by_role("button", name="Search").click()

    wanted = sorted((each.price for each in ROOMS if each.price <= CHEAP), reverse=True)
    expect(count(either)).to_have_text(f"{len(wanted)} rooms")
    assert first_numbers(either) == wanted[:24]
    expect(either.locator("[name=filter_price__lte]")).to_have_value(str(CHEAP))

    either.get_by_role("link", name="Next").click()
    either.wait_for_url(re.compile("cursor="))
    assert first_numbers(either) == wanted[24:48]
    either.go_back()
    expect(either.get_by_role("link", name="Previous")).to_have_count(0)
    assert first_numbers(either) == wanted[:24]


def test_a_room_is_opened_and_left_again(either: Page) -> None:
    either.goto("/?filter_price__lte=70")
    first = either.locator(".card").first.get_attribute("data-code")
    either.locator(".card h2 a").first.click()

    expect(either).to_have_url(re.compile(f"/rooms/{first}$"))
    expect(either.get_by_role("heading", level=1)).to_contain_text("Room for €")
    expect(cards(either)).to_have_count(6)
    either.go_back()
    expect(either.locator(".card").first).to_have_attribute("data-code", str(first))
    either.go_forward()
    expect(either.get_by_role("heading", name="Rooms nearby")).to_be_visible()


def test_who_finds_nothing_is_told_which_condition_to_leave_out(either: Page) -> None:
    either.goto("/?filter_price__lte=1&filter_size__gte=10")
    expect(cards(either)).to_have_count(0)
    either.get_by_role("link", name="Without “price up to 1”").click()

    large = sum((each.size or 0) >= 10 for each in ROOMS)
    expect(count(either)).to_have_text(f"{large} rooms")
    expect(either).to_have_url(re.compile(r"/\?filter_size__gte=10$"))


def test_a_mistake_is_shown_at_its_field_with_what_was_typed(either: Page) -> None:
    either.goto("/")
    either.locator("[name=filter_price__lte]").fill("cheap")
    either.get_by_role("button", name="Search").click()

    field = either.locator("[aria-invalid]")
    expect(field).to_have_value("cheap")
    expect(either.locator(f"#{field.get_attribute('aria-describedby')}")).not_to_be_empty()
    expect(either.get_by_role("alert")).to_contain_text("Price up to: must be a whole number")


def test_the_keyboard_alone_is_enough(either: Page) -> None:
    either.goto("/")

    def tab_to(selector: str) -> None:
        for _ in range(20):
            either.keyboard.press("Tab")
            if either.locator(f"{selector}:focus").count():
                return
        pytest.fail(f"{selector} is not reached")

    tab_to(".skip-link")
    either.keyboard.press("Enter")
    tab_to("[name=filter_price__lte]")
    either.keyboard.type(str(CHEAP))
    either.keyboard.press("Enter")
    cheap = sum(each.price <= CHEAP for each in ROOMS)
    expect(count(either)).to_have_text(f"{cheap} rooms")
    tab_to(".card h2 a")
    either.keyboard.press("Enter")
    expect(either.get_by_role("heading", name="Rooms nearby")).to_be_visible()


def test_without_scripts_links_move_the_map(browser: Browser, site: str) -> None:
    with visiting(browser, site, java_script_enabled=False) as page:
        page.goto("/")
        page.get_by_role("link", name="Zoom in").click()
        nearer = box(page)
        page.get_by_role("link", name="East").click()

        assert box(page).west == pytest.approx((nearer.west + nearer.east) / 2, abs=1e-5)
        assert 0 < inside(box(page)) < len(ROOMS)
        expect(count(page)).to_have_text(re.compile(f"^{inside(box(page))} rooms?$"))


def test_the_picture_has_its_pins_where_the_map_has_them(browser: Browser, site: str) -> None:
    middles = []
    for scripts in (True, False):
        with visiting(browser, site, java_script_enabled=scripts) as page:
            page.goto(PATHS["part"])
            pins = page.locator("#map .pin" if scripts else "#map .pin circle")
            expect(pins).to_have_count(24)
            middles.append([middle(pin, page) for pin in pins.all()])

    for livelier, drawn in zip(*middles, strict=True):
        assert livelier == pytest.approx(drawn, abs=2)


def test_dragging_the_map_moves_the_search(page: Page) -> None:
    page.goto("/?sort=-size")
    drag(page, -150, 40)
    wait_for_box(page)

    assert 0 < inside(box(page)) < len(ROOMS)
    expect(count(page)).to_have_text(f"{inside(box(page))} rooms")
    expect(page.locator("#status")).to_have_text(f"{inside(box(page))} rooms to rent")
    assert "sort=-size" in page.url
    assert page.locator("a.pin").count() == cards(page).count()


def test_back_leaves_the_search_however_often_its_map_was_moved(page: Page) -> None:
    page.goto("/")
    expect(page.locator("button.cluster").first).to_be_visible()
    before = middle(page.locator("a.pin").first, page)
    page.locator("[name=filter_price__lte]").fill(str(CHEAP))
    page.get_by_role("button", name="Search").click()
    cheap = sum(each.price <= CHEAP for each in ROOMS)
    expect(count(page)).to_have_text(f"{cheap} rooms")
    page.locator("#map").focus()
    for _ in range(5):
        address = page.url
        page.keyboard.press("ArrowRight")
        expect(page).not_to_have_url(address)
    moved, there = page.url, count(page).inner_text()

    page.go_back()
    expect(count(page)).to_have_text(f"{len(ROOMS)} rooms")
    assert middle(page.locator("a.pin").first, page) == pytest.approx(before, abs=1)
    page.wait_for_timeout(500)  # longer than the map waits before the search follows it
    assert urlsplit(page.url).query == ""
    page.go_forward()
    expect(count(page)).to_have_text(there)
    page.wait_for_timeout(500)
    assert page.url == moved


def test_pins_are_one_tab_stop_with_arrow_keys(page: Page) -> None:
    page.goto("/")
    pins = page.locator("a.pin")
    expect(page.locator('a.pin[tabindex="0"]')).to_have_count(1)
    assert pins.count() > 20
    address = page.url
    pins.first.focus()
    keys = [("ArrowRight", 1), ("ArrowDown", 2), ("ArrowLeft", 1), ("End", -1), ("Home", 0)]
    for key, index in keys:
        page.keyboard.press(key)
        expect(pins.nth(index)).to_be_focused()
        expect(page.locator('a.pin[tabindex="0"]')).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.locator("a.pin:focus")).to_have_count(0)
    page.wait_for_timeout(500)
    assert page.url == address


def test_a_circle_over_the_antimeridian_is_seen_as_one_place(browser: Browser) -> None:
    rooms = [room(1, longitude=179.9, latitude=-17), room(2, longitude=-179.9, latitude=-17.1)]
    for scripts in (True, False):
        with (
            serving(app_of(MemoryRooms(rooms))) as site,
            visiting(browser, site, java_script_enabled=scripts) as page,
        ):
            page.goto("/?near_longitude=180&near_latitude=-17&within=100000")
            expect(count(page)).to_have_text("2 rooms")
            around = page.locator("#map").bounding_box()
            pins = page.locator("#map a.pin, #map a:has(text)")
            first, second = (middle(pins.nth(number), page) for number in (0, 1))
            assert around
            assert all(0 < x < around["width"] for x, _ in (first, second))
            # 0.2 degrees apart, on a map of about a quarter of a degree.
            assert around["width"] / 4 < abs(first[0] - second[0]) < around["width"]


def test_what_was_typed_belongs_to_the_search_that_the_map_moves(page: Page) -> None:
    page.goto("/")
    page.locator("[name=filter_price__lte]").fill(str(CHEAP))
    drag(page, 30, 30)
    wait_for_box(page)

    assert f"filter_price__lte={CHEAP}" in page.url
    assert max(first_numbers(page)) <= CHEAP


def test_a_group_of_rooms_is_zoomed_into(page: Page) -> None:
    page.goto("/?bbox=-0.3,51.4,0,51.6")
    before = box(page)
    page.locator("button.cluster").last.dispatch_event("click")
    expect(page).not_to_have_url(re.compile("bbox=-0.3,"))

    after = box(page)
    assert after.east - after.west == pytest.approx((before.east - before.west) / 4, rel=0.5)
    expect(count(page)).to_have_text(re.compile(f"^{inside(after)} rooms?$"))


def test_groups_and_pins_come_to_all_rooms_in_sight(page: Page) -> None:
    page.goto("/?bbox=-0.4,51.3,0.2,51.7")
    expect(page.locator("button.cluster").first).to_be_visible()

    shown = sum(map(int, page.locator("button.cluster").all_inner_texts()))
    assert shown >= inside(box(page)) > 24


def test_a_card_and_its_pin_are_highlighted_together(page: Page) -> None:
    page.goto("/")
    code = cards(page).nth(2).get_attribute("data-code")
    pin = page.locator(f"a.pin[data-code='{code}']")
    highlighted = re.compile(r"\bhighlighted\b")

    cards(page).nth(2).hover()
    expect(pin).to_have_class(highlighted)
    cards(page).nth(1).hover()
    expect(pin).not_to_have_class(highlighted)
    pin.focus()
    expect(cards(page).nth(2)).to_have_class(highlighted)


def test_a_pin_leads_to_its_room(page: Page) -> None:
    page.goto("/")
    pin = page.locator("a.pin").last
    pin.focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Rooms nearby")).to_be_visible()
    expect(page.locator("a.pin.current")).to_have_count(1)
    expect(page.locator("a.pin")).to_have_count(7)


@pytest.mark.parametrize("failing", ["abort", "500"])
def test_a_search_that_fails_is_told_and_the_page_goes_on(page: Page, failing: str) -> None:
    page.goto("/")
    shown = count(page).inner_text()
    answer: Callable[[Any], None] = (
        (lambda route: route.abort())
        if failing == "abort"
        else (lambda route: route.fulfill(status=500, body="{}"))
    )
    page.route(re.compile(r"/\?.*bbox="), answer)
    drag(page, -100, 0)

    expect(page.locator("#status")).to_contain_text("could not be loaded")
    expect(page.locator("#status")).to_be_in_viewport()
    expect(count(page)).to_have_text(shown)
    assert urlsplit(page.url).query == ""
    page.unroute_all()
    drag(page, -20, 0)
    wait_for_box(page)
    expect(page.locator("#status")).to_contain_text("rooms to rent")


def test_the_map_goes_over_the_antimeridian(browser: Browser) -> None:
    rooms = [room(1, longitude=179.9, latitude=0.1), room(2, longitude=-179.9, latitude=-0.1)]
    with serving(app_of(MemoryRooms(rooms))) as site, visiting(browser, site) as page:
        page.goto("/?bbox=179,-0.75,-179,0.75")
        around = page.locator("#map").bounding_box()
        pins = [pin.bounding_box() for pin in page.locator("a.pin").all()]
        assert around
        assert len(pins) == 2
        for pin in pins:
            assert pin
            assert around["x"] < pin["x"] < around["x"] + around["width"]
        drag(page, -20, 0)
        expect(page).not_to_have_url(re.compile("bbox=179,"))

        assert box(page).west > 179
        assert box(page).east < -178
        expect(count(page)).to_have_text("2 rooms")


def test_a_map_wider_than_the_world_shows_the_world(page: Page) -> None:
    page.goto("/?bbox=-170,-80,170,80")
    page.locator("#map").focus()
    page.keyboard.press("-")
    page.wait_for_url(re.compile("bbox=-180,-90,180,90"))

    expect(count(page)).to_have_text(f"{len(ROOMS)} rooms")


def test_a_resized_window_moves_nothing(page: Page) -> None:
    page.goto("/")
    page.set_viewport_size({"width": 500, "height": 600})
    page.wait_for_timeout(1200)  # longer than Leaflet and the search wait together

    assert urlsplit(page.url).query == ""


def test_tiles_are_those_of_the_settings(browser: Browser) -> None:
    app = app_of(
        MemoryRooms(ROOMS),
        RENTOMATIC_TILES="https://tiles.example/{z}/{x}/{y}.png",
        RENTOMATIC_TILES_ATTRIBUTION="© Mapmakers",
    )
    with serving(app) as site:
        context = browser.new_context(base_url=site, bypass_csp=True)
        page = context.new_page()
        page.route(
            "https://tiles.example/**",
            draw,
        )
        tile = re.compile(r"^https://tiles\.example/\d+/\d+/\d+\.png$")
        with page.expect_request(tile) as asked:
            page.goto("/")
        assert asked.value.header_value("Referer") == f"{site}/"

        expect(page.get_by_text("© Mapmakers")).to_be_visible()
        expect(page.locator("#map canvas")).to_have_count(0)
        context.close()


@pytest.mark.parametrize("name", PATHS)
def test_nothing_is_wider_than_a_small_phone(browser: Browser, site: str, name: str) -> None:
    with visiting(browser, site, viewport={"width": 320, "height": 640}) as page:
        page.goto(PATHS[name])

        assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize(
    ("name", "most"), [("search", PAGE_BYTES), ("part", 1.2 * PAGE_BYTES), ("room", PAGE_BYTES)]
)
def test_pages_are_light(page: Page, name: str, most: float) -> None:
    bodies: list[bytes] = []

    def weigh(response: Response) -> None:
        if "/static/leaflet/" not in response.url:
            bodies.append(response.body())

    page.on("response", weigh)
    page.goto(PATHS[name], wait_until="networkidle")

    assert len(bodies) >= 4
    assert sum(map(len, bodies)) < most


def test_leaflet_is_kept_for_as_long_as_its_version_lasts(page: Page) -> None:
    with page.expect_response(re.compile(r"/static/leaflet/[\d.]+/leaflet\.js$")) as answer:
        page.goto("/")

    assert answer.value.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_who_asked_for_less_motion_gets_none(browser: Browser, site: str) -> None:
    with visiting(browser, site, reduced_motion="reduce") as page:
        page.goto("/")

        expect(page.locator("#map.leaflet-container")).to_have_count(1)
        expect(page.locator("#map.leaflet-fade-anim, #map.leaflet-zoom-anim")).to_have_count(0)


@pytest.mark.parametrize("name", PATHS)
def test_pages_are_accessible(browser: Browser, site: str, name: str) -> None:
    with visiting(browser, site, bypass_csp=True) as page:
        page.goto(PATHS[name])
        for width, scheme in product((1280, 360), SCHEMES):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page)

            assert found.response["violations"] == [], found.generate_report()


@pytest.mark.parametrize("name", OFFER_PATHS)
def test_pages_of_offers_are_accessible(browser: Browser, offer_site: str, name: str) -> None:
    with visiting(browser, offer_site, bypass_csp=True) as page:
        page.goto(OFFER_PATHS[name])
        for each in page.locator("details.more:not([open]) summary").all():
            each.click()
        for width, scheme in product((1280, 320), SCHEMES):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page)

            assert found.response["violations"] == [], found.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scripts", [True, False])
def test_rooms_are_found_by_words(browser: Browser, offer_site: str, scripts: bool) -> None:
    wanted = [
        each
        for each in OFFERS
        if each.kind in ("room", "studio") and {"wifi", "balcony"} <= set(each.features)
    ]
    with visiting(browser, offer_site, java_script_enabled=scripts) as page:
        page.goto("/")
        page.get_by_text("More filters").click()
        for word in ("room", "studio", "wifi", "balcony"):
            page.locator(f"input[value={word}]").check()
        page.get_by_role("button", name="Search").click()

        expect(count(page)).to_have_text(f"{len(wanted)} rooms")
        expect(page).to_have_url(
            re.compile(
                r"/\?filter_kind__in=room,studio&filter_features__all=wifi,balcony&sort=price$"
            )
        )
        expect(page.locator("input:checked")).to_have_count(4)
        page.get_by_label("Words").fill("PARK")
        page.get_by_label("Words").press("Enter")
        in_parks = sum("park" in f"{each.title} {each.address}".lower() for each in wanted)
        expect(count(page)).to_have_text(f"{in_parks} rooms")
        page.get_by_role("link", name="Remove: words: PARK").click()
        expect(count(page)).to_have_text(f"{len(wanted)} rooms")


def test_a_search_keeps_the_focus_and_the_open_filters(browser: Browser, offer_site: str) -> None:
    with visiting(browser, offer_site) as page:
        page.goto("/")
        page.get_by_text("More filters").click()
        page.locator("input[value=wifi]").check()
        page.locator("input[value=balcony]").check()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("filter_features__all="))
        expect(page.locator("input:checked")).to_have_count(2)
        expect(page.locator("input[value=balcony]")).to_be_focused()

        page.locator("input[value=wifi]").uncheck()
        page.locator("input[value=balcony]").uncheck()
        drag(page, 30, 30)
        wait_for_box(page)
        assert "filter_features__all=" not in page.url
        expect(page.locator("details.more")).to_have_attribute("open", "")


def test_nothing_jumps_when_photos_arrive(browser: Browser, offer_site: str) -> None:
    with visiting(browser, offer_site) as page:
        waiting: list[Route] = []

        def hold(route: Route) -> None:
            waiting.append(route)

        page.route(f"https://{PHOTO_HOST}/**", hold)
        with page.expect_request(f"https://{PHOTO_HOST}/**"):
            page.goto("/")
        cards = page.locator(".card").all()
        without = [card.bounding_box() for card in cards]
        for route in waiting:
            draw(route)
        image = page.locator("img.cover").first
        image.evaluate("image => image.decode()")

        assert [card.bounding_box() for card in cards] == without


def test_photos_are_reached_by_the_keyboard(browser: Browser, offer_site: str) -> None:
    with visiting(browser, offer_site) as page:
        page.goto(OFFER_PATHS["room"])
        page.get_by_role("list", name="Photos").focus()
        page.keyboard.press("Tab")

        photo = page.locator(".gallery a").first
        expect(photo).to_be_focused()
        expect(photo).to_have_attribute("href", OFFERS[1].photos[0]["url"])
