"""From a URL to a repository; what the URL leaves open is decided here."""

from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError
from pymongo.uri_parser import split_options

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.repository import Storage
from rentomatic_mongo.rooms import MongoRooms
from rentomatic_mongo.tokens import MongoTokens

DATABASE = "application"

# An operation is stopped by the server after 5 s (see rooms.py); a server that stays silent for
# longer is given up. The driver would wait for ever, and half a minute for one that is away.
DEFAULTS = {
    "appName": "rentomatic",
    "connectTimeoutMS": 3000,
    "serverSelectionTimeoutMS": 3000,
    "socketTimeoutMS": 6000,
    "waitQueueTimeoutMS": 3000,
}


def connect(url: str) -> Storage:
    """Return what is kept at a URL; nothing is sent before its first method is called.

    Raises InvalidRequest when the driver takes no such URL, or not one of its options.
    """
    try:
        client: MongoClient[dict[str, Any]] = MongoClient(url, connect=False, **open_options(url))
        database = client.get_default_database(DATABASE)
        return Storage(MongoRooms(database), MongoTokens(database))
    except (PyMongoError, ValueError, OSError):  # OSError: a certificate that is not there
        # No cause: the driver's own words may quote the password.
        message = "Is not a MongoDB URL with percent-encoded parts and options that exist"
        raise InvalidRequest([Problem("RENTOMATIC_REPOSITORY", message)]) from None


def open_options(url: str) -> dict[str, Any]:
    """Return the defaults of the options that the URL does not set."""
    query = url.partition("?")[2]
    # Unlike MongoClient, which warns and goes on, this raises when an option does not exist.
    given = {name.lower() for name in split_options(query)} if query else set()
    return {name: value for name, value in DEFAULTS.items() if name.lower() not in given}
