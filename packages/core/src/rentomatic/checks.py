"""What an examination of an installation finds; every installed package brings its own."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from importlib.metadata import entry_points
from textwrap import shorten
from typing import NamedTuple

from rentomatic.errors import RentomaticError
from rentomatic.settings.settings import Settings

GROUP = "rentomatic.examinations"

MOST_CHARACTERS = 300

FAILURES = (RentomaticError, OSError)


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Finding(NamedTuple):
    """One thing that was looked at, what was found, and how to mend it unless it is well."""

    level: Level
    subject: str
    message: str
    remedy: str = ""


Findings = Iterator[Finding]
Examination = Callable[[Settings], Findings]


def ok(subject: str, message: str) -> Finding:
    """Return what is as it should be."""
    return Finding(Level.OK, subject, message)


def warning(subject: str, message: str, remedy: str) -> Finding:
    """Return what works, and had better be mended."""
    return Finding(Level.WARNING, subject, message, remedy)


def error(subject: str, message: str, remedy: str) -> Finding:
    """Return what does not work, or puts something at risk."""
    return Finding(Level.ERROR, subject, message, remedy)


def examine(settings: Settings) -> Findings:
    """Yield what every installed package finds; an examination that fails is a finding itself."""
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        found: Examination = point.load()
        yield from guarded(point.name, found(settings))


def guarded(
    subject: str, findings: Findings, failures: tuple[type[Exception], ...] = FAILURES
) -> Findings:
    """Yield the findings; a failure ends them with a finding of its own, and hides no others."""
    try:
        yield from findings
    except failures as failure:
        remedy = "See to what the message names, and run this again"
        yield error(subject, f"Cannot be examined: {reason(failure)}", remedy)


def reason(failure: BaseException) -> str:
    """Return what a failure says, on one line, with the cause that it was raised from."""
    cause = f" ({one_line(failure.__cause__)})" if failure.__cause__ else ""
    return f"{one_line(failure)}{cause}"


def one_line(words: object) -> str:
    """Return words as a line that is not too long to read."""
    return shorten(str(words), MOST_CHARACTERS, placeholder=" …")
