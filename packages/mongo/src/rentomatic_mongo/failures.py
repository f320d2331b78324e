"""What the driver raises when the rooms are out of reach becomes RepositoryUnavailable."""

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError

from rentomatic.errors import RepositoryUnavailable

UNAUTHORIZED = 13
AUTHENTICATION_FAILED = 18


@contextmanager
def reaching_the_rooms() -> Iterator[None]:
    """Raise RepositoryUnavailable when the server is away, too slow or keeps us out."""
    try:
        yield
    except PyMongoError as error:
        if _out_of_reach(error):
            raise RepositoryUnavailable from error
        raise


def _out_of_reach(error: PyMongoError) -> bool:
    if isinstance(error, OperationFailure) and error.code in (UNAUTHORIZED, AUTHENTICATION_FAILED):
        return True
    return isinstance(error, ConnectionFailure) or error.timeout
