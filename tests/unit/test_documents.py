"""Documents and code agree."""

import re
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest

from rentomatic.domain.room import FIELDS
from rentomatic.imports.formats import ROW_FORMATS
from rentomatic.imports.options import OPTIONS
from rentomatic.repository.memory import MemoryRooms
from rentomatic.serializers.formats import FORMATS
from rentomatic.settings.settings import REMOVED
from rentomatic_cli import main
from rentomatic_web.api.imports import MEDIA_TYPES
from tests.apps import app_of

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    str(path.relative_to(ROOT))
    for pattern in ("*.md", "docs/*.md", "packages/*/README.md")
    for path in sorted(ROOT.glob(pattern))
]
PACKAGES = sorted(path.name for path in (ROOT / "packages").iterdir())
SETTING = re.compile(r"\b(?:RENTOMATIC|POSTGRES|APPLICATION|FLASK|WEB)_[A-Z_]+\b")


def text(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def toml(path: str) -> dict[str, Any]:
    return tomllib.loads(text(path))


def commands(group: click.Command, name: str = "rentomatic") -> list[str]:
    if not isinstance(group, click.Group):
        return [name]
    context = click.Context(group)
    names = group.list_commands(context)
    found = [(group.get_command(context, sub), f"{name} {sub}") for sub in names]
    return [each for command, path in found if command for each in commands(command, path)]


@pytest.mark.parametrize("command", commands(main))
def test_the_commands_page_lists_every_command(command: str) -> None:
    assert f"| `{command}" in text("docs/commands.md")


def recipes() -> list[str]:
    names = re.findall(r"^([a-z][a-z-]*)(?: [*+]?[A-Z]+)*:(?!=)", text("justfile"), re.MULTILINE)
    return [name for name in names if name != "default"]


@pytest.mark.parametrize("recipe", recipes())
def test_the_commands_page_lists_every_recipe(recipe: str) -> None:
    assert re.search(rf"`(?:\./just )?{recipe}(?:`| [\"A-Z])", text("docs/commands.md"))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_lines_of_documents_have_at_most_100_characters_except_in_tables(document: str) -> None:
    lines = text(document).splitlines()

    assert [line for line in lines if len(line) > 100 and not line.startswith("|")] == []


def test_the_readme_is_short_and_has_no_table_of_commands() -> None:
    assert len(text("README.md").splitlines()) < 90
    assert not re.search(r"^\| `(?:\./just|rentomatic)", text("README.md"), re.MULTILINE)


def test_the_api_page_has_a_section_for_every_method_of_every_path() -> None:
    app = app_of(MemoryRooms())
    served = {
        f"{method} {rule.rule.replace('<code:code>', '&lt;code&gt;')}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if "suffix" not in rule.arguments and not rule.endpoint.startswith("pages.")
    }

    assert set(re.findall(r"^## ([A-Z]+ \S+)$", text("docs/api.md"), re.MULTILINE)) == served


@pytest.mark.parametrize("name", FIELDS)
def test_the_api_page_has_every_field_with_its_range(name: str) -> None:
    declared = FIELDS[name]
    bounds = [
        str(bound)
        for bound in vars(declared.type).values()
        if isinstance(bound, int) and not isinstance(bound, bool)
    ]
    row = re.search(rf"^\| `{name}` \| .*$", text("docs/api.md"), re.MULTILINE)

    assert row is not None
    assert declared.description in row[0]
    assert all(bound in row[0] for bound in bounds)


def test_the_commands_page_lists_every_format() -> None:
    export = next(line for line in text("docs/commands.md").splitlines() if "rooms export" in line)

    assert set(re.findall(r"`(?:--format )?(\w+)`", export)) == set(FORMATS)


def test_the_documents_name_every_format_that_is_imported() -> None:
    section = text("docs/api.md").partition("## POST /rooms/import")[2].partition("\n## ")[0]
    page = text("docs/imports.md")

    assert set(re.findall(r"^\| `(\S+/\S+)` \|", section, re.MULTILINE)) == set(MEDIA_TYPES)
    assert all(f"| `{name}` | `" in page for name in ROW_FORMATS)


def test_the_page_of_imports_names_every_option() -> None:
    table = text("docs/imports.md").partition("## Options")[2].partition("\n## ")[0]

    assert set(
        re.findall("`([a-z_]+)`", "".join(re.findall(r"^\| (.*?) \|", table, re.M)))
    ) == set(OPTIONS)


def test_the_settings_page_lists_every_setting() -> None:
    sources = [*ROOT.glob("packages/*/src/**/*.py"), *ROOT.glob("services/**/*.py")]
    sources += [ROOT / "services/compose.yaml"]
    used = {name for path in sources for name in SETTING.findall(path.read_text("utf-8"))}
    used -= REMOVED.keys()
    listed = re.findall(r"^\| `(\w+)`", text("docs/settings.md"), re.MULTILINE)

    assert set(listed) == used
    assert len(listed) == len(used)


CONTRACTS = toml("pyproject.toml")["tool"]["importlinter"]["contracts"]
LAYERS = {each["containers"][0]: each["layers"] for each in CONTRACTS if "containers" in each}


@pytest.mark.parametrize("package", LAYERS)
def test_architecture_draws_the_layers_that_are_checked(package: str) -> None:
    drawing = text("ARCHITECTURE.md").split("```")[1]
    parts = [part for line in drawing.splitlines() for part in line.split("│")]
    drawn = [set(re.findall(r"\b[a-z_]{3,}\b", part)) for part in parts]
    layers = [set(re.findall(r"\w+", layer)) for layer in LAYERS[package]]

    assert [words for words in drawn if words in layers] == layers


@pytest.mark.parametrize("package", PACKAGES)
def test_architecture_draws_every_package(package: str) -> None:
    assert re.search(rf"[│▶] {package}\b", text("ARCHITECTURE.md"))


def test_the_packages_share_one_version() -> None:
    projects = [toml(f"packages/{package}/pyproject.toml")["project"] for package in PACKAGES]
    (version,) = {project["version"] for project in projects}

    assert f"## {version} " in text("CHANGELOG.md")
    for project in projects:
        ours = [each for each in project["dependencies"] if each.startswith("rentomatic-")]
        assert ours in (
            [],
            [f"rentomatic-core=={version}"],
            [f"rentomatic-core[files]=={version}"],
        )


def test_the_locks_name_no_host() -> None:
    for lock in ("prod", "dev", "bench"):
        assert "://" not in text(f"requirements/{lock}.txt")


def test_what_runs_in_production_is_what_is_tested() -> None:
    assert pins("prod") <= pins("dev")
    assert not any(pin.startswith("psycopg==") for pin in pins("prod"))


def test_rivals_are_served_and_connected_as_the_product_is() -> None:
    shared = {pin.partition("==")[0] for pin in pins("bench") & pins("prod")}

    assert {"gunicorn", "psycopg2-binary"} <= shared
    assert not any(pin.startswith("django") for pin in pins("prod") | pins("dev"))


def pins(lock: str) -> set[str]:
    return set(re.findall(r"^(\S+==\S+)", text(f"requirements/{lock}.txt"), re.MULTILINE))


@pytest.mark.parametrize("output", [*PACKAGES, "default", "development", "image"])
def test_the_nix_page_names_every_package_of_the_flake(output: str) -> None:
    rows = [row for row in text("docs/nix.md").splitlines() if row.startswith("| `packages.")]

    assert any(re.search(rf"[`.]{output}`", row) for row in rows)
