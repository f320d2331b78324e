"""The state of the search page, and its URLs."""

from urllib.parse import parse_qsl, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from rentomatic.domain.conditions import Box, Filter
from rentomatic.domain.operators import Operator
from rentomatic.requests.search import parse_box
from rentomatic_web.pages.state import (
    STATE_PARAMETERS,
    State,
    box_text,
    is_canonical,
    read_state,
    removal_of,
)

states = st.dictionaries(
    st.sampled_from(sorted(STATE_PARAMETERS - {"cursor"})), st.text(min_size=1)
)


def test_what_is_blank_or_unknown_is_no_part_of_a_search() -> None:
    given_pairs = [
        ("utm_source", "x"),
        ("sort", " size "),
        ("bbox", " "),
        ("limit", "3"),
        ("filter_size", "3"),
    ]

    assert read_state(given_pairs) == {"sort": "size"}


def test_of_what_is_repeated_the_last_counts() -> None:
    assert read_state([("sort", "size"), ("sort", "price")]) == {"sort": "price"}


def test_checkboxes_of_one_list_are_joined() -> None:
    pairs = [("filter_kind__in", "a"), ("sort", "size"), ("filter_kind__in", " b ")]

    assert read_state(pairs) == {"filter_kind__in": "a,b", "sort": "size"}
    assert not is_canonical(pairs)
    assert is_canonical(pairs[:2])


def test_there_is_no_relevance_without_words() -> None:
    assert read_state([("sort", "relevance")]) == {}
    assert read_state([("sort", "relevance"), ("q", "x")]) == {"sort": "relevance", "q": "x"}


@given(states)
def test_a_url_says_all_of_a_search(texts: dict[str, str]) -> None:
    state = State(texts)

    assert dict(parse_qsl(urlsplit(state.url()).query, keep_blank_values=True)) == state


def test_a_changed_search_is_looked_at_from_its_first_page() -> None:
    state = State(filter_price__lte="9", cursor="abc", sort="size")

    assert state.url(sort="price") == "/?filter_price__lte=9&sort=price"
    assert state.url(cursor="def") == "/?filter_price__lte=9&cursor=def&sort=size"
    assert State(sort="size").url(sort=None) == "/"


def test_a_condition_is_taken_out_by_its_name() -> None:
    condition = Filter("size", Operator.EQ, 9)

    assert removal_of({"filter_size__eq": "9", "sort": "size"}, condition) == {
        "filter_size__eq": None
    }
    assert removal_of({"filter_size__lt": "9"}, condition) == {}


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_a_box_is_exact_to_a_decimetre(longitude: float, latitude: float) -> None:
    box = Box(longitude, latitude, -longitude, 90.0)
    read = parse_box(box_text(box))

    assert max(abs(new - old) for new, old in zip(read, box, strict=True)) < 1e-6
    assert "e" not in box_text(box)
