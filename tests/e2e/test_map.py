"""The ground of the map in a real browser: land, a grid, names of places, and their sources."""

import re
from collections.abc import Iterator
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, expect

from rentomatic.repository.memory import MemoryRooms
from tests.apps import app_of
from tests.browsers import city_rooms, serving
from tests.e2e.visits import draw, visiting
from tests.programs import PATIENCE_SECONDS
from tests.rooms import room

pytestmark = pytest.mark.integration

EUROPE = "/?bbox=-12,34,35,62"
FIJI = "/?bbox=176,-20,-178,-15"
ATTRIBUTION = "Land: Natural Earth · Places: GeoNames, CC BY 4.0"
LAND = {True: "#map .leaflet-land-pane path", False: "#map .land path"}
# Whether a point of the map, in parts of its width and height, is on land.
IS_LAND = """([selector, right, down]) => {
  const map = document.getElementById("map").getBoundingClientRect();
  return [...document.querySelectorAll(selector)].some((path) => {
    const matrix = path.getScreenCTM().inverse();
    const point = new DOMPoint(map.left + right * map.width, map.top + down * map.height);
    return path.isPointInFill(point.matrixTransform(matrix));
  });
}"""

expect.set_options(timeout=PATIENCE_SECONDS * 1000)


@pytest.fixture(scope="module")
def site(browser: Browser) -> Iterator[str]:
    assert browser.is_connected()
    # Paris and Fiji, beside London.
    rooms = [room(1, longitude=2.35, latitude=48.85), room(2, longitude=179.9, latitude=-16.8)]
    with serving(app_of(MemoryRooms([*rooms, *city_rooms(30)]))) as url:
        yield url


def is_land(page: Page, right: float, down: float, scripts: bool) -> bool:
    return bool(page.evaluate(IS_LAND, [LAND[scripts], right, down]))


def names(page: Page) -> list[str]:
    expect(page.locator("#map .town").first).to_be_attached()
    texts = page.locator("#map text.town, #map .town span")
    expect(texts.first).to_be_attached()
    return texts.all_text_contents()


@pytest.mark.parametrize("scripts", [True, False])
def test_land_and_names_are_below_the_rooms(browser: Browser, site: str, scripts: bool) -> None:
    with visiting(browser, site, java_script_enabled=scripts) as page:
        page.goto(EUROPE)
        expect(page.locator(LAND[scripts]).first).to_be_attached()

        # Bohemia, and the Atlantic.
        assert is_land(page, 0.57, 0.5, scripts)
        assert not is_land(page, 0.02, 0.5, scripts)
        assert {"London", "Paris", "Istanbul"} <= {*names(page)}
        expect(page.get_by_text(ATTRIBUTION)).to_be_visible()
        for ground in page.locator("#map text.town, #map .town").all():
            assert ground.evaluate("element => Boolean(element.closest('[aria-hidden=true]'))")
        assert page.locator("#map a.pin[aria-label]").count() > 20


@pytest.mark.parametrize("scripts", [True, False])
def test_land_goes_on_beyond_the_antimeridian(browser: Browser, site: str, scripts: bool) -> None:
    with visiting(browser, site, java_script_enabled=scripts) as page:
        page.goto(FIJI)
        expect(page.locator(LAND[scripts]).first).to_be_attached()

        # Viti Levu and Taveuni, which is on both sides.
        assert is_land(page, (178 - 176) / 6, 0.52, scripts)
        page.goto("/?bbox=179.6,-17.2,-179.6,-16.6")
        expect(page.locator(LAND[scripts]).first).to_be_attached()
        assert is_land(page, 0.49, 0.38, scripts) or is_land(page, 0.51, 0.38, scripts)


def test_land_and_names_follow_the_map(browser: Browser, site: str) -> None:
    # Without inertia: a dragged map stays where it is.
    with visiting(browser, site, reduced_motion="reduce") as page:
        page.goto(EUROPE)
        assert "Paris" in names(page)
        page.locator("#map").scroll_into_view_if_needed()
        around = page.locator("#map").bounding_box()
        assert around
        x, y = around["x"] + around["width"] - 20, around["y"] + around["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x - 0.8 * around["width"], y, steps=5)
        page.mouse.up()

        expect(page.locator("#map .town", has_text="Baku")).to_have_count(1)
        expect(page.locator("#map .town", has_text="Paris")).to_have_count(0)
        # The south of the Caspian Sea, and Kazakhstan.
        page.wait_for_url(re.compile(r"bbox=2\d"))
        west, _south, east, _north = (
            float(each) for each in page.url.split("bbox=")[1].split(",")
        )
        assert not is_land(page, (51 - west) / (east - west), 0.88, scripts=True)
        assert is_land(page, 0.9, 0.4, scripts=True)


def test_a_map_without_its_land_still_has_its_rooms(browser: Browser, site: str) -> None:
    with visiting(browser, site) as page:
        page.route(re.compile("/static/land/|/places"), lambda route: route.abort())
        page.goto(EUROPE)

        expect(page.locator("#map a.pin")).to_have_count(24)
        expect(page.locator("#map canvas").first).to_be_attached()
        expect(page.locator(LAND[True])).to_have_count(0)


def test_the_dark_scheme_changes_a_map_that_is_shown(browser: Browser, site: str) -> None:
    with visiting(browser, site, color_scheme="light") as page:
        page.goto(EUROPE)
        land = page.locator(LAND[True]).first
        fill = "element => getComputedStyle(element).fill"
        light = land.evaluate(fill)
        page.emulate_media(color_scheme="dark")

        assert land.evaluate(fill) != light


def test_tiles_of_this_site_replace_land_and_names(browser: Browser) -> None:
    app = app_of(
        MemoryRooms([room(1)]),
        RENTOMATIC_TILES="/tiles/{z}/{x}/{y}.png",
        RENTOMATIC_TILES_ATTRIBUTION="© Mapmakers",
    )
    asked: list[str] = []

    def see(request: Request) -> None:
        asked.append(request.url)

    with serving(app) as site, visiting(browser, site) as page:
        page.route("**/tiles/**", draw)
        page.on("request", see)
        with page.expect_request(re.compile(r"/tiles/\d+/\d+/\d+\.png$")):
            page.goto(EUROPE, wait_until="networkidle")

        expect(page.get_by_text("© Mapmakers")).to_be_visible()
        expect(page.get_by_text("Natural Earth")).to_have_count(0)
        assert not [url for url in asked if "/static/land/" in url or "/places?" in url]


@pytest.mark.parametrize(("scripts", "scheme"), [*product((True, False), ("light", "dark"))])
def test_axe_finds_nothing_on_maps(
    browser: Browser, site: str, scripts: bool, scheme: str
) -> None:
    options = {"viewport": {"width": 320, "height": 640}, "color_scheme": scheme}
    # axe is a script itself: the map of the server stays if its own scripts are missing.
    with visiting(browser, site, bypass_csp=True, **options) as page:
        if not scripts:
            page.route(re.compile(r"\.js$"), lambda route: route.abort())
        page.goto(EUROPE)
        expect(page.locator(LAND[scripts]).first).to_be_attached()
        found = Axe().run(page)

        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
