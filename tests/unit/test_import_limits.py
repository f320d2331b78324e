"""Limits for invalid files."""

import json
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest

from rentomatic.domain.tokens import Role
from rentomatic.errors import (
    MAX_PROBLEMS,
    MAX_QUOTED,
    InvalidRequest,
    Problem,
    RejectedRow,
    RepositoryUnavailable,
)
from rentomatic.imports.files.tables import MAX_COLUMNS, MAX_NAME_LENGTH
from rentomatic.repository.memory import MemoryRooms, MemoryTokens
from rentomatic.repository.protocols import RoomRepository
from rentomatic.use_cases.imports import import_rooms
from tests.apps import client_of, token_for
from tests.imports import reading_of, rows_of
from tests.rooms import room

MIB = 2**20
HEADER = b"code,size,price,longitude,latitude"
HOSTILE = {
    "long name": ("text/csv", b"a" * 100_000 + b"\n1\n"),
    "many columns": ("text/csv", b"," * 2 * MIB + b"\n1\n"),
    "rows without columns": ("text/csv", HEADER + b"\n" + b"1\n" * 10_000),
    "quote without end": ("text/csv", HEADER + b'\n"' + b"a" * 2 * MIB),
    "unknown members": (
        "application/x-ndjson",
        (b"{" + b",".join(b'"%d":1' % number for number in range(5000)) + b"}\n") * 10,
    ),
    "long member": ("application/x-ndjson", (b'{"%s":1}\n' % (b"a" * 60_000)) * 30),
    "element of members": (
        "application/json",
        b"[{" + b",".join(b'"%d":1' % number for number in range(30_000)) + b"}]",
    ),
    "nesting": ("application/json", b"[" * MIB),
    "number": ("application/json", b'[{"size":' + b"9" * MIB + b"}]"),
    "nested features": ("application/geo+json", b'{"features":' + b"[" * MIB),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("mode", ["abort", "skip"])
def test_a_hostile_file_costs_little_and_gets_a_short_answer(name: str, mode: str) -> None:
    media_type, body = HOSTILE[name]
    tokens = MemoryTokens()
    client = client_of(MemoryRooms(), tokens, RENTOMATIC_REQUEST_TIMEOUT="600")
    fields = {"Authorization": token_for(tokens, Role.IMPORTER), "Content-Type": media_type}
    tracemalloc.start()
    try:
        answer = client.post(f"/rooms/import?on_error={mode}", data=body, headers=fields)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert answer.status_code in (200, 400, 422)
    assert len(answer.data) < 4 * MIB
    assert peak < 40 * MIB + 2 * len(body)


@pytest.mark.parametrize("header", [b"a" * (MAX_NAME_LENGTH + 1), b"," * MAX_COLUMNS])
def test_a_header_that_is_too_large_is_refused(header: bytes) -> None:
    file = HEADER + b"," + header + b"\n"

    with pytest.raises(InvalidRequest, match=r"^row: The header has"):
        rows_of("csv", file)


def test_problems_and_the_texts_they_quote_are_bounded() -> None:
    error = InvalidRequest(Problem("x" * 5000, "y" * 5000) for _ in range(3 * MAX_PROBLEMS))

    assert len(error.problems) == MAX_PROBLEMS + 1
    assert max(map(len, error.problems[0])) == MAX_QUOTED + 1
    assert error.problems[-1].parameter == "problems"


def slow_rows() -> Iterator[RejectedRow]:
    for number in range(1000):
        time.sleep(0.01)
        yield RejectedRow(number, (Problem("row", "is invalid CSV"),))


@pytest.mark.parametrize("all_or_none", [True, False])
@pytest.mark.parametrize("dry_run", [True, False])
def test_time_counts_for_rejected_rows_too(
    rooms: RoomRepository, all_or_none: bool, dry_run: bool
) -> None:
    began = time.monotonic()

    with pytest.raises(RepositoryUnavailable):
        import_rooms(rooms, slow_rows(), all_or_none, dry_run, timeout=0.1)

    assert time.monotonic() - began < 5


def test_a_key_given_twice_in_a_file_is_one_problem() -> None:
    text = b'[{"size":1,"size":2}]'
    (row,) = rows_of("json", text)

    assert row == RejectedRow(1, (Problem("size", "is given more than once"),))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "is invalid JSON: Expecting '['"),
        (b"[1]", "must be a JSON object"),
        (b"[{}] x", "is missing"),
    ],
)
def test_what_is_no_array_of_rooms_is_rejected(text: bytes, message: str) -> None:
    rows: list[Any] = rows_of("json", text)

    assert rows[0].problems[0].message.startswith(message)


def test_a_member_with_a_very_long_name_is_neither_examined_nor_reported() -> None:
    name = "a" * (MAX_NAME_LENGTH + 1)
    text = json.dumps([{**vars(room()), name: 1, "address": {name: 1}, "b": 1}])

    reading = reading_of("json", text, {"guess": "true", "column_street": "address.street"})

    assert list(reading) == [room()]
    assert reading.table.names == [*vars(room()), "address", "b"]
    assert reading.facts["ignored"] == ["b"]
