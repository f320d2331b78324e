"""POST /rooms/<code>/photos: photos are kept, and added to their room."""

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.exceptions import PreconditionFailed
from werkzeug.test import TestResponse

from rentomatic.domain.room import Room
from rentomatic.domain.tokens import Role
from rentomatic.errors import InvalidRequest, RoomNotFound
from rentomatic.repository.memory import MemoryRooms, MemoryTokens
from rentomatic_web.api.photos import add_photo
from rentomatic_web.context import context_of
from rentomatic_web.locks import Locks
from rentomatic_web.photos.store import digests, small_url
from rentomatic_web.storage.slots import Slots
from tests.apps import app_of, change_context, token_for
from tests.photos import exif, file_of, picture
from tests.rooms import room

ROOM = room()
PATH = f"/rooms/{ROOM.code}/photos"
LIMIT = 20_000


class World:
    """A room, an application that keeps photos, and a client with an editor's token."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.rooms, tokens = MemoryRooms([ROOM]), MemoryTokens()
        settings = {"RENTOMATIC_PHOTO_FOLDER": str(folder)} | settings
        limit = {"RENTOMATIC_PHOTO_LIMIT": str(LIMIT)}
        self.app: Flask = app_of(self.rooms, tokens, **limit | settings)
        self.client: FlaskClient = self.app.test_client()
        self.client.environ_base["HTTP_AUTHORIZATION"] = token_for(tokens, Role.EDITOR)

    def post(self, file: BytesIO, media_type: str = "image/jpeg", **fields: str) -> TestResponse:
        body = file.getvalue()
        return self.client.post(PATH, data=body, content_type=media_type, headers=fields)

    def send(self, **form: Any) -> TestResponse:
        return self.client.post(PATH, data=form, content_type="multipart/form-data")

    def image(self, url: str) -> Image.Image:
        return Image.open(BytesIO((self.folder / Path(url).name).read_bytes()))

    @property
    def photos(self) -> tuple[Any, ...]:
        return self.rooms.get(ROOM.code).photos


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "photos")


def sent(answer: TestResponse) -> Any:
    return json.loads(answer.text)


def problems(answer: TestResponse) -> list[str]:
    assert answer.status_code == 400, answer.text
    return [f"{each['parameter']}: {each['message']}" for each in sent(answer)["errors"]]


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "avif"])
def test_a_photo_is_added(world: World, kind: str) -> None:
    answer = world.post(file_of(picture(), kind), f"image/{kind}")

    assert answer.status_code == 201
    (photo,) = world.photos
    (digest,) = digests(world.folder)
    assert photo == {"url": f"/photos/{digest}.webp"}
    assert sent(answer)["photos"] == [photo]
    assert answer.headers["Location"] == photo["url"]
    assert answer.headers["Content-Location"] == f"/rooms/{ROOM.code}"
    read = world.client.get(f"/rooms/{ROOM.code}")
    assert (read.data, read.headers["ETag"]) == (answer.data, answer.headers["ETag"])
    for url in (photo["url"], small_url(photo["url"])):
        assert world.image(url).size == (40, 20)


def test_a_form_has_an_alternative_text(world: World) -> None:
    answer = world.send(photo=(file_of(picture()), "any name"), alt="  The kitchen\n")

    assert answer.status_code == 201
    assert world.photos[0]["alt"] == "The kitchen"


def test_the_query_may_have_the_alternative_text(world: World) -> None:
    path = PATH
    body = file_of(picture()).getvalue()
    form = {"photo": (file_of(picture()), "x"), "alt": "The kitchen"}

    world.client.post(f"{path}?alt=The+kitchen", data=body, content_type="image/jpeg")
    other = world.client.post(f"{path}?title=x", data=body, content_type="image/jpeg")
    twice = world.client.post(f"{path}?alt=x", data=form)

    assert world.photos[0]["alt"] == "The kitchen"
    assert problems(other) == ["title: is not a known parameter"]
    assert problems(twice) == ["alt: is given more than once"]


def test_the_last_photo_is_the_last_one(world: World) -> None:
    for width in (10, 20, 30):
        world.post(file_of(picture(width)))

    assert [world.image(photo["url"]).width for photo in world.photos] == [10, 20, 30]


def test_the_same_photo_is_added_once(world: World) -> None:
    first, second = world.post(file_of(picture())), world.post(file_of(picture(), "PNG"))
    again = world.send(photo=(file_of(picture(), "PNG"), "x"), alt="other")

    assert [each.status_code for each in (first, second, again)] == [201, 201, 200]
    assert "Location" not in again.headers
    assert sent(again) == sent(second)
    assert len(world.photos) == len(digests(world.folder)) == 2


def test_two_rooms_can_have_the_same_photo(world: World) -> None:
    world.rooms.add(room(2))
    path = f"/rooms/{room(2).code}/photos"
    body = file_of(picture()).getvalue()

    world.post(file_of(picture()))
    answer = world.client.post(path, data=body, content_type="image/jpeg")

    assert answer.status_code == 201
    assert sent(answer)["photos"] == list(world.photos)
    assert len(digests(world.folder)) == 1


def test_the_31st_photo_is_refused(world: World) -> None:
    for width in range(1, 32):
        answer = world.post(file_of(picture(width * 2)))

    assert problems(answer) == ["photos: must not have more than 30 photos"]
    assert len(world.photos) == 30


def test_the_position_of_the_camera_is_nowhere(world: World) -> None:
    world.post(file_of(picture(), exif=exif(6)))

    for file in world.folder.iterdir():
        assert not world.image(file.name).getexif()
        assert world.image(file.name).size == (20, 40)


def test_a_precondition_is_respected(world: World) -> None:
    file = file_of(picture())
    etag = world.client.get(f"/rooms/{ROOM.code}").headers["ETag"]

    refused = world.post(file, **{"If-Match": '"other"'})
    assert (refused.status_code, sent(refused)["code"]) == (412, "precondition_failed")
    assert not world.photos
    assert not world.folder.exists() or not digests(world.folder)

    assert world.post(file, **{"If-Match": etag}).status_code == 201
    assert world.post(file, **{"If-Match": etag}).status_code == 412


def test_a_room_that_is_missing_gets_none(world: World) -> None:
    path = f"/rooms/{room(2).code}/photos"

    answer = world.client.post(path, data=b"x", content_type="image/jpeg")

    assert (answer.status_code, sent(answer)["code"]) == (404, "room_not_found")


@pytest.mark.parametrize(
    ("body", "media_type"),
    [(b"", "image/jpeg"), (b"GIF89a", "image/png"), (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/avif")],
)
def test_a_file_that_is_no_photo_is_refused(world: World, body: bytes, media_type: str) -> None:
    assert problems(world.post(BytesIO(body), media_type)) == [
        "photo: must be a complete image in the format JPEG, PNG, WebP or AVIF"
    ]
    assert not world.photos


@pytest.mark.parametrize("media_type", ["image/gif", "image/svg+xml", "application/json", ""])
def test_other_media_types_are_refused(world: World, media_type: str) -> None:
    answer = world.post(file_of(picture()), media_type)

    assert answer.status_code == 415
    assert sent(answer)["message"] == (
        "The body must be image/jpeg, image/png, image/webp, image/avif or multipart/form-data"
    )


@pytest.mark.parametrize(
    ("form", "found"),
    [
        ({}, ["photo: must be a file"]),
        ({"photo": "text"}, ["photo: must be a file"]),
        ({"file": (BytesIO(b"x"), "x")}, ["file: is not a known parameter"]),
        ({"alt": ["a", "b"]}, ["alt: is given more than once"]),
        ({"alt": (BytesIO(b"x"), "x")}, ["alt: must be text"]),
    ],
)
def test_a_form_without_a_photo_is_refused(
    world: World, form: dict[str, Any], found: list[str]
) -> None:
    refused = problems(world.send(**form))

    assert set(found) <= set(refused)
    assert "photo: must be a file" in refused


@pytest.mark.parametrize(
    ("alt", "message"),
    [
        ("x" * 501, "alt: must not have more than 500 characters"),
        ("a\nb", "alt: must be one line"),
        ("a\0b", "alt: must not contain the character U+0000"),
    ],
)
def test_a_wrong_alternative_text_is_refused(world: World, alt: str, message: str) -> None:
    assert problems(world.send(photo=(file_of(picture()), "x"), alt=alt)) == [message]
    assert not digests(world.folder)


@pytest.mark.parametrize("media_type", ["image/jpeg", "multipart/form-data; boundary=x"])
def test_a_body_that_is_too_large_is_refused(world: World, media_type: str) -> None:
    answer = world.post(BytesIO(b"x" * (LIMIT + 1)), media_type)

    assert answer.status_code == 413
    assert sent(answer)["message"] == f"The body is larger than {LIMIT} bytes"


def test_without_a_folder_uploads_are_refused(tmp_path: Path) -> None:
    world = World(tmp_path, RENTOMATIC_PHOTO_FOLDER="")

    answer = world.post(file_of(picture()))

    assert answer.status_code == 403
    assert sent(answer)["message"] == (
        "Photos cannot be uploaded here: RENTOMATIC_PHOTO_FOLDER is not set"
    )


def test_a_folder_that_cannot_be_used_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    world = World(tmp_path / "file" / "photos")

    answer = world.post(file_of(picture()))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert sent(answer)["message"] == "This server cannot save photos right now"
    assert str(tmp_path) not in answer.text


@pytest.mark.parametrize("role", [None, Role.IMPORTER])
def test_only_editors_may_upload(world: World, role: Role | None) -> None:
    tokens = MemoryTokens()
    app = app_of(world.rooms, tokens, RENTOMATIC_PHOTO_FOLDER=str(world.folder))
    token_for(tokens, Role.EDITOR) if role is None else None
    headers = {"Authorization": token_for(tokens, role)} if role else {}

    answer = app.test_client().post(
        PATH, data=file_of(picture()).getvalue(), content_type="image/jpeg", headers=headers
    )

    assert answer.status_code == (403 if role else 401)
    assert not world.photos


def test_half_of_the_processes_decode_photos(world: World) -> None:
    outcomes: list[str] = []
    locks = Locks()
    change_context(world.app, photo_slots=Slots(1, locks, outcomes.append, "Too many"))

    assert locks.acquire(0)
    refused = world.post(file_of(picture()))
    locks.release(0)
    answer = world.post(file_of(picture()))

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert answer.status_code == 201
    assert outcomes == ["refused", "started"]
    assert locks.acquire(0)


def test_an_upload_is_counted(world: World) -> None:
    world.post(file_of(picture()))

    registry = context_of(world.app).metrics.registry
    assert registry.get_sample_value("rentomatic_photos_total", {"outcome": "started"}) == 1


@pytest.fixture
def inside(world: World) -> Iterator[World]:
    with world.app.test_request_context():
        yield world


def test_forms_add_photos_too(inside: World) -> None:
    seen: list[Room] = []

    added = add_photo(ROOM.code, file_of(picture()), "A view", seen.append)
    again = add_photo(ROOM.code, file_of(picture()), "A view", seen.append)

    assert added.is_new
    assert not again.is_new
    assert added.room == again.room == inside.rooms.get(ROOM.code)
    assert added.room.photos == ({"url": added.url, "alt": "A view"},)
    assert seen == [ROOM, ROOM, added.room, added.room]


def test_the_errors_of_a_form_reach_it(inside: World) -> None:
    def refuse(_: Room) -> None:
        raise PreconditionFailed

    with pytest.raises(PreconditionFailed):
        add_photo(ROOM.code, file_of(picture()), "", refuse)
    with pytest.raises(RoomNotFound):
        add_photo(room(2).code, file_of(picture()), "", lambda _: None)
    with pytest.raises(InvalidRequest, match="photo: must be a complete image"):
        add_photo(ROOM.code, BytesIO(b"x"), "", lambda _: None)
    assert not inside.photos
