"""Translation of driver errors."""

from contextlib import AbstractContextManager

import psycopg2
from sqlalchemy import exc
from sqlalchemy.exc import DBAPIError

from rentomatic.errors import RepositoryReadOnly, RepositoryUnavailable

# Undefined table, insufficient privilege: temporary until `db migrate` and `db init` have run.
NOT_SET_UP = ("42P01", "42501")
REFERENCE_KEY = "room_reference_key"  # the unique index of sources and references
LOCK_NOT_AVAILABLE = "55P03"  # after lock_timeout
READ_ONLY = "25006"  # a standby, or default_transaction_read_only


class translate_errors(AbstractContextManager[None]):  # noqa: N801 (used as a function)
    """Raise RepositoryUnavailable or RepositoryReadOnly for errors that may be temporary.

    They may be of the driver, or wrapped by SQLAlchemy.
    """

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, exc.TimeoutError):  # of the pool
            raise RepositoryUnavailable from error
        if not isinstance(error, psycopg2.Error | DBAPIError):
            return
        original = error.orig if isinstance(error, DBAPIError) else error
        is_lost = isinstance(error, DBAPIError) and error.connection_invalidated
        is_temporary = isinstance(original, psycopg2.OperationalError | psycopg2.InterfaceError)
        if is_temporary or is_lost or sqlstate(error) in NOT_SET_UP:
            raise RepositoryUnavailable from original
        if sqlstate(error) == READ_ONLY:
            raise RepositoryReadOnly from original


def is_reference_conflict(error: BaseException | None) -> bool:
    """Return whether an error of the driver is that of REFERENCE_KEY."""
    if not isinstance(error, psycopg2.IntegrityError):
        return False
    return error.diag.constraint_name == REFERENCE_KEY


def sqlstate(error: psycopg2.Error | DBAPIError) -> str | None:
    """Return the SQLSTATE of an error, or None if it is not from the server."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return getattr(original, "pgcode", None)
