"""Rooms kept by forms, as a browser sends them."""

import io
import os
import re
import time
from datetime import UTC, datetime
from html import escape, unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from rentomatic.domain.conditions import Filter
from rentomatic.domain.operators import Operator
from rentomatic.domain.references import code_of
from rentomatic.domain.tokens import Role, new_token
from rentomatic.errors import RoomNotFound
from rentomatic.imports.profiles import save_profile
from rentomatic.repository.connect import connect
from rentomatic.repository.memory import EXAMPLE_ROOMS, MemoryRooms, MemoryTokens
from rentomatic.repository.protocols import RoomRepository, Storage
from rentomatic.repository.read_only import read_only
from rentomatic.serializers.formats import FORMATS
from rentomatic_web.locks import Locks
from rentomatic_web.pages.imports import uploads
from rentomatic_web.storage import heavy
from rentomatic_web.storage.heavy import HeavyRooms
from rentomatic_web.storage.results import Results
from rentomatic_web.storage.slots import Slots
from tests.apps import app_of, change_context, token_for
from tests.photos import file_of, picture
from tests.rooms import HEADER, line, room
from tests.workbooks import workbook

KEY = "k" * 32
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
VALUES = {"size": "20", "price": "50", "longitude": "19.94", "latitude": "50.06"}


class Visitor:
    """Who looks at pages, follows no redirects, and sends the forms as they stand there."""

    def __init__(self, app: Flask) -> None:
        self.client = FlaskClient(app, app.response_class)

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, headers=BROWSER, **more)

    def fields(self, path: str, action: str = "") -> dict[str, str]:
        """Return the hidden and filled fields of a page, or of its form with that action."""
        unchecked = r'<input type="checkbox"(?![^>]* checked)[^>]*>'
        text = re.sub(unchecked, "", self.get(path).text)
        if action:
            text = next(t for t in text.split("<form")[1:] if f'action="{action}"' in t)
        found = re.findall(r'name="(\w+)"[^>]*?value="([^"]*)"', text.partition("</form>")[0])
        found += re.findall(r'name="(\w+)"[^>]*?value="([^"]*)"', text) if not action else []
        return dict(found)

    def send(self, path: str, page: str = "", **data: Any) -> TestResponse:
        """Send the form of a page, or of the same path, with other values in it."""
        given = {**self.fields(page or path), **data}
        return self.client.post(path, data=given, headers=BROWSER)

    def put_back(self, deleted: TestResponse) -> TestResponse:
        """Send the form of the page that a deletion shows."""
        pairs = re.findall(r'name="(\w+)" value="([^"]*)"', deleted.text, re.DOTALL)
        data = {name: unescape(text) for name, text in pairs}
        return self.client.post("/rooms/new", data=data, headers=BROWSER)

    def sign_in(self, token: str, query: str = "") -> TestResponse:
        path = "/sign-in" + query
        return self.send(path, token=token.removeprefix("Bearer "))


class World:
    """Rooms, tokens, and an application over both."""

    def __init__(self, uploads_folder: Path, **settings: str) -> None:
        self.rooms, self.tokens = MemoryRooms(EXAMPLE_ROOMS), MemoryTokens()
        self.app = self.over(self.rooms, **{"RENTOMATIC_SECRET_KEY": KEY, **settings})
        sign_outs = uploads_folder.with_name("sign-outs")
        change_context(self.app, uploads=uploads_folder, sign_outs=sign_outs)
        self.visitor = Visitor(self.app)

    def over(self, rooms: RoomRepository, **settings: str) -> Flask:
        return app_of(rooms, self.tokens, **settings)

    def editor(self, role: Role = Role.EDITOR) -> Visitor:
        assert self.visitor.sign_in(token_for(self.tokens, role)).status_code == 303
        return self.visitor


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "uploads")


def test_who_shows_a_token_is_signed_in_for_twelve_hours(world: World) -> None:
    token = token_for(world.tokens, Role.EDITOR)

    answer = world.visitor.sign_in(token)

    cookie = answer.headers["Set-Cookie"]
    assert (answer.status_code, answer.location) == (303, "/")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    held = world.visitor.client.get_cookie("rentomatic")
    assert held is not None
    assert held.expires is not None
    assert 11.9 < (held.expires.timestamp() - time.time()) / 3600 <= 12
    page = world.visitor.get("/")
    assert "Sign out ann" in page.text
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in page.headers["Vary"]


def test_a_cookie_that_was_copied_does_not_work_after_signing_out(world: World) -> None:
    world.visitor.sign_in(token_for(world.tokens, Role.EDITOR))
    cookie = world.visitor.client.get_cookie("rentomatic")
    assert cookie is not None
    world.visitor.send("/sign-out")

    world.visitor.client.set_cookie("rentomatic", cookie.value)

    assert world.visitor.get("/rooms/new").status_code == 303
    assert "Sign out ann" not in world.visitor.get("/").text


def test_signing_out_needs_no_writable_folder(world: World) -> None:
    change_context(world.app, sign_outs=Path("/dev/null/sign-outs"))
    world.editor()

    assert world.visitor.send("/sign-out").status_code == 303
    assert world.visitor.get("/rooms/new").status_code == 303


