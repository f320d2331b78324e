"""The state of the search page: the parameters of the API, in the URL of the page."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlencode

from rentomatic.domain.conditions import Box, Condition
from rentomatic.requests.filters import FILTER_KEYS
from rentomatic.requests.search import PARAMETERS, PREFIX

PAGE_SIZE = 24
KNOWN = frozenset(PARAMETERS) - {"count", "limit"} | {f"{PREFIX}{key}" for key in FILTER_KEYS}


class State(dict[str, str]):
    """The parameters of a search, in the order in which they were given."""

    def url(self, **changes: str | None) -> str:
        """Return the URL with these parameters changed; None removes one.

        A changed search begins at its first page.
        """
        changed = {"cursor": None, **changes}
        kept = {name: text for name, text in (self | changed).items() if text is not None}
        query = urlencode(kept, safe=",")
        return f"/?{query}" if query else "/"


def read_state(pairs: Iterable[tuple[str, str]]) -> State:
    """Return the parameters of a search that are not blank; the last of repeated ones.

    Other parameters, which newsletters add, are ignored.
    """
    return State((name, text.strip()) for name, text in pairs if name in KNOWN and text.strip())


def without(state: Mapping[str, str], condition: Condition) -> dict[str, None]:
    """Return the change that removes a condition."""
    return dict.fromkeys({condition.parameter} & state.keys())


def box_text(box: Box) -> str:
    """Return the value of `bbox`, exact to a decimetre."""
    return ",".join(f"{edge:.6f}".rstrip("0").rstrip(".") for edge in box)
