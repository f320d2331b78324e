"""Valid and invalid boxes."""

import pytest

from rentomatic.errors import InvalidRequest
from rentomatic.requests.search import parse_box, parse_search, parse_selection


@pytest.mark.parametrize("text", ["-180,-90,180,90", "1,2,1,2", "170,-1,-170,1", "1e1,2.5,3e1,4"])
def test_four_edges_are_a_box(text: str) -> None:
    selection = parse_selection([("bbox", text)])

    assert selection.box == parse_box(text)
    assert selection.filters == parse_search([("bbox", text)]).query.filters


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2,3",
        "1,2,3,4,5",
        "1,2,3,4,5,6",
        "1, 2,3,4",
        "1,2,3,",
        "a,2,3,4",
        "NaN,2,3,4",
        "1e400,2,3,4",
        "-181,2,3,4",
        "1,2,181,4",
        "1,-91,3,4",
        "1,2,3,91",
        "1,4,3,2",
        "１,2,3,4",
        "+1,2,3,4",
    ],
)
def test_anything_else_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_search([("bbox", text)])

    assert [problem.parameter for problem in refused.value.problems] == ["bbox"]
