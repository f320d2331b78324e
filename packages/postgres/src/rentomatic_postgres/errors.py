"""Translation of driver errors."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from sqlalchemy import exc
from sqlalchemy.exc import DBAPIError

from rentomatic.errors import RepositoryReadOnly, RepositoryUnavailable

# Undefined table, insufficient privilege: temporary until `db migrate` and `db init` have run.
NOT_SET_UP = ("42P01", "42501")
LOCK_NOT_AVAILABLE = "55P03"  # after lock_timeout
READ_ONLY = "25006"  # a standby, or default_transaction_read_only


@contextmanager
def translate_errors() -> Iterator[None]:
    """Raise RepositoryUnavailable or RepositoryReadOnly for errors that may be temporary."""
    try:
        yield
    except exc.TimeoutError as error:  # of the pool
        raise RepositoryUnavailable from error
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:  # of COPY
        raise RepositoryUnavailable from error
    except DBAPIError as error:
        is_temporary = isinstance(error, exc.OperationalError | exc.InterfaceError)
        if is_temporary or error.connection_invalidated or sqlstate(error) in NOT_SET_UP:
            raise RepositoryUnavailable from error.orig
        if sqlstate(error) == READ_ONLY:
            raise RepositoryReadOnly from error.orig
        raise


def sqlstate(error: DBAPIError) -> str | None:
    """Return the SQLSTATE of an error, or None if it is not from the server."""
    return getattr(error.orig, "pgcode", None)
