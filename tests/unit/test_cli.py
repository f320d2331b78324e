"""The command line, over the example rooms in memory."""

import gzip
import json
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from rentomatic import __version__
from rentomatic.errors import RentomaticError
from rentomatic.imports.options import OPTIONS
from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic.requests.field_values import COLUMNS
from rentomatic.serializers.formats import FORMATS
from rentomatic_cli import main
from rentomatic_cli.commands import EXIT_STATUSES
from tests.rooms import room

HEADER = "id,squareMeters,price,longitude,latitude,city\n"
MAPPED = ("--map", "code=id", "--map", "size=squareMeters")
CODE = EXAMPLE_ROOMS[0].code
ADVICE = "if it has another encoding, set encoding or guess"
OFFERS = "Nº;Preço;Latitude;Longitude;Área m²\n7;1.500,00;1,5;2,5;79,50\n8;100 - 200;1,5;2,5;\n"


def run(*arguments: str, text: str | None = None, **environ: str) -> Result:
    variables = {"RENTOMATIC_REPOSITORY": "memory://"} | environ
    return CliRunner().invoke(main, arguments, input=text, env=variables)


def test_it_knows_its_version() -> None:
    assert run("--version").output == f"rentomatic, version {__version__}\n"


@pytest.mark.parametrize(
    "command", [(), ("rooms",), ("rooms", "list"), ("db",), ("config",), ("token",)]
)
def test_help_needs_no_settings(command: tuple[str, ...]) -> None:
    result = run(*command, "--help", RENTOMATIC_REPOSITORY="")

    assert result.exit_code == 0
    assert result.output.startswith("Usage: ")


def test_rooms_are_listed_as_json_where_there_is_no_terminal() -> None:
    result = run("rooms", "list", "-f", "price__lt=60", "--limit", "1")

    assert [room["price"] for room in json.loads(result.output)] == [39]


def test_rooms_are_listed_as_a_table() -> None:
    heading, *rows = run("rooms", "list", "--format", "table").output.splitlines()

    assert heading.split() == ["code", "size", "price", "latitude", "longitude"]
    assert [row.split()[2] for row in rows] == ["39", "48", "60", "66"]
    assert len({len(row) for row in rows}) == 1


def test_rooms_are_listed_by_their_distance() -> None:
    near = ("--near", "-0.09,51.75", "--sort", "distance", "--within", "30000")

    heading, *rows = run("rooms", "list", *near, "--format", "table").output.splitlines()
    exported = run("rooms", "export", *near[:2], *near[4:]).output.splitlines()

    assert heading.split()[-1] == "distance"
    assert [row.split()[2] for row in rows] == ["39", "66"]
    assert [line.split(",")[-1] for line in exported] == [
        "distance",
        rows[0].split()[-1],
        rows[1].split()[-1],
    ]


@pytest.mark.parametrize("near", ["1", "1,2,3", ""])
def test_a_point_has_two_coordinates(near: str) -> None:
    result = run("rooms", "list", "--near", near)

    assert result.exit_code == 2
    assert "--near" in result.stderr


def test_bad_filters_are_all_named() -> None:
    result = run("rooms", "list", "-f", "price__lt=x", "-f", "garden=1", "--limit", "0")

    assert result.exit_code == 2
    assert "filter_price__lt: must be a whole number" in result.stderr
    assert "filters: Key garden cannot be used" in result.stderr
    assert "limit: must be a whole number from 1 to 1000" in result.stderr


def test_a_room_is_shown() -> None:
    assert json.loads(run("rooms", "show", CODE.upper()).output)["code"] == CODE


def test_a_room_that_is_not_there_has_an_exit_status_of_its_own() -> None:
    result = run("rooms", "show", "00000000-0000-0000-0000-000000000000")

    assert result.exit_code == 3
    assert result.stderr == "rentomatic: There is no room 00000000-0000-0000-0000-000000000000\n"


def test_every_failure_has_an_exit_status() -> None:
    assert set(EXIT_STATUSES) == set(RentomaticError.__subclasses__())


