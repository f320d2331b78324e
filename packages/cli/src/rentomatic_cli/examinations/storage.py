"""Whether rooms and tokens are there, in any storage."""

from contextlib import closing
from datetime import UTC, datetime

from rentomatic.checks import Finding, Findings, error, ok, reason, warning
from rentomatic.errors import RepositoryUnavailable
from rentomatic.repository.connect import scheme
from rentomatic.repository.protocols import Storage
from rentomatic.settings.settings import Settings, open_storage

SUBJECT = "storage"
REACH = "Start what RENTOMATIC_REPOSITORY or POSTGRES_HOSTNAME names, or mend what else is found"


def examine(settings: Settings) -> Findings:
    """Yield whether the storage can be used as the service uses it, and who may."""
    with closing(open_storage(settings)) as storage:
        try:
            storage.rooms.check()
            valid = _valid(storage)
        except RepositoryUnavailable as failure:
            yield error(SUBJECT, reason(failure), REACH)
        else:
            yield ok(SUBJECT, "Rooms and tokens can be reached")
            yield _tokens(settings, valid)


def _valid(storage: Storage) -> int:
    """Return how many tokens still hold."""
    now = datetime.now(UTC)
    return sum(each.expires is None or now < each.expires for each in storage.tokens.list())


def _tokens(settings: Settings, valid: int) -> Finding:
    remedy = "rentomatic token new NAME --role editor"
    if valid or scheme(settings.repository) == "memory":
        return ok(SUBJECT, f"Tokens that hold: {valid}; reading is for {_readers(settings)}")
    if settings.reading == "token":
        return error(SUBJECT, "There is no token that holds: nobody can read or write", remedy)
    if settings.read_only:
        return ok(SUBJECT, "There is no token that holds, and nobody may write anyway")
    return warning(SUBJECT, "There is no token that holds: nobody can write over HTTP", remedy)


def _readers(settings: Settings) -> str:
    return "everyone" if settings.reading == "public" else "who has one"
