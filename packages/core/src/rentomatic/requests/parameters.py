"""Parse query parameters one by one, and collect the problems."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

from rentomatic.errors import InvalidRequest, Problem

T = TypeVar("T")


class Parameters:
    """Query parameters, and the problems found in them so far.

    Parameters are unknown unless they are in `known` or start with `prefix`.
    """

    def __init__(
        self,
        parameters: Iterable[tuple[str, str]],
        known: tuple[str, ...],
        prefix: str | None = None,
    ) -> None:
        pairs = list(parameters)
        self.texts = dict(pairs)
        self.problems = _check_names(pairs, known, prefix)

    def read(self, name: str, parse: Callable[[str], T], default: T) -> T:
        """Parse a parameter; return the default if it is missing or, as a problem, invalid."""
        try:
            return parse(self.texts[name]) if name in self.texts else default
        except ValueError as error:
            self.problems.append(Problem(name, str(error)))
            return default

    def raise_problems(self) -> None:
        """Raise InvalidRequest if there are problems."""
        if self.problems:
            raise InvalidRequest(self.problems)


def _check_names(
    pairs: list[tuple[str, str]], known: tuple[str, ...], prefix: str | None
) -> list[Problem]:
    counts = Counter(name for name, _ in pairs)
    return [
        *(Problem(name, "is given more than once") for name in counts if counts[name] > 1),
        *(
            Problem(name, "is not a known parameter")
            for name in counts
            if name not in known and not (prefix and name.startswith(prefix))
        ),
    ]
