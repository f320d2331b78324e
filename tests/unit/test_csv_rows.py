"""From the lines of a CSV file to rooms and rejected rows."""

import io
from collections.abc import Iterator

import pytest

from rentomatic.domain.numbers import INT32_MAX
from rentomatic.domain.room import REQUIRED
from rentomatic.errors import InvalidRequest, Problem, RejectedRow
from rentomatic.imports.files.delimited import read_delimited
from rentomatic.imports.files.encodings import TOO_LONG, open_text
from rentomatic.imports.files.tables import SAMPLE_ROWS
from rentomatic.imports.rows import Row
from tests.imports import rejected
from tests.imports import rows_of as rows_of_format
from tests.rooms import HEADER, line, room


def rows_of(text: str, rounding: bool = False) -> list[Row]:
    return rows_of_format("csv", text, {"round": "true"} if rounding else {})


def test_each_row_is_a_room() -> None:
    assert rows_of(HEADER + line(1) + line(2)) == [room(1), room(2)]


def test_a_header_alone_is_no_room() -> None:
    assert rows_of(HEADER) == []


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_lines_end_as_they_like(ending: str) -> None:
    assert rows_of((HEADER + line(1) + line(2)).replace("\n", ending)) == [room(1), room(2)]


def test_the_last_line_may_have_no_end() -> None:
    assert rows_of(HEADER + line(1).rstrip()) == [room(1)]


def test_every_problem_of_a_row_is_named() -> None:
    wrong = line(code="x", size="0", price="", longitude="181", latitude="NaN")

    assert rows_of(HEADER + wrong) == [
        RejectedRow(
            2,
            (
                Problem("code", "must be a UUID"),
                Problem("size", f"must be a whole number from 1 to {INT32_MAX}"),
                Problem("longitude", "must be from -180 to 180"),
                Problem("latitude", "must be a finite number"),
                Problem("price", "is missing"),
            ),
        )
    ]


def test_the_rows_after_a_rejected_one_are_read() -> None:
    first, second, third = rows_of(HEADER + line(1) + line(code="x") + line(3))

    assert (first, third) == (room(1), room(3))
    assert second == rejected(3, "code", "must be a UUID")


@pytest.mark.parametrize(
    ("row", "cells"),
    [("x\n", 1), (line(1).rstrip() + ",\n", len(REQUIRED) + 1)],
)
def test_a_row_has_as_many_cells_as_the_header(row: str, cells: int) -> None:
    assert rows_of(HEADER + row) == [
        rejected(2, "row", f"has {cells} cells, but the header has {len(REQUIRED)}")
    ]


def test_blank_lines_are_counted_and_skipped() -> None:
    assert rows_of(f"{HEADER}\n\n{line(1)}\n{line(code='x')}\n") == [
        room(1),
        rejected(6, "code", "must be a UUID"),
    ]


@pytest.mark.parametrize("row", [",\n", '""\n', " , ,,,\n"])
def test_rows_without_text_are_skipped(row: str) -> None:
    assert rows_of(HEADER + row + line(1)) == [room(1)]


def test_a_row_is_named_by_the_line_it_starts_on() -> None:
    text = (
        f"{HEADER.rstrip()},note\n"
        f'{line(1).rstrip()},"two\nlines, ""quoted"""\n'
        f'{line(code="x").rstrip()},"three\r\n\r\nlines"\n'
        f"{line(code='y').rstrip()},\n"
    )

    assert rows_of(text) == [
        room(1),
        rejected(4, "code", "must be a UUID"),
        rejected(7, "code", "must be a UUID"),
    ]


def test_cells_may_be_quoted_and_begin_with_a_space() -> None:
    assert rows_of(HEADER + line(code=f'"{room().code}"', size=" 20", price=' "50"')) == [room()]


def test_a_quote_that_is_not_closed_costs_the_rest_of_the_file_and_says_where() -> None:
    first, second = rows_of(HEADER + line(1) + '"' + line(2) + line(3))

    assert first == room(1)
    message = "is invalid CSV: unexpected end of data, and the rest was not read"
    assert second == rejected(3, "row", message)


def test_text_behind_a_closing_quote_costs_its_row() -> None:
    rows = rows_of(HEADER + line(code=f'"{room(1).code}"x') + line(2))

    assert rows[0] == rejected(2, "row", "is invalid CSV: ',' expected after '\"'")
    assert rows[-1] == room(2)


def test_of_a_code_given_twice_the_first_row_counts() -> None:
    upper = line(code=f"{{{room(1).code.upper()}}}", price="99")

    assert rows_of(HEADER + line(1) + line(2) + upper + line(1)) == [
        room(1),
        room(2),
        rejected(4, "code", "is a duplicate of line 2"),
        rejected(5, "code", "is a duplicate of line 2"),
    ]


def test_a_rejected_row_does_not_take_a_code() -> None:
    first, second = rows_of(HEADER + line(1, size="0") + line(1))

    assert first == rejected(2, "size", f"must be a whole number from 1 to {INT32_MAX}")
    assert second == room(1)


def test_decimals_are_rejected_or_rounded_as_wished() -> None:
    text = HEADER + line(size="19.5", price="5.049e1")

    assert rows_of(text, rounding=True) == [room()]
    (row,) = rows_of(text)
    assert isinstance(row, RejectedRow)
    assert [problem.parameter for problem in row.problems] == ["size", "price"]


def test_an_exponent_beyond_all_bounds_costs_its_row_only() -> None:
    text = HEADER + line(1, size="1e99999999999999999999") + line(2)

    first, second = rows_of(text, rounding=True)

    assert first == rejected(2, "size", f"must be a whole number from 1 to {INT32_MAX}")
    assert second == room(2)


def test_rows_are_read_one_at_a_time_after_a_sample() -> None:
    def lines() -> Iterator[str]:
        yield HEADER
        yield from map(line, range(SAMPLE_ROWS + 1))
        raise AssertionError

    table = read_delimited(lines(), "auto", "auto", lambda cells: "code" in cells)

    assert len([next(table.rows) for _ in range(SAMPLE_ROWS)]) == SAMPLE_ROWS


def test_the_text_of_a_cell_that_is_too_large_is_never_taken_for_rows() -> None:
    hidden = line(7)

    (row,) = rows_of(HEADER + line(code=f'"{"x" * 140_000}\n{hidden}"') + line(8))

    assert row == rejected(
        2,
        "row",
        "is invalid CSV: field larger than field limit (131072), and the rest was not read",
    )


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_line_of_any_length_is_not_read_into_memory(encoding: str) -> None:
    text = open_text(io.BufferedReader(Endless()), encoding)

    with pytest.raises(InvalidRequest, match=rf"fewer than {TOO_LONG} characters .* line 1"):
        list(text)


class Endless(io.RawIOBase):
    """A file of one line without an end."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        buffer[:] = b"a" * len(buffer)
        return len(buffer)
