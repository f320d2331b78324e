"""The parameters of a URL, read one by one: every problem is collected, all are raised."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

from rentomatic.errors import InvalidRequest, Problem

T = TypeVar("T")


class Parameters:
    """Reads the parameters of a URL, and keeps what is wrong with them."""

    def __init__(
        self,
        parameters: Iterable[tuple[str, str]],
        known: tuple[str, ...],
        prefix: str | None = None,
    ) -> None:
        pairs = list(parameters)
        self.given = dict(pairs)
        self.problems = _misplaced(pairs, known, prefix)

    def read(self, name: str, convert: Callable[[str], T], otherwise: T) -> T:
        """Return the value of a parameter; otherwise if it is not given, or not right."""
        try:
            return convert(self.given[name]) if name in self.given else otherwise
        except ValueError as error:
            self.problems.append(Problem(name, str(error)))
            return otherwise

    def refuse(self) -> None:
        """Raise InvalidRequest with everything that was wrong so far, if anything was."""
        if self.problems:
            raise InvalidRequest(self.problems)


def _misplaced(
    pairs: list[tuple[str, str]], known: tuple[str, ...], prefix: str | None
) -> list[Problem]:
    """Return a problem for every parameter that is repeated, or neither known nor prefixed."""
    times = Counter(name for name, _ in pairs)
    return [
        *(Problem(name, "is given more than once") for name in times if times[name] > 1),
        *(
            Problem(name, "is not a known parameter")
            for name in times
            if name not in known and not (prefix and name.startswith(prefix))
        ),
    ]
