"""`python -m tools.lint_words`: find wording that CONTRIBUTING.md forbids, in tracked files.

Without Git, such as in a Nix build, it searches all files. Exits with status 1 if there is any.
The rules are in CONTRIBUTING.md, "Words".
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]

VERBS = (
    "are|asks|belongs|can|comes|could|does|goes|had|happens|has|is|knows|makes|may|means|must|needs"
    "|serves|should|stands|wants|was|were|will|would"
)
SUBJECTS = "a|an|each|every|he|it|no|nobody|others|our|she|that|the|there|they|this|we|you"
PATTERNS = {
    # A clause as a subject or object: name the thing.
    rf"(?i)\bwhat (?:{VERBS}|{SUBJECTS})\b": "a noun",
    rf"(?i)(?<![a-z] )\bwho (?:{VERBS})\b": "a noun",
    r"(?i)\b(?:about|by|for|from|of|to|with) (?:what|who|whom)\b": "a noun",
    r"(?i)\b(?:whoever|whatever|whomever|whosoever)\b": "a noun, or 'any'",
    r"(?i)\bnone such\b": "'none'",
    r"(?i)(?<!there )\b(?:is|are) no (?!longer\b|more\b)": "'is not'",
    r"(?i)\bfor nobody\b|\bto nobody\b|\bby nobody\b": "a sentence without a double negative",
    r"(?i)\b(?:is|are|was|were|been|be) told\b": "the verb of the action",
    r"(?i)\ball the same\b|\bnone the less\b": "'anyway'",
    r"(?i)\bhad better\b|\bwould rather\b": "'should', 'prefers'",
}
QUESTION = re.compile(r"\?(?:\W|$)")
SUFFIXES = {
    ".css", ".html", ".js", ".json", ".md", ".nix", ".py", ".sh", ".template", ".toml", ".yaml",
    ".yml", "",
}  # fmt: skip
# Files with words of others, or that quote the patterns.
EXEMPT = ("CHANGELOG.md", "LICENSE", "requirements/", "tools/lint_words.py", "docs/screenshots/")


def findings(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield line number, words and advice; questions are allowed."""
    for number, line in enumerate(text.splitlines(), 1):
        if QUESTION.search(line):
            continue
        for pattern, advice in PATTERNS.items():
            if found := re.search(pattern, line):
                yield number, found[0], advice


def names(root: Path) -> list[str]:
    """Return the tracked files of the folder, or all of them if it is not in a Git checkout."""
    if shutil.which("git") and (root / ".git").exists():
        command = ("git", "ls-files")
        listing = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
        return listing.stdout.splitlines()
    files = (path for path in root.rglob("*") if path.is_file())
    return sorted(path.relative_to(root).as_posix() for path in files)


def main() -> int:
    count = 0
    for name in names(ROOT):
        file = ROOT / name
        if name.startswith(EXEMPT) or file.suffix not in SUFFIXES or not file.is_file():
            continue
        for number, words, advice in findings(file.read_text("utf-8", "replace")):
            print(f"{name}:{number}: {words!r}: use {advice}")
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
