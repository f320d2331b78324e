"""The web application over rooms that a test has at hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from rentomatic.domain.tokens import Role, new_token
from rentomatic.repository.memory import MemoryTokens
from rentomatic.repository.protocols import RoomRepository, Storage, Tokens
from rentomatic.settings.settings import load
from rentomatic_web import create_app
from rentomatic_web.context import context_of


def app_of(rooms: RoomRepository, tokens: Tokens | None = None, **settings: str) -> Flask:
    """Return an application with these settings, by the names of the environment."""
    chosen = load({"RENTOMATIC_REPOSITORY": "memory://"} | settings)
    return create_app(Storage(rooms, tokens or MemoryTokens()), chosen)


def token_for(tokens: Tokens, role: Role, age: int = 0) -> str:
    """Add ann's token, valid for an hour, and return the value of its Authorization header.

    It is as many hours old.
    """
    created = datetime.now(UTC) - timedelta(hours=age)
    token, text = new_token("ann", role, created, created + timedelta(hours=1))
    tokens.add(token)
    return f"Bearer {text}"


def client_of(rooms: RoomRepository, tokens: Tokens | None = None, **settings: str) -> FlaskClient:
    """Return a client of such an application."""
    return app_of(rooms, tokens, **settings).test_client()


def change_context(app: Flask, **changes: Any) -> None:
    """Replace members of the application's Context."""
    app.extensions["rentomatic"] = replace(context_of(app), **changes)