def test_attempts_to_sign_in_are_counted(world: World) -> None:
    token = token_for(world.tokens, Role.EDITOR)
    for text in ("", "ann.guess", "ann.guess", token):
        world.visitor.sign_in(text)

    registry = world.app.extensions["rentomatic"].metrics.registry
    counts = {
        result: registry.get_sample_value("rentomatic_token_checks_total", {"result": result})
        for result in ("missing", "refused", "accepted")
    }
    assert counts == {"missing": 1, "refused": 2, "accepted": 1}


def unsafe_pages() -> list[tuple[str, str]]:
    rules = app_of(MemoryRooms(), RENTOMATIC_SECRET_KEY=KEY).url_map.iter_rules()
    return sorted(
        (method, rule.rule.replace("<code:code>", EXAMPLE_ROOMS[0].code))
        for rule in rules
        if rule.endpoint.startswith("pages.")
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    )


@pytest.mark.parametrize(("method", "path"), unsafe_pages())
def test_no_page_accepts_a_form_of_another_site(world: World, method: str, path: str) -> None:
    editor = world.editor()
    before = list(world.rooms.scan())

    for form in ({}, {"csrf_token": "forged"}):
        answer = editor.client.open(path, method=method, data=form)
        assert answer.status_code == 400
        assert "form" in answer.text
    assert list(world.rooms.scan()) == before


def test_there_are_pages_with_forms() -> None:
    assert len(unsafe_pages()) >= 7


def test_the_cookie_holds_no_secret(world: World) -> None:
    token = token_for(world.tokens, Role.EDITOR)
    world.visitor.sign_in(token)

    with world.visitor.client.session_transaction() as session:
        assert session["visitor"]["name"] == "ann"
        assert token.partition(".")[2] not in str(dict(session))


def test_by_https_the_cookie_is_secure(world: World) -> None:
    page = world.visitor.client.get("/sign-in", headers={"X-Forwarded-Proto": "https"})

    assert "Secure" in page.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("token", "said"), [("", "is missing"), ("ann.wrong", "unknown"), ("nonsense", "unknown")]
)
def test_a_token_that_does_not_hold_is_refused(world: World, token: str, said: str) -> None:
    token_for(world.tokens, Role.EDITOR)
    answer = world.visitor.sign_in(token)

    assert answer.status_code == 400
    assert said in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "Sign out" not in world.visitor.get("/").text


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("?next=/rooms/new", "/rooms/new"),
        ("?next=/%3Fsort%3Dsize%26cursor%3Dx", "/?sort=size&cursor=x"),
        ("?next=//evil.example/", "/"),
        ("?next=/%5Cevil.example/", "/"),
        ("?next=/%09/evil.example/", "/"),
        ("?next=https://evil.example/", "/"),
        ("?next=", "/"),
    ],
)
def test_a_sign_in_leads_to_this_site_only(world: World, query: str, place: str) -> None:
    assert world.visitor.sign_in(token_for(world.tokens, Role.EDITOR), query).location == place


def test_a_revoked_token_signs_out_and_says_so(world: World) -> None:
    visitor = world.editor()
    world.tokens.revoke("ann")

    page = visitor.get("/")

    assert "You have been signed out" in page.text
    assert "Sign out" not in page.text
    assert "You have been signed out" not in visitor.get("/").text


def test_another_token_by_the_same_name_signs_out(world: World) -> None:
    visitor = world.editor()
    world.tokens.revoke("ann")
    token_for(world.tokens, Role.EDITOR)

    assert visitor.get("/rooms/new").location == "/sign-in?next=/rooms/new"


def test_a_token_that_is_over_cannot_write(world: World) -> None:
    visitor = world.editor()
    data = visitor.fields("/rooms/new")
    world.tokens.revoke("ann")
    token_for(world.tokens, Role.EDITOR, age=2)

    answer = visitor.client.post("/rooms/new", data=data | VALUES, headers=BROWSER)

    assert answer.location == "/sign-in?next=/rooms/new"
    with pytest.raises(RoomNotFound):
        world.rooms.get(data["code"])


def test_asking_for_the_head_of_a_form_proves_nothing(world: World) -> None:
    assert world.visitor.client.head("/sign-in").status_code == 200


def test_signing_out_forgets(world: World) -> None:
    visitor = world.editor()

    assert visitor.send("/sign-out", "/").status_code == 303
    assert "Sign in" in visitor.get("/").text


