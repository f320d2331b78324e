"""Connect to the MongoDB of a URL, with our timeouts unless the URL sets them."""

from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError
from pymongo.uri_parser import split_options

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.repository.protocols import Limits, Storage
from rentomatic_mongo.pool import PoolCounter
from rentomatic_mongo.rooms import MongoRooms
from rentomatic_mongo.tokens import MongoTokens

DEFAULT_DATABASE = "application"

# Time for the server's own timeout error to arrive before the socket times out.
SOCKET_SLACK_MS = 1000


def connect(url: str, limits: Limits = Limits()) -> Storage:  # noqa: B008 (Limits is immutable)
    """Return the storage at a URL. The first method call connects, not this function.

    Raises InvalidRequest if the driver rejects the URL or one of its options.
    """
    counter = PoolCounter()
    try:
        client: MongoClient[dict[str, Any]] = MongoClient(
            url, connect=False, event_listeners=[counter], **missing_options(url, limits)
        )
        database = client.get_default_database(DEFAULT_DATABASE)
        return Storage(MongoRooms(database, limits.statement, counter), MongoTokens(database))
    except (PyMongoError, ValueError, OSError):  # OSError: a certificate file does not exist
        # `from None`, because the driver's message may quote the password.
        message = "must be a MongoDB URL with percent-encoded parts and options of the driver"
        raise InvalidRequest([Problem("RENTOMATIC_REPOSITORY", message)]) from None


def default_options(limits: Limits) -> dict[str, Any]:
    # The driver's own timeouts are infinite or 20 to 30 s, longer than a request may take.
    return {
        "appName": "rentomatic",
        "connectTimeoutMS": 3000,
        "serverSelectionTimeoutMS": 3000,
        "socketTimeoutMS": limits.statement * 1000 + SOCKET_SLACK_MS,
        "waitQueueTimeoutMS": limits.pool * 1000,
    }


def missing_options(url: str, limits: Limits) -> dict[str, Any]:
    """Return the default options that the URL does not set."""
    query = url.partition("?")[2]
    # MongoClient only warns about unknown options; split_options raises.
    given = {name.lower() for name in split_options(query)} if query else set()
    defaults = default_options(limits)
    return {name: value for name, value in defaults.items() if name.lower() not in given}
