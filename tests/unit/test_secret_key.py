"""The key that signs cookies where no setting does."""

import os
from pathlib import Path

import pytest

from rentomatic.settings.settings import load
from services.stack.configuration import keep_secret_key
from services.stack.state import State

MEMORY = {"RENTOMATIC_REPOSITORY": "memory://"}


def test_one_key_is_made_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = State(tmp_path)
    monkeypatch.setattr(os, "environ", dict(MEMORY))

    keep_secret_key(load(MEMORY), state)
    first = load(os.environ).secret_key
    keep_secret_key(load(MEMORY), state)

    assert len(first) >= 32
    assert load(os.environ).secret_key == first
    assert state.secret_key.stat().st_mode & 0o777 == 0o600


def test_a_key_of_the_operators_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = MEMORY | {"RENTOMATIC_SECRET_KEY": "k" * 32}
    monkeypatch.setattr(os, "environ", dict(environ))

    keep_secret_key(load(environ), State(tmp_path))

    assert not State(tmp_path).secret_key.exists()
    assert os.environ == environ