def test_without_a_key_signing_in_is_not_to_be_had(tmp_path: Path) -> None:
    world = World(tmp_path, RENTOMATIC_SECRET_KEY="")

    for answer in (world.visitor.get("/sign-in"), world.visitor.client.post("/sign-out")):
        assert answer.status_code == 503
        assert "RENTOMATIC_SECRET_KEY is not set" in answer.text
    assert world.visitor.get("/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/rooms/new", "/sign-in", "/sign-out", "/import", "/import/preview"]
)
def test_a_form_that_is_not_ours_is_refused(world: World, path: str) -> None:
    visitor = world.editor()

    for token in ({}, {"csrf_token": "forged"}):
        answer = visitor.client.post(path, data={**VALUES, **token}, headers=BROWSER)
        assert answer.status_code == 400
        assert "Reload the page" in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_cookie_alone_never_writes_through_the_api(world: World, method: str) -> None:
    visitor = world.editor()
    token = visitor.fields("/rooms/new")["csrf_token"]
    room_path = f"/rooms/{EXAMPLE_ROOMS[0].code}"

    for path in ("/rooms", "/rooms/import") if method == "POST" else (room_path,):
        answer = visitor.client.open(
            path, method=method, json={"price": 1}, headers={"X-CSRFToken": token}
        )
        assert answer.status_code == 401
    assert world.rooms.get(EXAMPLE_ROOMS[0].code) == EXAMPLE_ROOMS[0]


def test_a_room_is_added_once_however_often_its_form_is_sent(world: World) -> None:
    visitor = world.editor()
    data = visitor.fields("/rooms/new") | VALUES

    first = visitor.client.post("/rooms/new", data=data, headers=BROWSER)
    page = visitor.get(first.location or "")
    second = visitor.client.post("/rooms/new", data=data, headers=BROWSER)

    assert (first.status_code, second.status_code) == (303, 409)
    assert world.rooms.get(data["code"]) == room(code=data["code"])
    assert "Room added" in page.text
    assert f"There is already a room {data['code']}" in second.text


def test_what_is_typed_stays_and_errors_stand_at_their_fields(world: World) -> None:
    answer = world.editor().send(
        "/rooms/new", **VALUES | {"size": "<b>", "price": "", "latitude": "91"}
    )

    assert answer.status_code == 400
    assert 'value="&lt;b&gt;"' in answer.text
    assert 'value="19.94"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 3
    for name, said in (
        ("size", "whole number"),
        ("price", "is missing"),
        ("latitude", "must be from"),
    ):
        assert f'href="#{name}"' in answer.text
        assert f'aria-describedby="{name}-hint {name}-problem"' in answer.text
        assert re.search(rf'id="{name}-problem">{name.capitalize()}: [^<]*{said}', answer.text)


def test_a_room_is_changed(world: World) -> None:
    old = EXAMPLE_ROOMS[0]
    visitor = world.editor()
    path = f"/rooms/{old.code}/edit"

    assert f"{path}" in visitor.get(f"/rooms/{old.code}").text
    answer = visitor.send(path, price=" 77 ")

    assert (answer.status_code, answer.location) == (303, f"/rooms/{old.code}")
    assert vars(world.rooms.get(old.code)) == vars(old) | {"price": 77}


def test_nobody_overwrites_what_he_has_not_seen(world: World) -> None:
    old = EXAMPLE_ROOMS[0]
    visitor, path = world.editor(), f"/rooms/{old.code}/edit"
    mine = visitor.fields(path) | {"price": "77"}
    theirs = room(**vars(old) | {"price": 55})
    world.rooms.replace(old, theirs)

    answer = visitor.client.post(path, data=mine, headers=BROWSER)

    assert answer.status_code == 412
    assert "Somebody else has changed this room" in answer.text
    assert "<td>55</td><td><strong>77</strong></td>" in answer.text
    assert world.rooms.get(old.code) == theirs
    etag = re.findall(r'name="etag" value="(\w+)"', answer.text)[0]
    assert visitor.client.post(path, data=mine | {"etag": etag}).status_code == 303
    assert world.rooms.get(old.code).price == 77


def test_a_room_is_deleted_after_a_question_and_put_back(world: World) -> None:
    old = EXAMPLE_ROOMS[0]
    visitor, path = world.editor(), f"/rooms/{old.code}/delete"
    assert "Delete this room?" in visitor.get(path).text

    deleted = visitor.send(path)

    assert deleted.status_code == 200
    with pytest.raises(RoomNotFound):
        world.rooms.get(old.code)
    assert visitor.put_back(deleted).location == f"/rooms/{old.code}"
    assert world.rooms.get(old.code) == old


def test_a_room_with_as_much_as_it_may_have_is_put_back(world: World) -> None:
    old = room(
        title="<'\"&>" * 40,
        description="\N{GRINNING FACE}\n" * 4_999 + "\N{GRINNING FACE}",
        kind="b" * 50,
        features=[f"{'ł' * 48}{number}" for number in range(10, 60)],
        photos=[
            {
                "url": f"https://a.example/{number:02d}{'&' * 1980}",
                "alt": "\N{GRINNING FACE}" * 500,
            }
            for number in range(30)
        ],
        address={"street": "ł" * 200, "locality": "ł" * 200, "country": "PL"},
        url=f"mailto:{'%' * 1990}",
        source="ł" * 100,
        reference="ł" * 200,
    )
    world.rooms.add(old)
    visitor = world.editor()

    deleted = visitor.send(f"/rooms/{old.code}/delete")
    answer = visitor.put_back(deleted)

    assert answer.location == f"/rooms/{old.code}"
    assert vars(world.rooms.get(old.code)) == vars(old)


