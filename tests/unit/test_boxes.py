"""Valid and invalid boxes."""

import pytest
from hypothesis import given

from rentomatic.domain.conditions import Box
from rentomatic.domain.room import Room
from rentomatic.errors import InvalidRequest
from rentomatic.repository.matching import meets
from rentomatic.requests.search import parse_box, parse_search, parse_selection
from tests import strategies


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


@given(box=strategies.boxes(), room=strategies.rooms)
def test_a_room_of_a_box_is_in_one_of_its_parts(box: Box, room: Room) -> None:
    parts = [
        part
        for part in box.parts
        if part.west <= room.longitude <= part.east and part.south <= room.latitude <= part.north
    ]

    assert len(parts) == meets(room, (box,))
    assert all(part.west <= part.east and part.south <= part.north for part in box.parts)
