"""From a driver's errors to ours."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from sqlalchemy import exc
from sqlalchemy.exc import DBAPIError

from rentomatic.errors import RepositoryReadOnly, RepositoryUnavailable

# A table that is not made yet, and one that the role is not allowed yet.
NOT_YET = ("42P01", "42501")
LOCK_NOT_AVAILABLE = "55P03"  # within lock_timeout
READ_ONLY = "25006"  # a standby, or a role or database that is told to be


@contextmanager
def translated() -> Iterator[None]:
    """Raise RepositoryUnavailable for what time may heal, such as a table that is not made yet."""
    try:
        yield
    except exc.TimeoutError as error:  # every connection of the pool is taken
        raise RepositoryUnavailable from error
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:  # of a COPY
        raise RepositoryUnavailable from error
    except DBAPIError as error:
        passing = isinstance(error, exc.OperationalError | exc.InterfaceError)
        if passing or error.connection_invalidated or sqlstate(error) in NOT_YET:
            raise RepositoryUnavailable from error.orig
        if sqlstate(error) == READ_ONLY:
            raise RepositoryReadOnly from error.orig
        raise


def sqlstate(error: DBAPIError) -> str | None:
    """Return PostgreSQL's five-character code of an error, if the server sent one."""
    return getattr(error.orig, "pgcode", None)
