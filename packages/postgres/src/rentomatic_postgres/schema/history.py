"""The revisions of this code, read from the files of the migrations.

Processes that serve compare them with the database's; Alembic would take 8 MB of each process.
"""

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("migrations") / "versions"
# As script.py.mako writes them; the first revision has no down_revision.
REVISION = re.compile(r"""^revision = ['"](\w+)['"]$""", re.MULTILINE)
DOWN_REVISION = re.compile(r"""^down_revision = ['"](\w+)['"]$""", re.MULTILINE)


@cache
def head() -> str:
    """Return the newest revision."""
    (newest,) = _found(REVISION) - _found(DOWN_REVISION)
    return newest


def is_known(revision: str | None) -> bool:
    """Return whether this version of the code has the revision; None, no revision, is known."""
    return revision is None or revision in _found(REVISION)


@cache
def _found(pattern: re.Pattern[str]) -> frozenset[str]:
    texts = (file.read_text("utf-8") for file in FOLDER.glob("*.py"))
    return frozenset(match for text in texts for match in pattern.findall(text))
