"""Documents name files, folders and modules that exist."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    str(path.relative_to(ROOT))
    for pattern in ("*.md", "docs/*.md", "packages/*/README.md")
    for path in sorted(ROOT.glob(pattern))
]
# Documents shorten packages/core/src/rentomatic/errors.py to core/errors.py.
SOURCES = {path.parents[1].name: path for path in ROOT.glob("packages/*/src/rentomatic*")}
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir()}
TRACKED = ("docs", "nix", "packages", "requirements", "services", "tests")
NAMES = {path.name for folder in TRACKED for path in (ROOT / folder).rglob("*")}
# Files that commands create.
MADE = {line.strip("/") for line in (ROOT / ".gitignore").read_text().split()}
FILE = re.compile(r"(?:[\w.-]+/)*[\w-][\w.-]*\.(?:css|html|js|json|md|nix|png|py|template|toml)")
MODULE = re.compile(r"(rentomatic_[a-z]+(?:\.\w+)+)(?::\w+)?")
# The table about the book has the book's files in its first column.
BOOK_ROW = re.compile(r"(?<=\n## From the book to here\n).*?(?=\n## )", re.DOTALL)


def spans(document: str) -> set[str]:
    text = (ROOT / document).read_text("utf-8")
    text = BOOK_ROW.sub(lambda table: re.sub(r"(?m)^\| .*? \|", "|", table[0]), text)
    return {code or link for code, link in re.findall(r"`([^`\s]+)`|\]\(([^)#\s:]+)", text)}


def named(pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    found = [(document, span) for document in DOCUMENTS for span in sorted(spans(document))]
    return [(document, span) for document, span in found if pattern.fullmatch(span)]


def files() -> list[tuple[str, str]]:
    tops = "|".join(map(re.escape, (FOLDERS - MADE) | SOURCES.keys()))
    return named(re.compile(rf"{FILE.pattern}|(?:{tops})/[\w./-]*"))


@pytest.mark.parametrize(("document", "name"), files())
def test_every_file_and_folder_that_a_document_names_is_there(document: str, name: str) -> None:
    top, _, rest = name.partition("/")
    places = [ROOT / name, (ROOT / document).parent / name]
    places += [SOURCES[top] / rest] if top in SOURCES else []

    assert any(place.exists() for place in places) or name in NAMES


@pytest.mark.parametrize("name", sorted({name for _, name in named(MODULE)}))
def test_every_module_that_a_document_names_is_there(name: str) -> None:
    module, _, attribute = name.partition(":")[0].rpartition(".")
    found = find_spec(module)
    assert found
    if found.submodule_search_locations:
        assert find_spec(f"{module}.{attribute}")
    else:
        source = Path(found.origin or "").read_text("utf-8")
        assert re.search(rf"^(?:def |class )?{attribute}\b", source, re.MULTILINE)


def links() -> list[tuple[str, str, str]]:
    """List the links to headings: document, linked document, anchor."""
    pattern = re.compile(r"\]\(([\w./-]*)#([\w-]+)\)")
    return [
        (document, target or Path(document).name, anchor)
        for document in DOCUMENTS
        for target, anchor in pattern.findall((ROOT / document).read_text("utf-8"))
    ]


@pytest.mark.parametrize(("document", "target", "anchor"), links())
def test_every_heading_that_a_document_links_to_is_there(
    document: str, target: str, anchor: str
) -> None:
    page = ((ROOT / document).parent / target).read_text("utf-8")
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)

    # GitHub's anchors: lower case, hyphens for spaces, no punctuation.
    assert anchor in [re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings]


def test_names_are_found() -> None:
    assert ("ARCHITECTURE.md", "core/errors.py") in files()
    assert ("ARCHITECTURE.md", "rentomatic_web.wsgi:app") in named(MODULE)
    assert ("README.md", "docs/api.md") in files()
