"""Rooms kept by a person with a browser, over the whole stack."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.stack import Checkout, checkout
from tests.photos import file_of, picture
from tests.rooms import line

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def services(shell: dict[str, str]) -> Iterator[Checkout]:
    with checkout(shell, WEB_CONCURRENCY="2") as services, services.serving():
        yield services


@pytest.fixture(scope="module")
def editor(services: Checkout) -> str:
    return services.token("editor").removeprefix("Bearer ")


@pytest.fixture
def page(services: Checkout, browser: Browser) -> Iterator[Page]:
    """A page of a browser that nobody has used, on the small screen of a telephone."""
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{services.port}", viewport={"width": 360, "height": 700}
    )
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    assert wrong == []


@pytest.fixture
def signed_in(page: Page, editor: str) -> Page:
    page.goto("/sign-in")
    page.get_by_label("Token").fill(editor)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out editor")).to_be_visible()
    return page


def check(page: Page) -> None:
    """Assert that the page is accessible, and not wider than the screen."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def type_in(page: Page, **texts: str) -> None:
    for name, text in texts.items():
        page.get_by_label(name.capitalize()).fill(text)


def test_signing_in_leads_back_and_signing_out_ends_it(page: Page, editor: str) -> None:
    page.goto("/rooms/new")
    check(page)
    page.get_by_label("Token").fill("nonsense")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("no longer valid")
    check(page)

    page.get_by_label("Token").fill(editor)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Add a room")).to_be_visible()
    page.get_by_role("button", name="Sign out editor").click()
    expect(page.locator(".notice")).to_have_text("You have signed out.")
    page.goto("/rooms/new")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_room_is_added_mended_changed_deleted_and_put_back(signed_in: Page) -> None:
    page = signed_in
    page.get_by_role("link", name="Add a room").click()
    check(page)
    type_in(page, size="20", price="many", longitude="19.94", latitude="50.06")
    page.get_by_role("button", name="Add the room").click()
    expect(page.get_by_label("Price")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Size")).to_have_value("20")
    check(page)
    page.get_by_role("alert").get_by_role("link", name="Price").click()
    expect(page.get_by_label("Price")).to_be_focused()
    type_in(page, price="1234")
    page.get_by_role("button", name="Add the room").click()
    expect(page.locator(".notice")).to_have_text("Room added.")
    check(page)
    url = page.url

    page.get_by_role("link", name="Edit").click()
    check(page)
    type_in(page, price="4321")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("4,321")

    page.get_by_role("link", name="Delete").click()
    check(page)
    page.get_by_role("button", name="Delete the room").click()
    expect(page.get_by_role("status")).to_contain_text("has been deleted")
    check(page)
    page.get_by_role("button", name="Restore").click()
    expect(page).to_have_url(url)
    expect(page.get_by_role("heading", level=1)).to_contain_text("321")


def test_an_offer_is_added_with_every_field_and_put_back(signed_in: Page) -> None:
    page = signed_in
    page.goto("/rooms/new")
    texts = {
        "Title": "Sunny studio",
        "Description": "Bright.\nQuiet.",
        "Kind": "studio",
        "Features": "wifi, sea view",
        "Price": "50",
        "Capacity": "2",
        "Shortest stay": "3",
        "Longitude": "19.94",
        "Latitude": "50.06",
        "Street": "Floriańska 3",
        "Postcode": "31-019",
        "Locality": "Kraków",
        "Country": "pl",
        "Photos": "https://photos.example/1.jpg The bed\nhttps://photos.example/2.jpg",
        "Link": "https://offers.example/1",
        "Source": "offers",
        "Reference": "1",
    }
    for label, text in texts.items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name="Add the room").click()
    expect(page.get_by_label("Features")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Description")).to_have_value("Bright.\nQuiet.")
    check(page)
    page.get_by_label("Features").fill("wifi, sea-view")
    page.get_by_role("button", name="Add the room").click()

    expect(page.get_by_role("heading", name="Sunny studio")).to_be_visible()
    expect(page.get_by_role("link", name="Rent this room")).to_be_visible()
    expect(page.get_by_text("Floriańska 3, 31-019 Kraków, PL")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Delete").click()
    check(page)
    page.get_by_role("button", name="Delete the room").click()
    check(page)
    page.get_by_role("button", name="Restore").click()
    page.get_by_role("link", name="Edit").click()
    for label, text in texts.items():
        changed = {"Features": "wifi, sea-view", "Country": "PL"}
        expect(page.get_by_label(label)).to_have_value(changed.get(label, text))


def test_a_photo_is_uploaded_and_shown(signed_in: Page) -> None:
    page = signed_in
    page.goto("/")
    page.get_by_role("link", name="per day").first.click()
    page.get_by_text("Add a photo").click()
    check(page)
    photo = file_of(picture(1200, 800), "PNG", compress_level=0).getvalue()
    assert len(photo) > 2**20  # more than forms may have
    page.get_by_label("Photo", exact=True).set_input_files(
        {"name": "room.png", "mimeType": "image/png", "buffer": photo}
    )
    page.get_by_label("Description").fill("The bed")
    page.get_by_role("button", name="Add the photo").click()

    expect(page.locator(".notice")).to_have_text("Photo added.")
    image = page.get_by_role("img", name="The bed")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    check(page)
    page.goto("/")
    expect(page.locator("img.cover")).to_have_count(1)


def test_of_two_who_edit_a_room_the_second_sees_both(signed_in: Page) -> None:
    first, second = signed_in, signed_in.context.new_page()
    first.goto("/")
    first.get_by_role("link", name="per day").first.click()
    for page in (first, second):
        page.goto(first.url.removesuffix("/edit") + "/edit")
    type_in(first, size="77")
    first.get_by_role("button", name="Save").click()
    type_in(second, size="88")
    second.get_by_role("button", name="Save").click()

    expect(second.get_by_role("alert")).to_contain_text("Somebody else has changed this room")
    expect(second.get_by_role("row", name="Size")).to_have_text("Size7788")
    check(second)
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("definition").filter(has_text="88 m²").first).to_be_visible()


def test_a_file_is_looked_at_before_it_is_imported(signed_in: Page) -> None:
    page = signed_in
    page.get_by_role("link", name="Import").click()
    check(page)
    text = "id,squareMeters,rent,lng,breadth\n" + line(2) + line(3, size="20.5")
    page.get_by_label("File").set_input_files(
        {"name": "offers.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Upload and preview").click()
    expect(page.get_by_role("alert")).to_contain_text("Please correct the columns")
    check(page)
    page.get_by_label("Latitude").select_option("breadth")
    page.get_by_label("Round decimals").uncheck()
    page.get_by_role("button", name="Update preview").click()
    expect(page.get_by_text("Valid rows: 1 ")).to_be_visible()
    check(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all invalid rows").click()
    assert ",3,squareMeters: must be a whole number" in download.value.path().read_text("utf-8")
    page.get_by_label("Round decimals").check()
    page.get_by_role("button", name="Update preview").click()
    expect(page.get_by_text("Valid rows: 2 ")).to_be_visible()
    page.get_by_role("button", name="Import", exact=True).click()

    expect(page.locator(".notice")).to_contain_text("2 new, 0 changed")
    check(page)


def test_what_is_not_there_is_a_page(page: Page) -> None:
    page.goto("/nothing")

    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    check(page)


def test_the_key_of_the_cookies_is_kept_for_nobody_else(services: Checkout) -> None:
    key = services.state / "secret-key"

    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_text()) >= 32
