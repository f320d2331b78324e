"""Checks of an installation, which packages register as entry points in `rentomatic.checks`."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from importlib.metadata import entry_points
from textwrap import shorten
from typing import NamedTuple

from rentomatic.errors import RentomaticError
from rentomatic.settings.settings import Settings

GROUP = "rentomatic.checks"

MAX_MESSAGE = 300  # characters

FAILURES = (RentomaticError, OSError)


class Level(StrEnum):
    """The severity of a result."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Result(NamedTuple):
    """A result of a check; `subject` names the thing that was checked."""

    level: Level
    subject: str
    message: str
    remedy: str = ""


Results = Iterator[Result]
Check = Callable[[Settings], Results]


def ok(subject: str, message: str) -> Result:
    return Result(Level.OK, subject, message)


def warning(subject: str, message: str, remedy: str) -> Result:
    """Return the result for something that works but should be corrected."""
    return Result(Level.WARNING, subject, message, remedy)


def error(subject: str, message: str, remedy: str) -> Result:
    """Return the result for something that does not work or is unsafe."""
    return Result(Level.ERROR, subject, message, remedy)


def run_checks(settings: Settings) -> Results:
    """Run the checks of all installed packages; if one fails, yield an error and continue."""
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        check: Check = point.load()
        yield from guarded(point.name, check(settings))


def guarded(
    subject: str, results: Results, failures: tuple[type[Exception], ...] = FAILURES
) -> Results:
    """Yield the results; if producing them raises one of `failures`, end with an error."""
    try:
        yield from results
    except failures as failure:
        remedy = "Solve the problem in the message, and run this again"
        yield error(subject, f"The check failed: {reason(failure)}", remedy)


def reason(failure: BaseException) -> str:
    """Return the message of an exception and of its cause, on one line."""
    cause = f" ({one_line(failure.__cause__)})" if failure.__cause__ else ""
    return f"{one_line(failure)}{cause}"


def one_line(text: object) -> str:
    return shorten(str(text), MAX_MESSAGE, placeholder=" …")
