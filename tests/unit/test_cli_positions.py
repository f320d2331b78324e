"""Approximate positions on the command line."""

import json

import pytest
from click.testing import CliRunner, Result

from rentomatic.domain.positions import SecretGrid
from rentomatic.domain.room import Room
from rentomatic.repository import memory
from rentomatic.repository.memory import MemoryRooms, MemoryTokens
from rentomatic.repository.protocols import Storage
from rentomatic_cli import main
from tests.rooms import full_room

KEY = "k" * 32
APPROXIMATE = {"RENTOMATIC_POSITIONS": "approximate", "RENTOMATIC_POSITIONS_KEY": KEY}
STORED = full_room()
HIDDEN = SecretGrid(KEY).hidden(STORED)


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> MemoryRooms:
    """Rooms that outlast a command."""
    kept = MemoryRooms([STORED])
    monkeypatch.setattr(memory, "connect", lambda *_: Storage(kept, MemoryTokens()))
    return kept


def run(*arguments: str, **settings: str) -> Result:
    environ = {"RENTOMATIC_REPOSITORY": "memory://", **settings}
    return CliRunner().invoke(main, arguments, env=environ)


def test_rooms_are_stored_as_the_setting_says_and_back(rooms: MemoryRooms) -> None:
    result = run("rooms", "positions", **APPROXIMATE)
    assert result.stdout == "Changed 1 of 1 rooms; positions are approximate\n"
    assert rooms.get(STORED.code) == HIDDEN
    result = run("rooms", "positions", **APPROXIMATE)
    assert result.stdout == "Changed 0 of 1 rooms; positions are approximate\n"

    result = run("rooms", "positions")
    assert result.stdout == "Changed 1 of 1 rooms; positions are exact\n"
    assert rooms.get(STORED.code) == STORED


def test_another_key_needs_an_option(rooms: MemoryRooms) -> None:
    run("rooms", "positions", **APPROXIMATE)
    other = APPROXIMATE | {"RENTOMATIC_POSITIONS_KEY": "o" * 32}

    result = run("rooms", "positions", **other)
    assert result.exit_code == 2
    assert result.stderr == (
        "rentomatic: RENTOMATIC_POSITIONS_KEY: differs from the key that the rooms were stored"
        " with: a second key would show more of their doors; --new-key allows it\n"
    )
    assert run("rooms", "positions", "--new-key", **other).exit_code == 0
    assert rooms.get(STORED.code) == SecretGrid("o" * 32).hidden(STORED)


def test_commands_show_and_change_the_exact_room(rooms: MemoryRooms) -> None:
    run("rooms", "positions", **APPROXIMATE)

    shown = json.loads(run("rooms", "show", STORED.code, **APPROXIMATE).stdout)
    assert (shown["longitude"], shown["address"]["street"]) == (19.94, "Rynek 1")
    assert "door" not in shown
    assert "Rynek 1" in run("rooms", "export", **APPROXIMATE).stdout

    result = run(
        "rooms", "edit", STORED.code, "--price", "7", "--street", "Rynek 2", **APPROXIMATE
    )
    assert json.loads(result.stdout)["longitude"] == 19.94
    stored = rooms.get(STORED.code)
    assert (stored.longitude, stored.price) == (HIDDEN.longitude, 7)
    assert stored.door
    assert stored.door["street"] == "Rynek 2"


WELL = "ok       positions      All rooms are stored with"
WRONG = "error    positions      Rooms that are not stored with"
OTHER_KEY = (
    "error    positions      RENTOMATIC_POSITIONS_KEY is not the key that rooms are stored with."
    " Remedy: Restore the key of before"
)


@pytest.mark.parametrize(
    ("stored", "settings", "line"),
    [
        (STORED, {}, f"{WELL} exact positions"),
        (HIDDEN, APPROXIMATE, f"{WELL} approximate positions"),
        (HIDDEN, {}, f"{WRONG} exact positions: 1. Remedy: Run rentomatic rooms positions"),
        (STORED, APPROXIMATE, f"{WRONG} approximate positions: 1."),
        (HIDDEN, APPROXIMATE | {"RENTOMATIC_POSITIONS_KEY": "o" * 32}, OTHER_KEY),
    ],
)
def test_the_doctor_compares_rooms_with_the_setting(
    rooms: MemoryRooms, stored: Room, settings: dict[str, str], line: str
) -> None:
    rooms.put([stored])

    assert line in run("doctor", **settings).stdout


def test_approximate_positions_need_a_key() -> None:
    result = run("rooms", "list", RENTOMATIC_POSITIONS="approximate")

    assert result.exit_code == 2
    assert result.stderr == (
        "rentomatic: RENTOMATIC_POSITIONS_KEY: must be set, or RENTOMATIC_POSITIONS_KEY_FILE:"
        " approximate positions need one of them\n"
    )


def test_the_key_is_masked() -> None:
    shown = run("config", "show", **APPROXIMATE).stdout

    assert "RENTOMATIC_POSITIONS=approximate\nRENTOMATIC_POSITIONS_KEY=***\n" in shown
    assert KEY not in shown
