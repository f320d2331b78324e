"""Broken files: each gets a report or an error, never a bug."""

import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from rentomatic.domain.room import REQUIRED
from rentomatic.domain.tokens import Role
from rentomatic.imports.files import workbooks
from rentomatic.repository.memory import MemoryRooms, MemoryTokens
from rentomatic.serializers.formats import FORMATS
from rentomatic_cli import main
from rentomatic_web.api.imports import MEDIA_TYPES
from tests.apps import client_of, token_for
from tests.rooms import room
from tests.workbooks import SHEET, packed, workbook

FILES = 200
SEED = 20
TYPES = {name: media_type for media_type, name in MEDIA_TYPES.items()}
QUERIES = ("on_error=skip", "on_error=skip&guess=true&source=x&round=true", "", "header=none")


def truncated(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def with_wrong_bytes(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randint(1, 20)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def with_a_huge_cell(content: bytes, chance: random.Random) -> bytes:
    position = chance.randrange(len(content))
    return content[:position] + chance.choice([b"9", b"[", b'"', b"\xff", b","]) * 200_000


def repeated(content: bytes, chance: random.Random) -> bytes:
    return content * chance.randint(2, 5)


def shuffled(content: bytes, chance: random.Random) -> bytes:
    parts = [content[start : start + 40] for start in range(0, len(content), 40)]
    chance.shuffle(parts)
    return b"".join(parts)


def in_another_encoding(content: bytes, chance: random.Random) -> bytes:
    text = content.decode("latin-1") + "żółć €"
    return text.encode(chance.choice(["utf-16", "utf-16-be", "cp1250", "utf-7"]), "replace")


def bomb(content: bytes, chance: random.Random) -> bytes:  # noqa: ARG001 (as the others)
    """Return an Excel file that unpacks to very much, or has a cell in the last corner."""
    if chance.random() < 0.5:
        row, column = 2 ** chance.randint(16, 20), chance.choice(["AAA", "XFD"])
        cells = (
            f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{column}{row}"/></row>'
        )
        return packed({"Rooms": SHEET.format(cells)})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(2 * workbooks.MIB))
    return file.getvalue()


DAMAGES: list[Callable[[bytes, random.Random], bytes]] = [
    truncated,
    with_wrong_bytes,
    with_a_huge_cell,
    repeated,
    shuffled,
    in_another_encoding,
    bomb,
]


def whole_file(name: str) -> bytes:
    rooms = [room(number, price=number) for number in range(1, 30)]
    if name == "xlsx":
        return workbook(Rooms=[REQUIRED, *(list(vars(each).values()) for each in rooms)])
    return "".join(FORMATS[name].write(rooms)).encode()


def broken_file(number: int) -> tuple[str, bytes, random.Random]:
    """Return format and content of one of the files, and the source of further chance."""
    chance = random.Random(SEED + number)  # noqa: S311 (reproducible)
    name = chance.choice(list(TYPES))
    damage = chance.choice(DAMAGES)
    return name, damage(whole_file(name), chance), chance


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(workbooks, "MAX_UNZIPPED_BYTES", workbooks.MIB)
    tokens = MemoryTokens()
    client = client_of(
        MemoryRooms(),
        tokens,
        RENTOMATIC_REQUEST_TIMEOUT="600",
        RENTOMATIC_PROFILES=str(tmp_path),
    )
    client.environ_base["HTTP_AUTHORIZATION"] = token_for(tokens, Role.IMPORTER)
    return client


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_a_broken_file_gets_a_report_or_an_error(client: FlaskClient, part: int) -> None:
    for number in range(part, FILES, 4):
        name, content, chance = broken_file(number)
        query = chance.choice(QUERIES[:3] if "json" in name else QUERIES)

        answer = client.post(f"/rooms/import?{query}", data=content, content_type=TYPES[name])

        assert answer.status_code in (200, 400, 422), (number, name, answer.text)
        assert len(answer.data) < 2**21
        json.loads(answer.data)


@pytest.mark.slow
def test_the_command_line_shows_no_traceback(tmp_path: Path) -> None:
    for number in range(0, FILES, 8):
        name, content, chance = broken_file(number)
        file = tmp_path / f"rooms.{name}{chance.choice(['', '.gz'])}"
        file.write_bytes(gzip.compress(content)[:-2] if file.suffix == ".gz" else content)
        chosen = ("--preview", "--source", "x") if chance.random() < 0.5 else ("--guess",)
        options = (*chosen, "--rejected", str(tmp_path / "rejected.csv"))
        environ = {"RENTOMATIC_REPOSITORY": "memory://"}

        result = CliRunner().invoke(main, ["rooms", "import", str(file), *options], env=environ)

        assert result.exit_code in (0, 1, 2), (number, result.output, result.exc_info)
        assert result.exception is None or isinstance(result.exception, SystemExit)
