"""The secret key that the stack generates if no setting has one."""

from pathlib import Path

from rentomatic.settings.settings import load
from services.stack.environment import environment
from services.stack.state import State

MEMORY = {"RENTOMATIC_REPOSITORY": "memory://"}


def serving(settings: dict[str, str], state: State) -> dict[str, str]:
    return settings | environment(load(settings), state, None, serving=True)


def test_one_key_is_generated_and_reused(tmp_path: Path) -> None:
    state = State(tmp_path)

    first, second = (load(serving(MEMORY, state)).secret_key for _ in range(2))

    assert len(first) >= 32
    assert second == first
    assert state.secret_key.stat().st_mode & 0o777 == 0o600


def test_no_key_is_generated_if_the_settings_have_one(tmp_path: Path) -> None:
    settings = MEMORY | {"RENTOMATIC_SECRET_KEY": "k" * 32}

    environ = serving(settings, State(tmp_path))

    assert "RENTOMATIC_SECRET_KEY_FILE" not in environ
    assert not State(tmp_path).secret_key.exists()
