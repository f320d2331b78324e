"""Foreign text controls no terminal, in every command that prints it."""

import unicodedata

import pytest
from click.testing import CliRunner, Result

from rentomatic.checks import error
from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic.serializers.formats import FORMATS
from rentomatic.terminal_text import aligned, printable
from rentomatic_cli import main
from rentomatic_cli.doctor import to_line

ESCAPES = "\x1b]0;owned\x07\x1b[2J\r\x08\x7f\x9b31m\u202etxt\u2066\u200f"
EXAMPLE_ROOMS_BY_PRICE = sorted(EXAMPLE_ROOMS, key=lambda room: room.price)
HEADER = "code,size,price,longitude,latitude"


def run(*arguments: str, text: str = "") -> Result:
    environ = {"RENTOMATIC_REPOSITORY": "memory://"}
    return CliRunner().invoke(main, arguments, input=text.encode(), env=environ)


def assert_harmless(text: str) -> None:
    found = {character for character in text if unicodedata.category(character) in ("Cc", "Cf")}
    assert found <= {"\n"}
    assert "owned" in text


FILES = {
    "csv": f"{HEADER},{ESCAPES},{ESCAPES}\n",
    "ndjson": f'{{"{ESCAPES.encode("unicode_escape").decode()}": 1}}\n'.replace("\\x", "\\u00"),
    "json": '[{"' + "".join(f"\\u{ord(each):04x}" for each in ESCAPES) + '": 1}]',
    "geojson": '{"type": "' + "".join(f"\\u{ord(each):04x}" for each in ESCAPES) + '"}',
}


@pytest.mark.parametrize("mode", ["abort", "skip"])
@pytest.mark.parametrize("name", ["json", "ndjson"])
def test_an_import_of_members(name: str, mode: str) -> None:
    result = run("rooms", "import", "-", "--format", name, "--on-error", mode, text=FILES[name])

    assert result.exit_code in (1, 2)
    assert_harmless(result.output)


def test_an_import_of_a_header() -> None:
    result = run("rooms", "import", "-", "--map", f"size={ESCAPES}", text=f"{HEADER}\n")

    assert result.exit_code == 2
    assert_harmless(result.output)


def test_a_column_that_is_missing_quotes_the_others() -> None:
    result = run("rooms", "import", "-", text=f"id,{ESCAPES}\n1,2\n".replace("\r", ""))

    assert result.exit_code == 2
    assert_harmless(result.output)


@pytest.mark.parametrize(
    "arguments",
    [
        ("rooms", "list", "-f", f"{ESCAPES}=1"),
        ("rooms", "show", ESCAPES),
        ("rooms", "edit", ESCAPES, "--size", "1"),
        ("rooms", "import", f"/nowhere/{ESCAPES}"),
        ("token", "revoke", ESCAPES),
    ],
)
def test_an_argument(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)

    assert result.exit_code != 0
    assert not {"\x1b", "\x9b", "\u202e"} & set(result.output)


def test_a_table_and_a_result() -> None:
    assert_harmless("".join(aligned([["name"], [ESCAPES]], "<")))
    assert_harmless(to_line(error(ESCAPES, ESCAPES, ESCAPES)))


def test_other_text_stays_as_it_is() -> None:
    text = 'zażółć 東京 €5 \U0001f3e0 — "quoted"'

    assert printable(text) == text


def test_exports_are_exact() -> None:
    exported = run("rooms", "export", "--format", "csv").stdout_bytes

    assert exported == "".join(FORMATS["csv"].write(EXAMPLE_ROOMS_BY_PRICE)).encode()