def test_an_offer_is_added_and_emptied_again(world: World) -> None:
    visitor = world.editor()
    texts = VALUES | {
        "size": "",
        "title": "Sunny studio",
        "description": "Bright.\r\n\r\nQuiet.",
        "features": "WiFi, balcony,",
        "capacity": "2",
        "photos": "https://a.example/1.jpg The bed\r\nhttps://a.example/2.jpg",
        "locality": "Kraków",
        "url": "tel:+48123",
    }

    path = visitor.send("/rooms/new", **texts).location or ""
    new = world.rooms.get(path.removeprefix("/rooms/"))

    assert new.details == {
        "title": "Sunny studio",
        "description": "Bright.\n\nQuiet.",
        "features": ("wifi", "balcony"),
        "capacity": 2,
        "photos": (
            {"url": "https://a.example/1.jpg", "alt": "The bed"},
            {"url": "https://a.example/2.jpg"},
        ),
        "address": {"locality": "Kraków"},
        "url": "tel:+48123",
    }
    assert new.size is None
    form = visitor.get(f"{path}/edit").text
    assert ">Bright.\n\nQuiet.</textarea>" in form
    assert 'value="wifi, balcony"' in form
    empty = dict.fromkeys(texts, "") | VALUES
    assert visitor.send(f"{path}/edit", **empty).status_code == 303
    assert world.rooms.get(new.code).details == {}


def test_a_taken_reference_is_a_problem_at_its_field(world: World) -> None:
    taken = {"source": "a", "reference": "1"}
    world.rooms.add(room(7, **taken))
    visitor = world.editor()

    added = visitor.send("/rooms/new", **VALUES, **taken)
    changed = visitor.send(f"/rooms/{EXAMPLE_ROOMS[0].code}/edit", **taken)

    for answer in (added, changed):
        assert answer.status_code == 409
        assert "Reference: Another room has the same source and reference" in answer.text
        assert 'name="source"' in answer.text


def photo_form(visitor: Visitor, content: bytes, **texts: str) -> TestResponse:
    path = f"/rooms/{EXAMPLE_ROOMS[0].code}"
    token = visitor.fields(path)["csrf_token"]
    file = FileStorage(io.BytesIO(content), "bed.jpg") if content else ""
    data = {"csrf_token": token, "photo": file, **texts}
    return visitor.client.post(f"{path}/edit/photos", data=data, headers=BROWSER)


def test_a_photo_is_added_on_the_page_of_its_room(tmp_path: Path) -> None:
    world = World(tmp_path / "uploads", RENTOMATIC_PHOTO_FOLDER=str(tmp_path / "photos"))
    path = f"/rooms/{EXAMPLE_ROOMS[0].code}"
    assert "Add a photo" not in world.visitor.get(path).text
    visitor = world.editor()

    answer = photo_form(visitor, file_of(picture()).getvalue(), alt=" The bed ")

    assert (answer.status_code, answer.location) == (303, path)
    (photo,) = world.rooms.get(EXAMPLE_ROOMS[0].code).photos
    assert photo["alt"] == "The bed"
    page = visitor.get(path).text
    assert "Photo added." in page
    assert f'<a href="{photo["url"]}">' in page


@pytest.mark.parametrize(
    ("content", "alt", "problem"),
    [
        (b"", "<b>", "Photo: must be chosen"),
        (b"GIF89a", "<b>", "Photo: must be"),
        (file_of(picture()).getvalue(), "x" * 501, "Description: must not have more than 500"),
    ],
)
def test_a_problem_of_a_photo_stands_at_its_field(
    tmp_path: Path, content: bytes, alt: str, problem: str
) -> None:
    world = World(tmp_path / "uploads", RENTOMATIC_PHOTO_FOLDER=str(tmp_path / "photos"))

    answer = photo_form(world.editor(), content, alt=alt)

    assert answer.status_code == 400
    assert problem in answer.text
    assert f'value="{escape(alt)}"' in answer.text
    assert world.rooms.get(EXAMPLE_ROOMS[0].code) == EXAMPLE_ROOMS[0]


def test_a_photo_that_is_too_large_is_a_page(tmp_path: Path) -> None:
    photos = {
        "RENTOMATIC_PHOTO_FOLDER": str(tmp_path / "photos"),
        "RENTOMATIC_PHOTO_LIMIT": "9999",
    }
    answer = photo_form(World(tmp_path / "uploads", **photos).editor(), b"x" * 10_000)

    assert (answer.status_code, answer.mimetype) == (413, "text/html")


def test_without_a_folder_there_is_no_form_for_photos(world: World) -> None:
    visitor = world.editor()

    assert "Add a photo" not in visitor.get(f"/rooms/{EXAMPLE_ROOMS[0].code}").text
    assert photo_form(visitor, file_of(picture()).getvalue()).status_code == 403


def test_source_and_reference_are_for_people_who_signed_in(world: World) -> None:
    world.rooms.add(room(7, source="offers", reference="no. 1"))
    path = f"/rooms/{room(7).code}"

    assert "no. 1" not in world.visitor.get(path).text
    assert "<dd>no. 1</dd>" in world.editor().get(path).text


