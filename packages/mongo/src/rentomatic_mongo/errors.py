"""Convert errors of the driver to RepositoryUnavailable."""

from collections.abc import Iterator
from contextlib import contextmanager

from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError

from rentomatic.errors import RepositoryUnavailable

UNAUTHORIZED = 13
AUTHENTICATION_FAILED = 18


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raise RepositoryUnavailable for connection errors, timeouts and refused logins."""
    try:
        yield
    except PyMongoError as error:
        if _is_unavailable(error):
            raise RepositoryUnavailable from error
        raise


def _is_unavailable(error: PyMongoError) -> bool:
    if isinstance(error, OperationFailure) and error.code in (UNAUTHORIZED, AUTHENTICATION_FAILED):
        return True
    return isinstance(error, ConnectionFailure) or error.timeout
