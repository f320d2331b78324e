"""From a URL to a repository; what the URL leaves open is decided here."""

from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError
from pymongo.uri_parser import split_options

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.repository.protocols import Limits, Storage
from rentomatic_mongo.pool import PoolCounter
from rentomatic_mongo.rooms import MongoRooms
from rentomatic_mongo.tokens import MongoTokens

DATABASE = "application"

SLACK_MS = 1000  # in which a server may tell that it has stopped an operation


def connect(url: str, limits: Limits = Limits()) -> Storage:  # noqa: B008 (it cannot change)
    """Return what is kept at a URL; nothing is sent before its first method is called.

    Raises InvalidRequest when the driver takes no such URL, or not one of its options.
    """
    counter = PoolCounter()
    try:
        client: MongoClient[dict[str, Any]] = MongoClient(
            url, connect=False, event_listeners=[counter], **open_options(url, limits)
        )
        database = client.get_default_database(DATABASE)
        return Storage(MongoRooms(database, limits.statement, counter), MongoTokens(database))
    except (PyMongoError, ValueError, OSError):  # OSError: a certificate that is not there
        # No cause: the driver's own words may quote the password.
        message = "must be a MongoDB URL with percent-encoded parts and known options"
        raise InvalidRequest([Problem("RENTOMATIC_REPOSITORY", message)]) from None


def defaults(limits: Limits) -> dict[str, Any]:
    """Return what the driver is told: by itself it would wait for ever, and for half a minute."""
    return {
        "appName": "rentomatic",
        "connectTimeoutMS": 3000,
        "serverSelectionTimeoutMS": 3000,
        "socketTimeoutMS": limits.statement * 1000 + SLACK_MS,
        "waitQueueTimeoutMS": limits.pool * 1000,
    }


def open_options(url: str, limits: Limits) -> dict[str, Any]:
    """Return the defaults of the options that the URL does not set."""
    query = url.partition("?")[2]
    # Unlike MongoClient, which warns and goes on, this raises when an option does not exist.
    given = {name.lower() for name in split_options(query)} if query else set()
    return {name: value for name, value in defaults(limits).items() if name.lower() not in given}