def test_a_csv_file_is_imported(tmp_path: Path) -> None:
    file = tmp_path / "rooms.csv"
    file.write_text(f"\ufeff{HEADER}{CODE},215.4,39,-0.09998975,51.75436293,Kraków\n", "utf-8")

    result = run("rooms", "import", str(file), *MAPPED, "--round")

    assert result.exit_code == 0
    assert result.stdout == "created 0, updated 0, unchanged 1, rejected 0\n"


def test_every_rejected_row_is_named_with_line_column_and_reason() -> None:
    rows = f"{CODE},20.5,39,1,2,x\n{CODE},20,40,1,2,x\n{CODE},20,40,1,2,x\n,1,1\n"

    result = run("rooms", "import", "-", *MAPPED, text=HEADER + rows)

    assert result.exit_code == 1
    assert result.stdout == "created 0, updated 1, unchanged 0, rejected 3\n"
    assert result.stderr.splitlines() == [
        "line 2, squareMeters: must be a whole number from 1 to 2147483647; "
        "decimals need the option round",
        "line 4, id: is a duplicate of line 3",
        "line 5, row: has 3 cells, but the header has 6",
        "read with numbers of size like 1,234.56",
        "ignored columns (1): city",
        "1 × squareMeters: must be a whole number from 1 to 2147483647; "
        "decimals need the option round",
        "1 × id: is a duplicate",
        "1 × row: has 3 cells, but the header has 6",
    ]


@pytest.mark.parametrize("name", ["csv", "ndjson", "geojson", "json"])
def test_a_file_that_is_not_utf8_is_refused_with_the_line(name: str) -> None:
    text = "".join(FORMATS[name].write([room(1), room(2)])).encode() + b"\n\xff\n"

    result = CliRunner().invoke(
        main,
        ["rooms", "import", "-", "--format", name],
        input=text,
        env={"RENTOMATIC_REPOSITORY": "memory://"},
    )

    line = text[: text.index(b"\xff")].count(b"\n") + 1
    assert result.exit_code == 2
    assert result.stderr == f"rentomatic: file: must be text in UTF-8: see line {line}; {ADVICE}\n"


def test_a_header_without_a_needed_column_is_refused() -> None:
    result = run("rooms", "import", "-", text=HEADER)

    there = "id, squareMeters, price, longitude, latitude, city"
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        f"rentomatic: code: is not a column; the columns are {there}; "
        "without codes, give source and reference",
        "size: is not a column; if it is unknown, set size=",
    ]


@pytest.mark.parametrize("mapping", ["garden=level", "code"])
def test_a_mapping_that_makes_no_sense_is_refused(mapping: str) -> None:
    assert run("rooms", "import", "-", "--map", mapping, text=HEADER).exit_code == 2


def test_a_mapping_for_no_field_or_given_twice_is_named() -> None:
    result = run("rooms", "import", "-", "--map", "floor=x", *MAPPED, *MAPPED[2:], text=HEADER)

    assert result.exit_code == 2
    assert "column_floor: is not a known parameter" in result.stderr
    assert "column_size: is given more than once" in result.stderr


def test_the_format_is_that_of_the_suffix_unless_it_is_named(tmp_path: Path) -> None:
    for name in ("csv", "ndjson", "geojson"):
        text = run("rooms", "export", "--format", name).stdout
        for file, options in (
            (tmp_path / f"rooms.{name}", ()),
            (tmp_path / f"ROOMS.{name.upper()}", ()),
            (tmp_path / "rooms.txt", ("--format", name)),
        ):
            file.write_text(text, "utf-8")
            result = run("rooms", "import", str(file), *options)
            assert result.stdout == "created 0, updated 0, unchanged 4, rejected 0\n"


def test_rejected_features_are_named_by_their_number() -> None:
    text = run("rooms", "export", "--format", "geojson").stdout.replace(
        '"price": 48', '"price": "x"'
    )

    result = run("rooms", "import", "-", "--format", "geojson", text=text)

    assert result.exit_code == 1
    assert result.stderr == "feature 2, price: must be a whole number from 0 to 2147483647\n"
    assert result.stdout == "created 0, updated 0, unchanged 3, rejected 1\n"


