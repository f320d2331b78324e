"""`python -m tools.translate`: add the texts of the pages to every catalogue, and remove old ones.

With --check, exits with status 1 if a catalogue differs from the pages, lacks a translation, or
has one with other placeholders, and writes nothing.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from rentomatic_web.pages.texts.messages import CONTEXT
from tools.messages import messages

ROOT = Path(__file__).parents[1]
WEB = ROOT / "packages/web/src/rentomatic_web"
CATALOGUES = "translations/*/LC_MESSAGES/messages.po"

METHODS = [("**.py", "python"), ("templates/pages/**.html", "jinja2")]
OPTIONS = {"templates/pages/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
}
Texts = str | Sequence[str] | None  # one, or one for each plural form
PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[a-z]")


def main() -> None:
    template = extracted()
    problems = []
    for file in sorted(WEB.glob(CATALOGUES)):
        text = file.read_text("utf-8")
        catalogue = updated(text, template)
        fresh = rendered(text, catalogue)
        name = file.relative_to(ROOT)
        if "--check" not in sys.argv:
            file.write_text(fresh, "utf-8")
        elif fresh != text:
            problems.append(f"{name}: is out of date, run `just translate`")
        problems += [f"{name}: {each}" for each in problems_of(catalogue)]
    print("\n".join(problems), file=sys.stderr)
    sys.exit("--check" in sys.argv and bool(problems))


def extracted() -> Catalog:
    """Return a catalogue of the texts in the code and the templates."""
    catalogue = Catalog()
    found = extract_from_dir(WEB, METHODS, OPTIONS, KEYWORDS, comment_tags=("Translators:",))
    for _file, _line, text, comments, context in found:
        catalogue.add(text, auto_comments=comments, context=context)
    for message in messages():
        catalogue.add(message, context=CONTEXT)
    return catalogue


def updated(text: str, template: Catalog) -> Catalog:
    """Return the catalogue of this text with the texts of the template and no others."""
    catalogue = read_po(BytesIO(text.encode()))
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def rendered(text: str, catalogue: Catalog) -> str:
    """Return the catalogue as text, below the head that it has: dates would change each time."""
    body = BytesIO()
    write_po(body, catalogue, width=99, no_location=True, omit_header=True, sort_output=True)
    head = text.split("\n\n", 1)[0].rstrip("\n")
    return f"{head}\n\n{body.getvalue().decode()}".rstrip("\n") + "\n"


def problems_of(catalogue: Catalog) -> Iterator[str]:
    """Describe the texts that have no usable translation."""
    for message in catalogue:
        if message.id:
            yield from (f"{message.id!r}: {each}" for each in _problems(message, catalogue))


def _problems(message: Message, catalogue: Catalog) -> Iterator[str]:
    count = catalogue.num_plurals if message.pluralizable else 1
    forms = _texts(message.string)
    if len(forms) != count or not all(forms):
        yield f"needs {count} translations"
    elif message.fuzzy:
        yield "is marked as fuzzy"
    elif any(_placeholders(form) != _placeholders(message.id) for form in forms):
        yield f"needs the placeholders {sorted(_placeholders(message.id))} in each translation"


def _placeholders(text: Texts) -> set[str]:
    return {match[0] for each in _texts(text) for match in PLACEHOLDER.finditer(each)}


def _texts(text: Texts) -> Sequence[str]:
    return [text] if isinstance(text, str) else text or []


if __name__ == "__main__":
    main()
