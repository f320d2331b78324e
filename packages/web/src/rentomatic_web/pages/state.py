"""The state of the search page: the parameters of the API, in the URL of the page."""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlencode

from rentomatic.domain.conditions import Box, Condition
from rentomatic.domain.query import RELEVANCE
from rentomatic.requests.filters import FILTER_KEYS, WITH_LISTS
from rentomatic.requests.search import PARAMETERS, PREFIX

PAGE_SIZE = 24
FILTERS = {f"{PREFIX}{key}" for key in FILTER_KEYS}
LISTS = {f"{PREFIX}{key}" for key, (_, operator) in FILTER_KEYS.items() if operator in WITH_LISTS}
STATE_PARAMETERS = frozenset(PARAMETERS) - {"count", "limit"} | FILTERS


class State(dict[str, str]):
    """The parameters of a search, in the order in which they were given."""

    def url(self, **changes: str | None) -> str:
        """Return the URL with changed parameters; None removes one.

        The URL is of the first page, unless `cursor` is given.
        """
        changed = {"cursor": None, **changes}
        kept = {name: text for name, text in (self | changed).items() if text is not None}
        query = urlencode(kept, safe=",")
        return f"/?{query}" if query else "/"


def read_state(pairs: Iterable[tuple[str, str]]) -> State:
    """Return the parameters of a search that are not blank.

    Repeated lists, which the checkboxes of a form send, are joined; of other repeated parameters,
    the last one counts. Unknown parameters are ignored: links from newsletters and ads add some.
    An order by relevance is ignored if there are no words.
    """
    state = State()
    for name, text in ((name, text.strip()) for name, text in pairs):
        if name in STATE_PARAMETERS and text:
            state[name] = f"{state[name]},{text}" if name in LISTS and name in state else text
    if state.get("sort") == RELEVANCE and "q" not in state:
        del state["sort"]
    return state


def is_canonical(pairs: Sequence[tuple[str, str]]) -> bool:
    """Return whether no parameter is blank, and no list is repeated."""
    lists = [name for name, _ in pairs if name in LISTS]
    return len(lists) == len(set(lists)) and all(text.strip() for _, text in pairs)


def removal_of(state: Mapping[str, str], condition: Condition) -> dict[str, None]:
    """Return the changes for `State.url` that remove a condition."""
    return dict.fromkeys({condition.parameter} & state.keys())


def box_text(box: Box) -> str:
    """Return the value of `bbox` with six decimals, which are about 0.1 m."""
    return ",".join(f"{edge:.6f}".rstrip("0").rstrip(".") for edge in box)
