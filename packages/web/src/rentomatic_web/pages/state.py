"""What a visitor looks for: the parameters of the API's searches, kept in the page's own URL."""

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
        """Return the URL of the page with these parameters instead; None takes one away.

        Other rooms than before are looked at from their first page.
        """
        changed = {"cursor": None, **changes}
        kept = {name: text for name, text in (self | changed).items() if text is not None}
        query = urlencode(kept, safe=",")
        return f"/?{query}" if query else "/"


def read_state(pairs: Iterable[tuple[str, str]]) -> State:
    """Return what belongs to a search and is not blank; of what is repeated, the last counts.

    Other names, such as those that newsletters add, are none of a search's business.
    """
    return State((name, text.strip()) for name, text in pairs if name in KNOWN and text.strip())


def without(state: Mapping[str, str], condition: Condition) -> dict[str, None]:
    """Return the change that takes a condition out of a search."""
    return dict.fromkeys({condition.parameter} & state.keys())


def box_text(box: Box) -> str:
    """Return a box as the parameter `bbox` has it, exact to a decimetre."""
    return ",".join(f"{edge:.6f}".rstrip("0").rstrip(".") for edge in box)