def test_with_abort_no_row_is_imported_and_every_rejected_one_is_named() -> None:
    text = f"{HEADER}{CODE},20,40,1,2,x\n" + "x,20,40,1,2,x\n" * 200

    result = run("rooms", "import", "-", *MAPPED, "--on-error", "abort", text=text)

    *lines, last = result.stderr.splitlines()
    assert (result.exit_code, result.stdout) == (1, "")
    assert lines == [f"line {number}, id: must be a UUID" for number in range(3, 203)]
    assert last == "rentomatic: Nothing was imported, because 200 of the rows are invalid"


def test_a_dry_run_says_what_would_happen() -> None:
    text = f"{HEADER}{CODE},20,40,1,2,x\n"

    result = run("rooms", "import", "-", *MAPPED, "--dry-run", text=text)

    assert result.stdout == "created 0, updated 1, unchanged 0, rejected 0\n"


def test_what_would_be_withdrawn_is_listed() -> None:
    source = ("--set", "source=acme", "--prune")
    result = run("rooms", "import", "-", *source, text="code,size,price,longitude,latitude\n")

    assert "created 0, updated 0, unchanged 0, rejected 0" in result.output
    assert run("rooms", "import", "-", "--prune", text="code\n").exit_code == 2


@pytest.fixture
def offers(tmp_path: Path) -> Path:
    file = tmp_path / "offers.csv"
    file.write_bytes(OFFERS.encode("cp1252"))
    return file


def test_a_preview_proposes_options_and_imports_nothing(offers: Path) -> None:
    result = run("rooms", "import", str(offers), "--preview", "--round", "--source", "acme")

    assert result.exit_code == 1
    assert result.stdout.splitlines()[:7] == [
        "Proposed options:",
        "  --encoding cp1252",
        "  --map 'size=Área m²'",
        "  --map 'price=Preço'",
        "  --map longitude=Longitude",
        "  --map latitude=Latitude",
        "  --reference 'Nº'",
    ]
    assert "First rooms:" in result.stdout
    assert result.stdout.splitlines()[-1] == "created 1, updated 0, unchanged 0, rejected 1"
    assert "line 3, Preço: is a range: '100 - 200'" in result.stderr
    assert "read with encoding cp1252, delimiter ;, numbers of size like 1.234,56" in result.stderr


def test_a_preview_without_a_source_says_what_is_missing(offers: Path) -> None:
    result = run("rooms", "import", str(offers), "--preview")

    assert result.exit_code == 2
    assert "  --reference 'Nº'\n" in result.stdout
    assert result.stderr.startswith("rentomatic: source: must be given with reference: the name")


def test_a_preview_proposes_to_round_and_lists_the_first_rejected_rows() -> None:
    rows = "".join(f"{number},12.5,1,2,never\n" for number in range(20))
    text = f"it's $id,price,latitude,longitude,size\n{rows}"
    options = ("--preview", "--source", "acme", "--reference", "#1")

    result = run("rooms", "import", "-", *options, text=text)

    assert result.stdout.splitlines()[:2] == ["Proposed options:", "  --round"]
    listed = [line for line in result.stderr.splitlines() if line.startswith("line ")]
    assert [line.partition(",")[0] for line in listed] == [f"line {n}" for n in range(2, 7)]
    assert "20 × size: " in result.stderr


def test_proposed_options_can_be_copied_to_a_shell() -> None:
    text = f"id,Miete ('kalt'),latitude,longitude,size\n{CODE},1,2,3,4\n"

    result = run("rooms", "import", "-", "--preview", text=text)

    line = next(line for line in result.stdout.splitlines() if "price" in line)
    assert shlex.split(line) == ["--map", "price=Miete ('kalt')"]


def test_what_a_preview_proposes_is_saved_and_used(offers: Path, tmp_path: Path) -> None:
    profiles = {"RENTOMATIC_PROFILES": str(tmp_path / "profiles")}
    options = ("--preview", "--round", "--source", "acme", "--save-as", "acme")

    run("rooms", "import", str(offers), *options, **profiles)
    result = run("rooms", "import", str(offers), "--profile", "acme", **profiles)

    assert result.stdout == "created 1, updated 0, unchanged 0, rejected 1\n"


def test_a_pipe_can_be_previewed() -> None:
    result = run("rooms", "import", "-", "--preview", "--source", "acme", text=OFFERS)

    assert "  --reference 'Nº'\n" in result.stdout


