"""How a file looks: its encoding, delimiter, title lines and header."""

import io

import pytest

from rentomatic.errors import InvalidRequest
from rentomatic.imports.files.encodings import GUESSED, UNSUITABLE, open_text
from rentomatic.imports.rows import Row
from tests.imports import reading_of, rows_of
from tests.rooms import HEADER, line, room

TEXT = HEADER + line(1) + line(2)
NOTED = HEADER.replace("\n", ",note\n") + line(1).replace("\n", ",{}\n")


def problem_of(text: str | bytes, **parameters: str) -> str:
    with pytest.raises(InvalidRequest) as failure:
        rows_of("csv", text, parameters)
    return str(failure.value.problems[0])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("name", ["", "latin-1"])
def test_a_byte_order_mark_names_the_encoding(encoding: str, name: str) -> None:
    parameters = {"encoding": name} if name else {}

    assert rows_of("csv", TEXT.encode(encoding), parameters) == [room(1), room(2)]


def test_an_encoding_can_be_named() -> None:
    text = NOTED.format("żółć").encode("cp1250")

    assert "must be text in UTF-8: see line 2; if it has another" in problem_of(text)
    assert rows_of("csv", text, {"encoding": "windows-1250"}) == [room(1)]
    assert (
        problem_of(text + b"\xff", encoding="ascii") == "file: must be text in ASCII: see line 1"
    )


@pytest.mark.parametrize("name", ["", "latin-99", "hex", "rot13", "x" * 5000, *sorted(UNSUITABLE)])
def test_an_encoding_is_a_known_one(name: str) -> None:
    assert problem_of(TEXT, encoding=name).startswith("encoding: must be the name of an encoding")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "Nº do imóvel;Preço;Área m²\n1;501.000,00;79,50\n"),
        ("cp1252", "Größe;Miete;Straße\n20;500 €;Hauptstraße\n"),
        ("cp1252", "Hyra;Yta;Ort\n500;20;Göteborg\n600;30;Malmö\n"),
        ("cp1250", "miasto;cena;powierzchnia\nŁódź;1 200 zł;38 m2\nKraków;2 100;ż\n" * 5),
        ("cp1251", "город;цена;площадь\nМосква;30000;40\n" * 5),
        ("cp932", "物件番号,賃料,面積\n1,80000円,20\n" * 5),
        ("cp932", "家賃,面積,緯度,経度,番号\n8.5万円,20.5㎡,35.1,139.7,1\n"),
        ("utf-8", "Größe;Miete\n"),
    ],
)
def test_an_encoding_is_guessed_if_that_is_allowed(encoding: str, text: str) -> None:
    found = open_text(io.BytesIO(text.encode(encoding)), is_guessing=True)

    assert (found.encoding, found.read(-1)) == (encoding, text)
    assert encoding in (*GUESSED, "utf-8")


@pytest.mark.parametrize(
    ("name", "character"), [(",", ","), (";", ";"), ("tab", "\t"), ("|", "|")]
)
def test_the_delimiter_is_found_or_named(name: str, character: str) -> None:
    text = TEXT.replace(",", character)

    for parameters in ({}, {"delimiter": name}):
        reading = reading_of("csv", text, parameters)
        assert list(reading) == [room(1), room(2)]
        assert reading.facts["delimiter"] == name


def test_a_delimiter_is_not_one_inside_of_cells() -> None:
    text = "code;size;price;longitude;latitude;note\n"
    text += "".join(line(n).strip().replace(",", ";") + ";a, b, c, d, e, f\n" for n in range(9))

    assert rows_of("csv", text) == [room(n) for n in range(9)]


def test_excel_names_the_delimiter_in_a_line_of_its_own() -> None:
    reading = reading_of("csv", "sep=;\n" + TEXT.replace(",", ";") + "x\n")

    *rooms, row = reading
    assert rooms == [room(1), room(2)]
    assert (row.row, reading.facts["header"]) == (5, 2)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "before",
    ["\r\n\r\n", "Our rooms\n", "\n Our rooms;;of:;21/07/2026;\n", "Rooms,,,,\n,,,,\n"],
)
def test_blank_lines_and_titles_before_the_header_are_skipped(before: str) -> None:
    delimiter = ";" if ";" in before else ","
    rows: list[Row] = rows_of("csv", before + TEXT.replace(",", delimiter))

    assert rows == [room(1), room(2)]


def test_the_line_of_the_header_can_be_named() -> None:
    text = "a,b,c,d,e\n" + TEXT

    assert rows_of("csv", text, {"header": "2"}) == [room(1), room(2)]
    assert "is not a column; the columns are a, b" in problem_of(text, header="1")
    assert problem_of(text, header="9") == "header: must be the number of a row: row 9 is not one"
    assert problem_of(text, header="x").startswith("header: must be a whole number from 1 to")


def test_a_file_may_have_no_header() -> None:
    columns = {f"column_{name}": f"#{n}" for n, name in enumerate(HEADER.strip().split(","), 1)}

    assert rows_of("csv", line(1) + line(2), {"header": "none", **columns}) == [room(1), room(2)]


def test_columns_without_a_name_have_a_number() -> None:
    text = TEXT.replace("code", "", 1)

    assert rows_of("csv", text, {"column_code": "#1"}) == [room(1), room(2)]
    assert "the columns are #1, size, price" in problem_of(text)
    assert problem_of(text, column_code="#6").startswith("#6: is not a column")


def test_names_and_cells_may_have_blanks_around_them() -> None:
    text = TEXT.replace(",", " , ").replace("\n", " \n")

    assert rows_of("csv", text) == [room(1), room(2)]