def test_a_changed_room_is_not_deleted(world: World) -> None:
    old = EXAMPLE_ROOMS[0]
    visitor, path = world.editor(), f"/rooms/{old.code}/delete"
    data = visitor.fields(path, path)
    world.rooms.replace(old, room(**vars(old) | {"price": 55}))

    answer = visitor.client.post(path, data=data, headers=BROWSER)

    assert answer.status_code == 412
    assert "was not deleted" in answer.text
    assert world.rooms.get(old.code).price == 55


def test_an_importer_may_import_and_no_more(world: World) -> None:
    visitor = world.editor(Role.IMPORTER)

    assert visitor.get("/import").status_code == 200
    for path in ("/rooms/new", f"/rooms/{EXAMPLE_ROOMS[0].code}/edit"):
        answer = visitor.get(path)
        assert answer.status_code == 403
        assert "You may not do this" in answer.text
        assert "Add a room" not in answer.text
    assert "/edit" not in visitor.get(f"/rooms/{EXAMPLE_ROOMS[0].code}").text


def test_who_has_not_signed_in_gets_to(world: World) -> None:
    answer = world.visitor.get("/rooms/new")

    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/rooms/new")
    assert "/edit" not in world.visitor.get(f"/rooms/{EXAMPLE_ROOMS[0].code}").text


def test_where_reading_needs_a_token_pages_need_a_visitor(tmp_path: Path) -> None:
    world = World(tmp_path / "uploads", RENTOMATIC_READING="token")
    path = f"/rooms/{EXAMPLE_ROOMS[0].code}"

    assert world.visitor.get("/?sort=size").location == "/sign-in?next=/%3Fsort%3Dsize"
    assert world.visitor.get(path).location == f"/sign-in?next={path}"
    assert world.visitor.client.get(path).status_code == 403  # while there is no token at all
    visitor = world.editor(Role.IMPORTER)
    assert visitor.get("/").status_code == visitor.get(path).status_code == 200
    assert visitor.client.get("/rooms").status_code == 401


def test_rooms_that_can_only_be_read_are_not_changed(world: World) -> None:
    rooms = read_only(Storage(world.rooms, world.tokens)).rooms
    change_context(world.app, exact_rooms=rooms)
    answer = world.editor().send("/rooms/new", **VALUES)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "60"
    assert "can only be read right now" in answer.text
    assert answer.content_type == "text/html; charset=utf-8"


def test_out_of_reach_is_a_page(world: World) -> None:
    visitor = world.editor()
    away = connect("postgresql://nobody@127.0.0.1:1/none")
    change_context(world.app, rooms=away.rooms, tokens=away.tokens)

    for path in ("/", "/rooms/new", f"/rooms/{room().code}"):
        answer = visitor.get(path)
        assert (answer.status_code, answer.mimetype) == (503, "text/html")
        assert answer.headers["Retry-After"] == "1"
        assert "cannot be reached right now" in answer.text
    away.close()


@pytest.mark.parametrize(
    ("path", "status", "is_page"),
    [
        ("/nothing", 404, True),
        (f"/rooms/{room().code}", 404, True),
        ("/rooms/nonsense", 404, True),
        ("/rooms?nonsense=1", 400, False),
        ("/rooms/facets?nonsense=1", 400, False),
    ],
)
def test_browsers_get_failures_as_pages_but_of_the_api(
    world: World, path: str, status: int, is_page: bool
) -> None:
    page, other = world.visitor.get(path), world.visitor.client.get(path)

    assert page.status_code == other.status_code == status
    assert (page.mimetype == "text/html") == is_page
    assert other.mimetype == "application/json"
    assert page.headers["Cache-Control"] == "no-store"
    assert "Accept" in page.headers["Vary"]


def test_a_bug_is_a_page_that_tells_nothing(world: World) -> None:
    change_context(world.app, rooms=None)

    answer = world.visitor.get("/")

    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert "Something went wrong" in answer.text
    assert "rooms'" not in answer.text


def test_search_engines_are_told_what_to_leave_alone(world: World) -> None:
    answer = world.visitor.get("/robots.txt")

    assert answer.content_type == "text/plain; charset=utf-8"
    assert {"Disallow: /*?", "Disallow: /sign-in", "Allow: /"} <= set(answer.text.splitlines())
    assert world.visitor.get("/favicon.ico", buffered=True).mimetype == "image/svg+xml"


def put(
    visitor: Visitor, text: str | bytes, name: str = "rooms.csv", **fields: str
) -> TestResponse:
    content = text.encode() if isinstance(text, str) else text
    file = FileStorage(io.BytesIO(content), name)
    boundary, body = encode_multipart({**visitor.fields("/import"), "file": file, **fields})
    kind = f"multipart/form-data; boundary={boundary}"
    return visitor.client.post("/import", data=body, content_type=kind, headers=BROWSER)


OFFERS = "id,squareMeters,rent,lng,lat,note\n"