def test_rejected_rows_are_written_to_be_corrected_and_imported(
    offers: Path, tmp_path: Path
) -> None:
    file = tmp_path / "rejected.csv"
    options = ("--guess", "--round", "--source", "acme")

    run("rooms", "import", str(offers), *options, "--rejected", str(file))
    text = file.read_text("utf-8")
    file.write_text(text.replace("100 - 200", "150"), "utf-8")
    result = run("rooms", "import", str(file), *options)

    assert text == (
        "Nº,Preço,Latitude,Longitude,Área m²,row,reason\n"
        '8,100 - 200,"1,5","2,5",,3,Preço: is a range: \'100 - 200\'\n'
    )
    assert result.stdout == "created 1, updated 0, unchanged 0, rejected 0\n"


def test_a_compressed_file_is_unpacked(tmp_path: Path) -> None:
    packed = gzip.compress(run("rooms", "export", "--format", "ndjson").stdout.encode())
    for name, content, status in (("rooms.ndjson.gz", packed, 0), ("x.csv.gz", packed[:-9], 2)):
        file = tmp_path / name
        file.write_bytes(content)
        result = run("rooms", "import", str(file))
        assert result.exit_code == status
    assert "invalid gzip" in result.stderr


def test_every_option_of_imports_is_explained() -> None:
    text = run("rooms", "import", "--help").output

    assert all(f"--{name.replace('_', '-')} " in text for name in OPTIONS)
    assert all(name in text for name in COLUMNS)


@pytest.mark.parametrize("kind", ["csv", "json", "ndjson", "geojson"])
def test_every_room_is_exported(kind: str) -> None:
    output = run("rooms", "export", "--format", kind).output

    assert all(room.code in output for room in EXAMPLE_ROOMS)


def test_an_export_is_imported_without_a_change() -> None:
    exported = run("rooms", "export").stdout

    result = run("rooms", "import", "-", text=exported)

    assert result.stdout == "created 0, updated 0, unchanged 4, rejected 0\n"


def test_the_configuration_is_shown_without_secrets() -> None:
    result = run("config", "show", RENTOMATIC_REPOSITORY="postgresql://me:s3cr3t@h/d")

    assert "RENTOMATIC_REPOSITORY=postgresql://me:***@h/d\n" in result.output
    assert "WEB_CONCURRENCY=4\n" in result.output
    assert "RENTOMATIC_CORS_ORIGINS=\n" in result.output
    assert "RENTOMATIC_SERVER_TIMING=off\n" in result.output


def test_a_wrong_setting_is_one_line_that_names_it() -> None:
    result = run("config", "show", RENTOMATIC_PORT="http")

    assert result.exit_code == 2
    assert result.stderr == "rentomatic: RENTOMATIC_PORT: must be a whole number from 1 to 65535\n"


def test_an_unknown_kind_of_repository_is_told_the_known_ones() -> None:
    result = run("rooms", "list", RENTOMATIC_REPOSITORY="oracle://h/d")

    assert result.exit_code == 2
    assert "memory://" in result.stderr


def test_rooms_in_memory_have_no_database_to_migrate() -> None:
    result = run("db", "migrate")

    assert result.exit_code == 2
    assert result.stderr == "rentomatic: RENTOMATIC_REPOSITORY: must be a PostgreSQL URL\n"


@pytest.mark.parametrize(
    "command", [("new", "ann", "--role", "editor"), ("list",), ("revoke", "ann")]
)
def test_memory_keeps_no_tokens(command: tuple[str, ...]) -> None:
    result = run("token", *command)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == (
        "rentomatic: RENTOMATIC_REPOSITORY: "
        "must not be memory://, which loses its tokens when this command ends\n"
    )


def test_whoever_types_a_command_is_told_why_a_database_cannot_be_reached() -> None:
    result = run("db", "status", RENTOMATIC_REPOSITORY="postgresql://me:s3cr3t@/d?host=/nowhere")

    assert result.exit_code == 5
    assert result.stderr.startswith("rentomatic: The rooms cannot be reached right now (")
    assert "/nowhere" in result.stderr
    assert "s3cr3t" not in result.stderr
