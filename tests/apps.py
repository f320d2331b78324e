"""The web application over rooms that a test has at hand."""

from flask import Flask
from flask.testing import FlaskClient

from rentomatic.memory import MemoryTokens
from rentomatic.repository import RoomRepository, Storage
from rentomatic.settings import load
from rentomatic.tokens import Tokens
from rentomatic_web import create_app


def app_of(rooms: RoomRepository, tokens: Tokens | None = None, **settings: str) -> Flask:
    """Return an application with these settings, by the names of the environment."""
    chosen = load({"RENTOMATIC_REPOSITORY": "memory://"} | settings)
    return create_app(Storage(rooms, tokens or MemoryTokens()), chosen)


def client_of(rooms: RoomRepository, tokens: Tokens | None = None, **settings: str) -> FlaskClient:
    """Return a client of such an application."""
    return app_of(rooms, tokens, **settings).test_client()