def test_rooms_that_a_file_lacks_are_shown_and_withdrawn(world: World) -> None:
    header = "id,size,price,longitude,latitude\n"
    row = "20,50,19.94,50.06\n"
    world.rooms.put(
        room(code=code_of("acme", str(n)), source="acme", reference=str(n)) for n in range(10)
    )
    visitor = world.editor(Role.IMPORTER)
    path = put(visitor, header + "".join(f"{number},{row}" for number in range(1, 10))).location
    options = "source=acme&reference=id&column_code=&prune=true"
    page = visitor.get(f"{path}&{options}")

    assert "Rooms that would be withdrawn: 1." in page.text
    assert f"/rooms/{code_of('acme', '0')}" in page.text
    answer = visitor.send("/import/preview", f"{path}&{options}")
    assert "1 withdrawn" in visitor.get(answer.location or "").text
    assert world.rooms.count((Filter("source", Operator.EQ, "acme"),)) == 9


def test_a_file_is_looked_at_and_imported(world: World) -> None:
    visitor = world.editor(Role.IMPORTER)
    there = EXAMPLE_ROOMS[0]
    changed = ",".join(map(str, (vars(there) | {"price": 1}).values())) + ",old\n"
    rows = changed + line(2).strip() + ",new\n" + line(3, size="x").strip() + ",=1+1\n"

    path = put(visitor, OFFERS + rows).location or ""
    page = visitor.get(path)

    assert page.status_code == 200
    assert "Valid rows: 2 (1 new, 1 changed, 0 unchanged). Invalid rows: 1" in page.text
    assert "Line 4, squareMeters: must be a whole number" in page.text
    assert '<option value="squareMeters" selected>' in page.text
    assert "<td>=1+1</td>" in page.text
    assert world.rooms.get(there.code) == there
    answer = visitor.send("/import/preview", path, on_error="skip")
    assert answer.location == "/import"
    assert world.rooms.get(there.code).price == 1
    done = visitor.get("/import").text
    assert "1 new, 1 changed, 0 unchanged, 1 rejected" in done
    link = re.findall(r'href="(/import/rejected.csv[^"]*)"', done)[0].replace("&amp;", "&")
    rejected = visitor.get(link, buffered=True)
    assert rejected.mimetype == "text/csv"
    assert rejected.text.splitlines() == [
        "id,squareMeters,rent,lng,lat,note,row,reason",
        f"{room(3).code},x,50,19.94,50.06,'=1+1,4,"
        "squareMeters: must be a whole number from 1 to 2147483647",
    ]


def test_an_import_is_logged_and_its_preview_is_not(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="rentomatic_web.api.imports")
    visitor = world.editor()
    path = put(visitor, HEADER + line(2)).location or ""
    visitor.get(path)
    assert "import" not in caplog.messages

    visitor.send("/import/preview", path)

    assert caplog.messages.count("import") == 1


def test_all_or_nothing_is_imported_when_it_is_asked(world: World) -> None:
    visitor = world.editor()
    path = put(visitor, HEADER + line(2) + line(3, size="x")).location or ""

    answer = visitor.send("/import/preview", path, on_error="abort")

    assert (answer.location or "").startswith("/import/preview?")
    assert "Nothing was imported" in visitor.get(answer.location or "").text
    assert visitor.get(f"/rooms/{room(2).code}").status_code == 404


def test_photos_of_several_columns_are_proposed_and_imported(world: World) -> None:
    visitor = world.editor()
    urls = "https://a.example/1.jpg,https://a.example/2.jpg"
    text = f"{HEADER.rstrip()},Photo 1,Photo 2\n{line(2).rstrip()},{urls}\n"
    path = put(visitor, text).location or ""

    proposed = visitor.get(path).text
    declined = visitor.get(path + "&column_photos=").text
    sent = visitor.send("/import/preview", path, column_photos=["Photo 1", "Photo 2"])

    assert 'name="column_photos" multiple' in proposed
    assert '<option value="Photo 2" selected>' in proposed
    assert "Valid rows: 1 " in declined
    assert 'value="Photo 2" selected' not in declined
    assert proposed.count('type="hidden" name="column_photos"') == 2
    assert sent.location == "/import"
    assert [photo["url"] for photo in world.rooms.get(room(2).code).photos] == urls.split(",")


def test_a_format_can_be_chosen_if_the_name_of_the_file_has_another(world: World) -> None:
    visitor = world.editor()
    text = "".join(FORMATS["geojson"].write([room(2)]))

    named = visitor.get(put(visitor, text, "rooms.json").location or "")
    chosen = visitor.get(put(visitor, text, "rooms.json", format="geojson").location or "")

    assert "must be an array of objects" in named.text
    assert "Valid rows: 1 " in chosen.text


def test_decimals_are_rounded_unless_it_is_declined(world: World) -> None:
    visitor = world.editor()
    path = put(visitor, HEADER + line(2, size="20.5")).location or ""

    assert "Valid rows: 1 " in visitor.get(path).text
    assert "Valid rows: 1 " in visitor.get(path + "&round=true&round=").text
    assert "Valid rows: 0 " in visitor.get(path + "&round=").text
    assert visitor.send("/import/preview", path + "&round=true").location == "/import"
    assert world.rooms.get(room(2).code).size == 21


