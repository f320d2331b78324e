"""The state of the search page: the parameters of the API, in the URL of the page."""

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlencode

from rentomatic.domain.conditions import Box, Condition, Within
from rentomatic.domain.query import DISTANCE, RELEVANCE
from rentomatic.requests.filters import FILTER_KEYS, WITH_LISTS
from rentomatic.requests.search import NEAR, PARAMETERS, PREFIX

PAGE_SIZE = 24
FILTERS = {f"{PREFIX}{key}" for key in FILTER_KEYS}
LISTS = {f"{PREFIX}{key}" for key, (_, operator) in FILTER_KEYS.items() if operator in WITH_LISTS}
BY_DISTANCE = (DISTANCE, f"-{DISTANCE}")
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
    So are an order by relevance without words, and a radius and an order by distance without a
    point.
    """
    state = State()
    for name, text in ((name, text.strip()) for name, text in pairs):
        if name in STATE_PARAMETERS and text:
            state[name] = f"{state[name]},{text}" if name in LISTS and name in state else text
    if state.keys().isdisjoint(("place", *NEAR)):
        state.pop("within", None)
        _drop_sort(state, *BY_DISTANCE)
    if "q" not in state:
        _drop_sort(state, RELEVANCE)
    return state


def _drop_sort(state: State, *sorts: str) -> None:
    if state.get("sort") in sorts:
        del state["sort"]


def is_canonical(pairs: Sequence[tuple[str, str]]) -> bool:
    """Return whether no parameter is blank, and no list is repeated."""
    lists = [name for name, _ in pairs if name in LISTS]
    return len(lists) == len(set(lists)) and all(text.strip() for _, text in pairs)


def removal_of(state: Mapping[str, str], condition: Condition) -> dict[str, None]:
    """Return the changes for `State.url` that remove a condition.

    The circle around a place is removed with the place.
    """
    if isinstance(condition, Within) and "place" in state:
        return removal_of_place(state)
    return dict.fromkeys({condition.parameter} & state.keys())


def removal_of_place(state: Mapping[str, str]) -> dict[str, None]:
    """Return the changes for `State.url` that remove the place, and all that needs it."""
    names = ["place", "within"] if "place" in state else []
    return dict.fromkeys([*names, "sort"] if names and state.get("sort") in BY_DISTANCE else names)


def box_text(box: Box) -> str:
    """Return the value of `bbox` with six decimals, which are about 0.1 m."""
    return ",".join(f"{edge:.6f}".rstrip("0").rstrip(".") for edge in box)
