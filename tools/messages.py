"""Find the messages in the code that pages translate, by their beginnings."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

PACKAGES = Path(__file__).parents[1] / "packages"
CORE = PACKAGES / "core/src/rentomatic"
WEB = PACKAGES / "web/src/rentomatic_web"

# The code whose messages can be on a page.
SOURCES = [
    CORE / "errors.py",
    *(CORE / "domain").glob("*.py"),
    *(CORE / "requests").glob("*.py"),
    *(CORE / "imports").rglob("*.py"),
    *(CORE / "use_cases").glob("*.py"),
    WEB / "app.py",
    WEB / "api/photos.py",
    WEB / "middleware/errors.py",
    WEB / "middleware/session.py",
    WEB / "photos/images.py",
]
# Problems begin with a verb, errors with one of these words; the last ones are values of others.
MESSAGE = re.compile(
    r"(must|is|are|has|needs|excludes|photo) "
    r"|(Another|Nobody|Nothing|Photos|The|There|This|Too many) (?!application connects)"
    r"|(edit|import|read) rooms$|a range$|more than one number$"
)
LOGGED = ("error", "exception", "info", "warning")


def messages() -> Iterable[str]:
    """Return the messages, with placeholders for the values of f-strings.

    Of messages that differ in the names of their placeholders alone, one is returned.
    """
    found = (
        text for source in sorted(SOURCES) for text in _messages(ast.parse(source.read_bytes()))
    )
    return {re.sub(r"%\(\w+\)s", "{}", text): text for text in found}.values()


def _messages(node: ast.AST) -> Iterator[str]:
    text = _text(node)
    if text is not None and MESSAGE.match(text):
        yield text
    elif text is None and not (_is_docstring(node) or _is_logged(node)):
        for child in ast.iter_child_nodes(node):
            yield from _messages(child)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_logged(node: ast.AST) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr in LOGGED


def _text(node: ast.AST) -> str | None:
    """Return the text of a literal or an f-string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value.replace("{}", "%(name)s")
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) or f"%({_name(part)})s" for part in node.values)
    return None


def _name(value: ast.AST) -> str:
    """Return a name for a value: the first one in it that is not of a function."""
    called = {id(each.func) for each in ast.walk(value) if isinstance(each, ast.Call)}
    named = (each for each in ast.walk(value) if id(each) not in called)
    return next(name.lower() for each in named if (name := _identifier(each)))


def _identifier(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