def test_columns_are_chosen_by_hand(world: World) -> None:
    visitor = world.editor()
    path = put(visitor, "a,b,c,d,e\n" + line(2)).location or ""

    assert visitor.get(path).status_code == 400
    assert "Please correct the columns" in visitor.get(path).text
    assert 'id="column_price-problem">Price: must be chosen' in visitor.get(path).text
    assert "is not a column; the columns are a, b" in visitor.get(path + "&column_size=gone").text
    named = "&column_code=a&column_size=b&column_price=c&column_longitude=d&column_latitude=e"
    assert "Valid rows: 1 " in visitor.get(path + named).text


@pytest.mark.parametrize("text", ["", '"a', "\x00"])
def test_a_file_that_is_no_csv_is_refused(world: World, text: str) -> None:
    visitor = world.editor()

    assert visitor.get(put(visitor, text).location or "").status_code == 400


def test_no_file_is_a_problem_at_its_field(world: World) -> None:
    answer = put(world.editor(), "", name="")

    assert answer.status_code == 400
    assert 'id="file-problem">File: must be chosen' in answer.text


def test_a_file_may_be_larger_than_other_bodies(world: World) -> None:
    visitor = world.editor()
    text = HEADER + "".join(map(line, range(20_000)))
    assert len(text) > (world.app.config["MAX_CONTENT_LENGTH"] or 0)

    page = visitor.get(put(visitor, text).location or "")

    assert "Valid rows: 20,000 (" in page.text


def test_a_file_that_is_too_large_is_a_page(tmp_path: Path) -> None:
    visitor = World(tmp_path / "uploads", RENTOMATIC_IMPORT_LIMIT="2000").editor()
    answer = put(visitor, "x" * 3000)

    assert (answer.status_code, answer.mimetype) == (413, "text/html")


