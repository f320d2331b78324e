"""Errors with a meaning for clients. Edges map them: web/middleware/errors.py, cli/commands.py."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

MAX_PROBLEMS = 1000
MAX_QUOTED = 2000  # characters


class Problem(NamedTuple):
    """A problem of a request: the name of a parameter, column or setting, and a message."""

    parameter: str
    message: str

    def __str__(self) -> str:
        return f"{self.parameter}: {self.message}"


@dataclass(frozen=True)
class RejectedRow:
    """A row of an import that is invalid.

    `row` is the number of its first line, or of the element or feature. `cells` are its texts, or
    the members of a JSON object; empty if they could not be read. `code` is that of its room, if
    the row shows it.
    """

    row: int
    problems: tuple[Problem, ...]
    cells: Any = field(default=(), compare=False)
    code: str | None = field(default=None, compare=False)


class RentomaticError(Exception):
    """An error whose text may be shown to clients; `code` identifies it for programs."""

    code: str
    text = "{}"

    def __init__(self, name: str) -> None:
        super().__init__(self.text.format(name))


class InvalidRequest(RentomaticError):
    """The request is invalid; `problems` lists up to MAX_PROBLEMS problems."""

    code = "invalid_request"

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = list(islice(problems, MAX_PROBLEMS + 1))
        if len(found) > MAX_PROBLEMS:
            found[-1] = Problem("problems", f"are more than {MAX_PROBLEMS}; the rest is omitted")
        self.problems = tuple(Problem(*map(_quotable, problem)) for problem in found)
        super().__init__("\n".join(map(str, self.problems)))


class InvalidRow(InvalidRequest):
    """A row of an import is invalid; `room` is the code of its room, if the row shows it."""

    def __init__(self, problems: Iterable[Problem], room: str | None) -> None:
        super().__init__(problems)
        self.room = room


def _quotable(text: str) -> str:
    """Shorten text that a response quotes, and escape surrogates of JSON, which are not UTF-8."""
    if len(text) > MAX_QUOTED:
        text = f"{text[:MAX_QUOTED]}…"
    return text.encode("utf-8", "backslashreplace").decode()


class RoomNotFound(RentomaticError):
    code, text = "room_not_found", "There is no room {}"


class RoomConflict(RentomaticError):
    code, text = "room_conflict", "There is already a room {}"


class ReferenceConflict(RentomaticError):
    """Another room has the same source and reference."""

    code = "reference_conflict"

    def __init__(self, reference: tuple[str, str] | None = None) -> None:
        shown = ": {}, {}".format(*reference) if reference else ""
        super().__init__(f"Another room has the same source and reference{shown}")


class RoomChanged(RentomaticError):
    code, text = "room_changed", "The room {} has been changed meanwhile"


class TokenNotFound(RentomaticError):
    code, text = "token_not_found", "There is no token {}"


class TokenConflict(RentomaticError):
    code, text = "token_conflict", "There is already a token {}"


class ImportRejected(RentomaticError):
    """An all-or-none import was rejected: `count` invalid rows, `rows` lists the first."""

    code = "import_rejected"

    def __init__(self, count: int, rows: tuple[RejectedRow, ...]) -> None:
        self.count, self.rows = count, rows
        super().__init__(f"Nothing was imported, because {count} of the rows are invalid")


class WithdrawalRefused(RentomaticError):
    """An import would have withdrawn more than a fifth of the rooms of a source."""

    code = "withdrawal_refused"

    def __init__(self, source: str, withdrawn: int, total: int) -> None:
        super().__init__(
            f"Nothing was imported, because the file lacks {withdrawn} of the {total} rooms of "
            f"{source}, more than a fifth; prune_any withdraws any number"
        )


class RepositoryUnavailable(RentomaticError):
    """The storage cannot be reached or timed out; a later attempt may succeed.

    The text contains no host and no message of a driver; the log has the cause.
    """

    code = "repository_unavailable"

    def __init__(self, message: str = "The rooms cannot be reached right now") -> None:
        super().__init__(message)


class RepositoryReadOnly(RentomaticError):
    """The storage cannot be written, on purpose; a later attempt may succeed."""

    code = "repository_read_only"

    def __init__(self) -> None:
        super().__init__("The rooms can only be read right now")
