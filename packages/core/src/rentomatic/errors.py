"""Everything that can go wrong on purpose.

RentomaticError
├── InvalidRequest          what was asked for makes no sense
├── RoomNotFound            no room has that code
├── RoomConflict            a room has that code already
├── RoomChanged             a room is not what it was
├── TokenNotFound           no token has that name
├── TokenConflict           a token has that name already
├── ImportRejected          an import of all rows or none has a row that is no room
├── RepositoryUnavailable   the rooms cannot be reached right now
└── RepositoryReadOnly      the rooms cannot be changed right now
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

MAX_PROBLEMS = 1000
MAX_QUOTED = 2000  # characters


class Problem(NamedTuple):
    """One thing wrong with a request: with which parameter, column or setting, and what."""

    parameter: str
    message: str

    def __str__(self) -> str:
        return f"{self.parameter}: {self.message}"


@dataclass(frozen=True)
class RejectedRow:
    """A row of an import that was not carried over: which one it is, and everything wrong with it.

    `row` is the line that it begins on, or the number of a feature.
    """

    row: int
    problems: tuple[Problem, ...]


class RentomaticError(Exception):
    """A failure whose text may be shown to whoever asked."""

    @classmethod
    def code(cls) -> str:
        """Return the name that programs know the failure by: `room_not_found`."""
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", cls.__name__).lower()


class InvalidRequest(RentomaticError):
    """What was asked for makes no sense; every problem is listed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = list(islice(problems, MAX_PROBLEMS + 1))
        if len(found) > MAX_PROBLEMS:
            found[-1] = Problem("problems", f"Are more than {MAX_PROBLEMS}; the rest is left out")
        self.problems = tuple(Problem(*map(_quotable, problem)) for problem in found)
        super().__init__("\n".join(map(str, self.problems)))


def _quotable(text: str) -> str:
    """Shorten text that a response quotes, and escape surrogates of JSON, which are no UTF-8."""
    if len(text) > MAX_QUOTED:
        text = f"{text[:MAX_QUOTED]}…"
    return text.encode("utf-8", "backslashreplace").decode()


class RoomNotFound(RentomaticError):
    """No room has that code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"There is no room {code}")


class RoomConflict(RentomaticError):
    """A room has that code already."""

    def __init__(self, code: str) -> None:
        super().__init__(f"There is already a room {code}")


class RoomChanged(RentomaticError):
    """A room is not what it was: somebody else has changed it meanwhile."""

    def __init__(self, code: str) -> None:
        super().__init__(f"The room {code} is not what it was")


class TokenNotFound(RentomaticError):
    """No token has that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no token {name}")


class TokenConflict(RentomaticError):
    """A token has that name already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is already a token {name}")


class ImportRejected(RentomaticError):
    """An import of all rows or none has rows that are no rooms: so many, these and others."""

    def __init__(self, count: int, rows: tuple[RejectedRow, ...]) -> None:
        self.count, self.rows = count, rows
        super().__init__(f"Nothing is imported, since {count} of the rows cannot be read")


class RepositoryUnavailable(RentomaticError):
    """The rooms cannot be reached right now; trying again later may help.

    The text names no host and quotes no driver: those stay in the cause, for the log.
    """

    def __init__(self, message: str = "The rooms cannot be reached right now") -> None:
        super().__init__(message)


class RepositoryReadOnly(RentomaticError):
    """The rooms cannot be changed right now, on purpose; trying again later may help."""

    def __init__(self) -> None:
        super().__init__("The rooms can only be read right now")
