"""Checks of the storage: it can be reached, and it has valid tokens."""

from contextlib import closing
from datetime import UTC, datetime

from rentomatic.checks import Result, Results, error, ok, reason, warning
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.connect import scheme
from rentomatic.repository.protocols import Storage
from rentomatic.settings.settings import Settings, open_storage

SUBJECT = "storage"
REMEDY = (
    "Start the server that RENTOMATIC_REPOSITORY or POSTGRES_HOSTNAME names, or correct the other"
    " errors"
)


def check(settings: Settings) -> Results:
    with closing(open_storage(settings)) as storage:
        try:
            storage.rooms.check()
            valid = _count_valid_tokens(storage)
        except RepositoryUnavailable as failure:
            yield error(SUBJECT, reason(failure), REMEDY)
        else:
            yield ok(SUBJECT, "Rooms and tokens can be reached")
            yield _check_tokens(settings, valid)


def _count_valid_tokens(storage: Storage) -> int:
    now = datetime.now(UTC)
    return sum(each.expires is None or now < each.expires for each in storage.tokens.list())


def _check_tokens(settings: Settings, valid: int) -> Result:
    remedy = "Run rentomatic token new NAME --role editor"
    if valid or scheme(settings.repository) == "memory":
        readers = "everyone" if settings.reading == "public" else "clients with a token"
        return ok(SUBJECT, f"Valid tokens: {valid}; rooms can be read by {readers}")
    message = "There is no valid token"
    if settings.reading == "token":
        return error(SUBJECT, f"{message}: nobody can read or write over HTTP", remedy)
    if settings.read_only:
        return ok(SUBJECT, f"{message}, but RENTOMATIC_READ_ONLY forbids all changes anyway")
    return warning(SUBJECT, f"{message}: nobody can write over HTTP", remedy)