def test_a_file_is_gone_after_an_hour(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = world.editor()
    path = put(visitor, HEADER + line(2)).location or ""
    (kept,) = (tmp_path / "uploads").iterdir()
    assert kept.parent.stat().st_mode & 0o777 == 0o700

    assert visitor.get(path[:-3] + "abc").status_code == 400
    monkeypatch.setattr(uploads, "LIFETIME_SECONDS", -1)
    assert "upload it again" in visitor.get(path).text
    put(visitor, HEADER)
    assert list(kept.parent.iterdir()) == []


def test_a_file_is_for_nobody_but_its_owner(world: World) -> None:
    path = put(world.editor(), HEADER + line(2)).location or ""
    token, text = new_token("bob", Role.EDITOR, datetime.now(UTC), None)
    world.tokens.add(token)
    bob = Visitor(world.app)
    bob.sign_in(text)

    assert bob.get(path).status_code == 400
    assert world.visitor.get(path).status_code == 200


def test_a_file_with_very_many_columns_is_refused(world: World) -> None:
    visitor = world.editor()

    assert "more than 200 columns" in visitor.get(put(visitor, "a," * 201).location or "").text


def test_a_folder_of_somebody_elses_is_not_used(world: World, tmp_path: Path) -> None:
    (tmp_path / "uploads").mkdir(mode=0o777)
    (tmp_path / "uploads").chmod(0o777)

    assert put(world.editor(), HEADER).status_code == 500
    assert list((tmp_path / "uploads").iterdir()) == []


def test_without_a_writable_folder_only_uploads_fail(world: World) -> None:
    change_context(world.app, uploads=Path("/dev/null/uploads"))
    visitor = world.editor()

    assert visitor.get("/import").status_code == 200
    for size in (1, 700_000):  # a large file would go through a temporary file
        answer = put(visitor, HEADER + "x" * size)
        assert (answer.status_code, answer.mimetype) == (503, "text/html")
        assert "cannot save uploaded files right now" in answer.text
    assert visitor.get("/").status_code == 200


def test_few_files_are_kept(world: World, tmp_path: Path) -> None:
    visitor = world.editor()
    for number in range(uploads.MAX_FILES + 2):
        put(visitor, HEADER)
        for age, file in enumerate((tmp_path / "uploads").iterdir()):
            os.utime(file, (time.time() - age, time.time() - age - number))

    assert len(list((tmp_path / "uploads").iterdir())) == uploads.MAX_FILES


@pytest.mark.parametrize("rows", [0, 40])
@pytest.mark.parametrize(
    "foreign",
    [
        "zażółć".encode("utf-16"),
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00\x21\x00\xff\xfe",
        b"\x00",
    ],
)
def test_a_file_that_is_not_utf8_is_refused_with_the_line(
    world: World, foreign: bytes, rows: int
) -> None:
    """Also where the bytes are in a column that is ignored, far below the rows that are shown."""
    text = HEADER.replace("\n", ",note\n")
    text += "".join(line(number).replace("\n", ",ok\n") for number in range(1, rows + 1))
    content = text.encode() + line(99).encode().rstrip() + b"," + foreign + b"\n"
    visitor = world.editor()

    path = put(visitor, content).location or ""
    answers = [visitor.get(path), visitor.get(path.replace("preview", "rejected.csv"))]

    for answer in answers:
        assert answer.status_code == 400
    assert f"see line {rows + 2}" in answers[0].text


def test_another_encoding_is_proposed(world: World) -> None:
    text = HEADER.replace("\n", ",title\n") + line(2).replace("\n", ",Żółty pokój, łazienka\n")
    visitor = world.editor()
    path = put(visitor, text.replace("pokój,", "pokój").encode("cp1250")).location or ""

    page = visitor.get(path).text

    assert 'name="encoding" autocomplete="off" value="cp1250"' in page
    assert "<td>Żółty pokój łazienka</td>" in page


def test_a_file_of_a_source_is_previewed_and_imported(world: World) -> None:
    text = "Nr;Miete;Breitengrad;Längengrad;has_wifi\n7;500 €;50,06;19,94;ja\n8;5 - 6;50;20;nein\n"
    visitor = world.editor()
    path = put(visitor, text, "offers.txt").location or ""

    page = visitor.get(path)
    assert page.status_code == 400
    assert 'id="source-problem">Source: must be given with reference' in page.text
    path += "&source=acme&set_country=de&feature_wifi=has_wifi"
    page = visitor.get(path)
    assert page.status_code == 200
    assert "Valid rows: 1 (1 new" in page.text
    assert "<li>Miete: is a range (1)</li>" in page.text
    assert "<li>Delimiter: ;</li>" in page.text
    query = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
    answer = visitor.client.post(
        "/import/preview", data=query | {"on_error": "skip"}, headers=BROWSER
    )
    assert answer.location == "/import"
    (imported,) = (each for each in world.rooms.scan() if each.source == "acme")
    assert (imported.features, imported.size) == (("wifi",), None)
    assert vars(imported)["address"] == {"country": "DE"}


def test_the_form_of_a_preview_sends_the_same_again(world: World) -> None:
    visitor = world.editor()
    path = put(visitor, HEADER.replace("price", "Rent") + line(2)).location or ""
    page = visitor.get(path).text

    names = re.findall(r'<(?:select|input) id="([^"]+)"', page)
    chosen = dict(re.findall(r'<select id="([^"]+)"[^§]*?<option value="([^"]+)" selected>', page))
    again = visitor.get(f"{path}&{urlencode(dict.fromkeys(names, '') | chosen)}")

    assert {"column_photos", "set_country", "reference", "numbers"} <= set(names)
    assert "Valid rows: 1 (1 new" in page
    assert again.status_code == 200
    assert "Valid rows: 1 (1 new" in again.text


@pytest.mark.parametrize("option", ["encoding=x", "header=x", "header=9", "currency=zloty"])
def test_a_problem_of_an_option_is_at_its_control(world: World, option: str) -> None:
    visitor = world.editor()
    path = put(visitor, HEADER + line(2)).location or ""

    page = visitor.get(f"{path}&{option}")

    name = option.partition("=")[0]
    assert page.status_code == 400
    assert f'id="{name}-problem">{name.capitalize()}: must be' in page.text
    assert '<option value="code" selected>' in page.text


def test_a_file_can_be_read_with_a_profile(tmp_path: Path) -> None:
    save_profile(str(tmp_path), "acme", [("source", "acme"), ("reference", "Nr")])
    visitor = World(tmp_path / "uploads", RENTOMATIC_PROFILES=str(tmp_path)).editor()

    assert "<option>acme</option>" in visitor.get("/import").text
    path = put(visitor, "Nr,price,latitude,longitude\n7,1,2,3\n").location or ""
    assert "Valid rows: 1 (1 new" in visitor.get(f"{path}&profile=acme").text


def test_an_excel_file_is_previewed(world: World) -> None:
    rows = [HEADER.strip().split(","), list(vars(room(2)).values())]
    visitor = world.editor()

    page = visitor.get(put(visitor, workbook(Rooms=rows), "Rooms.XLSX").location or "")

    assert "Valid rows: 1 (1 new" in page.text
    assert visitor.get("/import/preview?file=x&format=pdf").status_code == 400


def test_rejected_rows_without_their_columns_are_an_error(world: World) -> None:
    visitor = world.editor()
    path = put(visitor, "a,b\n1,2\n").location or ""

    answer = visitor.get(path.replace("preview", "rejected.csv"))

    assert answer.status_code == 400
    assert "row,reason" not in answer.text


def test_an_editor_sees_counts_with_the_own_change_and_others_see_kept_ones(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heavy, "MIN_KEPT_SECONDS", 0)
    monkeypatch.setattr(heavy, "REFRESH_SECONDS", 3600)
    monkeypatch.setattr(heavy, "MAX_AGE_SECONDS", 3600)
    outcomes: list[str] = []
    slots = Slots(1, Locks(), outcomes.append, "Too many")
    change_context(world.app, rooms=HeavyRooms(world.rooms, slots, Results(tmp_path / "results")))
    editor, visitor = world.editor(), Visitor(world.app)
    world.rooms.put(room(number) for number in range(1, 41))
    assert "44 rooms</h1>" in visitor.get("/").text

    world.rooms.add(room(41))
    assert "44 rooms</h1>" in editor.get("/").text
    assert editor.send("/rooms/new", **VALUES).status_code == 303
    assert "44 rooms</h1>" in visitor.get("/").text
    assert "46 rooms</h1>" in editor.get("/").text
    assert "46 rooms</h1>" in visitor.get("/").text
