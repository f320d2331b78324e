"""Photos that Nginx serves, and uploads that it forwards."""

from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from rentomatic.domain.tokens import Role
from rentomatic_postgres import connect
from rentomatic_web.photos.images import Encoded
from rentomatic_web.photos.store import save, small_url, url_of
from tests.apps import token_for
from tests.e2e.sites import gunicorn
from tests.e2e.stack import Answer, ask
from tests.photos import file_of
from tests.rooms import room
from tests.servers import nginx

pytestmark = pytest.mark.integration

YEAR_SECONDS = 31_536_000
LIMIT = 4 * 2**20
ROOM = room()
PATH = f"/rooms/{ROOM.code}"


@pytest.fixture
def url(home: Path) -> str:
    """The URL of a photo in the folder that Nginx serves."""
    folder = home / "photos"
    folder.mkdir()
    (folder / "notes.webp").write_text("not a photo")
    return url_of(save(folder, Encoded(b"large", b"small")))


@pytest.fixture
def site(home: Path, application: Path) -> Iterator[int]:
    """The port of a site with rooms in memory, where one request per second is allowed."""
    with nginx(home, [application], RENTOMATIC_RATE_LIMIT="1") as port:
        yield port


def test_both_sizes_are_served_for_a_year(site: int, url: str) -> None:
    for path, body in ((url, b"large"), (small_url(url), b"small")):
        answer = ask(site, path)

        assert (answer.status, answer.body) == (200, body)
        assert answer.fields["Content-Type"] == "image/webp"
        lifetime = f"public, max-age={YEAR_SECONDS}, immutable"
        assert answer.fields["Cache-Control"] == lifetime
        assert answer.fields["X-Content-Type-Options"] == "nosniff"
        assert answer.fields["Content-Security-Policy"].startswith("default-src 'none'; ")
        assert len(answer.fields["X-Request-ID"]) == 32


def test_a_copy_that_a_client_has_is_not_sent_again(site: int, url: str) -> None:
    etag = ask(site, url).fields["ETag"]

    answer = ask(site, url, **{"If-None-Match": etag})

    assert (answer.status, answer.body) == (304, b"")
    assert "immutable" in answer.fields["Cache-Control"]


def test_photos_do_not_count_for_the_rate_limit(site: int, url: str) -> None:
    assert {ask(site, url).status for _ in range(20)} == {200}


@pytest.mark.parametrize(
    "path",
    [
        f"/photos/{'0' * 64}.webp",
        f"/photos/{'0' * 64}-481.webp",
        "/photos/notes.webp",
        "/photos/",
        "/photos",
        "/photos/../nginx/nginx.conf",
        "/photos/%2e%2e/nginx/nginx.conf",
    ],
)
@pytest.mark.usefixtures("url")
def test_other_paths_are_missing(site: int, path: str) -> None:
    answer = ask(site, path)

    assert answer.status == 404
    assert answer.json()["code"] == "not_found"
    assert answer.fields["Cache-Control"] == "no-store"


def test_photos_cannot_be_changed(site: int, url: str) -> None:
    answer = ask(site, url, "PUT", b"other")

    assert answer.status == 405
    assert answer.json()["code"] == "method_not_allowed"
    assert ask(site, url).body == b"large"


def test_where_reading_needs_a_token_photos_need_it_too(
    home: Path, postgres_url: str, url: str
) -> None:
    with closing(connect(postgres_url)) as storage:
        token = token_for(storage.tokens, Role.IMPORTER)
    reading = {"RENTOMATIC_READING": "token"}
    with (
        gunicorn(home, "one", postgres_url, **reading) as path,
        nginx(home, [path], **reading) as port,
    ):
        refused = [ask(port, url), ask(port, url, Authorization="Bearer ann.wrong")]
        answer = ask(port, url, Authorization=token)

    for each in refused:
        assert each.status == 401
        assert each.json()["code"] == "unauthorized"
        assert each.fields["Cache-Control"] == "no-store"
    assert (answer.status, answer.body) == (200, b"large")
    assert answer.fields["Cache-Control"] == f"private, max-age={YEAR_SECONDS}, immutable"


@pytest.mark.parametrize("name", ["edit", "import", "read"])
def test_permissions_are_for_nginx_alone(site: int, name: str) -> None:
    assert ask(site, f"/permission/{name}").status == 404


@pytest.fixture
def editing(home: Path, postgres_url: str) -> Iterator[tuple[int, str]]:
    """The port of a site that keeps photos of the room in PostgreSQL, and an editor's token."""
    with closing(connect(postgres_url)) as storage:
        token = token_for(storage.tokens, Role.EDITOR)
        storage.rooms.add(ROOM)
    settings = {"RENTOMATIC_PHOTO_FOLDER": str(home / "photos")}
    with (
        gunicorn(home, "one", postgres_url, **settings) as path,
        nginx(home, [path], RENTOMATIC_PHOTO_LIMIT=str(LIMIT)) as port,
    ):
        yield port, token


def test_a_photo_of_several_megabytes_is_uploaded_and_served(editing: tuple[int, str]) -> None:
    site, token = editing
    photo = file_of(Image.effect_noise((1600, 1200), 90), "PNG").getvalue()
    assert 2**20 < len(photo) < LIMIT

    answer = upload(site, photo, token)

    assert answer.status == 201
    (added,) = answer.json()["photos"]
    assert answer.fields["Location"] == added["url"]
    for path, pixels in ((added["url"], 1600), (small_url(added["url"]), 480)):
        served = ask(site, path)
        assert served.fields["Content-Type"] == "image/webp"
        assert Image.open(BytesIO(served.body)).width == pixels
    assert ask(site, PATH).json() == answer.json()


def test_an_upload_that_is_too_large_is_refused(editing: tuple[int, str]) -> None:
    site, token = editing

    answer = upload(site, b"x" * (LIMIT + 1), token)

    assert answer.status == 413
    assert answer.json()["message"] == f"The body is larger than {LIMIT} bytes"


def test_a_large_upload_needs_an_editor_before_it_is_received(editing: tuple[int, str]) -> None:
    site, _ = editing

    small, large = upload(site, b"x" * 1000, ""), upload(site, b"x" * 2**21, "")

    assert [small.status, large.status] == [401, 401]
    assert small.json()["message"] == "This needs a token"
    message = "A body of more than 1 MiB needs a token that may edit rooms"
    assert large.json()["message"] == message


@pytest.mark.parametrize("media_type", ["image/gif", "image/png"])
def test_a_refusal_reaches_the_client_whose_body_is_not_read(
    editing: tuple[int, str], media_type: str
) -> None:
    site, token = editing

    for _ in range(3):
        answer = upload(site, b"x" * 2**21, token, media_type)
        assert answer.status == (400 if media_type == "image/png" else 415)


def upload(port: int, body: bytes, token: str, media_type: str = "image/png") -> Answer:
    fields = {"Content-Type": media_type, "Authorization": token}
    return ask(port, f"{PATH}/photos", "POST", body, **fields)
