"""The fields of the search form: numbers, and checkboxes for words."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from rentomatic.responses import Facets
from rentomatic_web.pages.state import State
from rentomatic_web.pages.texts.labels import heading_of, word_label

CAPACITY = "filter_capacity__gte"
NUMBER_FIELDS = (
    "filter_price__gte",
    "filter_price__lte",
    "filter_size__gte",
    "filter_size__lte",
    CAPACITY,
)
WORD_FIELDS = {"filter_kind__in": "kind", "filter_features__all": "features"}
MAX_CHOICES = 12  # of one field, and those that are checked


class Choice(NamedTuple):
    """A checkbox; `rooms` is the number of rooms with the word, or None if it is unknown."""

    word: str
    label: str
    rooms: int | None
    is_checked: bool


class WordControl(NamedTuple):
    """The checkboxes of one query parameter."""

    parameter: str
    legend: str
    choices: list[Choice]


def word_controls(state: State, facets: Facets | None) -> list[WordControl]:
    """Return the checkboxes for the words that rooms have or that the search names."""
    words = facets.words if facets else {}
    controls = (
        WordControl(
            name, heading_of(field), _choices(field, words.get(field, {}), _checked(state, name))
        )
        for name, field in WORD_FIELDS.items()
    )
    return [control for control in controls if control.choices]


def _checked(state: State, name: str) -> list[str]:
    texts = (text.strip().lower() for text in state.get(name, "").split(","))
    return [text for text in texts if text]


def _choices(field: str, counts: Mapping[str, int], checked: Iterable[str]) -> list[Choice]:
    """Return the most frequent words, and those that are checked."""
    checked = dict.fromkeys(checked)
    shown = [word for index, word in enumerate(counts) if index < MAX_CHOICES or word in checked]
    missing = (word for word in checked if word not in counts)
    return [
        Choice(word, word_label(field, word), counts.get(word), word in checked)
        for word in (*shown, *missing)
    ]
