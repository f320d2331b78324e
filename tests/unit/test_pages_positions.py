"""Pages with approximate positions."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from rentomatic.domain.positions import SecretGrid
from rentomatic.domain.tokens import Role, new_token
from rentomatic.repository.memory import MemoryRooms, MemoryTokens
from tests.apps import client_of
from tests.rooms import full_room, room

KEY = "k" * 32
SETTINGS = {
    "RENTOMATIC_POSITIONS": "approximate",
    "RENTOMATIC_POSITIONS_KEY": KEY,
    "RENTOMATIC_SECRET_KEY": KEY,
}
GRID = SecretGrid(KEY)
STORED = full_room()
HIDDEN = GRID.hidden(STORED)
PATH = f"/rooms/{STORED.code}"
HTML = {"Accept": "text/html"}


@pytest.fixture
def rooms() -> MemoryRooms:
    return MemoryRooms([HIDDEN, GRID.hidden(room(2))])


def client(rooms: MemoryRooms, role: Role | None = None) -> FlaskClient:
    """Return a client, signed in with a token of that role."""
    tokens = MemoryTokens()
    found = client_of(rooms, tokens, **SETTINGS)
    if role:
        now = datetime.now(UTC)
        token, _ = new_token("ann", role, now, None)
        tokens.add(token)
        claim = {"name": token.name, "digest": token.digest, "since": now.timestamp(), "id": "i"}
        with found.session_transaction() as session:
            session["visitor"] = claim
    return found


@pytest.mark.parametrize("role", [None, Role.IMPORTER])
def test_visitors_see_the_shown_point(rooms: MemoryRooms, role: Role | None) -> None:
    text = client(rooms, role).get(PATH, headers=HTML).text

    assert f"<dt>Approximate position</dt><dd>{HIDDEN.latitude}, {HIDDEN.longitude}</dd>" in text
    for secret in ("Rynek 1", "31-042", "19.94<", "50.06<", '"19.94"', "Exact", "door"):
        assert secret not in text


def test_editors_see_both(rooms: MemoryRooms) -> None:
    response = client(rooms, Role.EDITOR).get(PATH, headers=HTML)

    assert f"<dd>{HIDDEN.latitude}, {HIDDEN.longitude}</dd>" in response.text
    assert "<dt>Exact position</dt><dd>50.06, 19.94</dd>" in response.text
    assert "<dt>Exact address</dt><dd>Rynek 1, 31-042 Kraków" in response.text
    assert 'data-longitude="19.94"' in response.text
    assert 'aria-label="Exact position"' in response.text
    assert response.headers["Cache-Control"] == "private, no-cache"


def test_search_engines_get_the_shown_point(rooms: MemoryRooms) -> None:
    text = client(rooms, Role.EDITOR).get(PATH, headers=HTML).text
    data, _ = (part.partition("</script>")[0] for part in text.split('ld+json">')[1:])

    assert f'"latitude":{HIDDEN.latitude}' in data
    assert "Rynek" not in data
    assert "Krak" in data


def test_the_form_has_the_door(rooms: MemoryRooms) -> None:
    editor = client(rooms, Role.EDITOR)

    text = editor.get(f"{PATH}/edit", headers=HTML).text

    assert 'value="19.94"' in text
    assert 'value="Rynek 1"' in text


def test_with_exact_positions_there_is_one() -> None:
    text = client_of(MemoryRooms([STORED])).get(PATH, headers=HTML).text

    assert "<dt>Position</dt><dd>50.06, 19.94</dd>" in text
    assert "Exact position" not in text
    assert "Approximate" not in text
