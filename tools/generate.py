"""`python -m tools.generate`: write the parts of files that follow from code.

With --check, exits with status 1 if a part is out of date, and writes nothing.
"""

import json
import re
import sys
from pathlib import Path

from rentomatic.domain.room import FIELDS
from rentomatic.serializers.rooms import MEMBERS
from rentomatic.settings.settings import DECLARED, TABLE

ROOT = Path(__file__).parents[1]

# Defaults that depend on another setting.
DEPENDENT = {
    "RENTOMATIC_STATEMENT_TIMEOUT": "a third of `RENTOMATIC_REQUEST_TIMEOUT`",
    "RENTOMATIC_LOCK_TIMEOUT": "3/5 of `RENTOMATIC_STATEMENT_TIMEOUT`",
}
# Settings of the container of the application that have no default of their own there.
PASSED = [
    each.name
    for each in DECLARED.values()
    if each.name
    not in {
        "FLASK_CONFIG",
        "POSTGRES_DB",
        "RENTOMATIC_BACKUPS",
        "RENTOMATIC_BIND",
        "RENTOMATIC_CERTIFICATE",
        "RENTOMATIC_CERTIFICATE_KEY",
        "RENTOMATIC_DRAIN_DELAY",
        "RENTOMATIC_HOSTS",
        "RENTOMATIC_HTTPS_PORT",
        "RENTOMATIC_PHOTO_FOLDER",
        "RENTOMATIC_PORT",
        "RENTOMATIC_POSITIONS_KEY",
        "RENTOMATIC_RATE_LIMIT",
        "RENTOMATIC_SECRET_KEY",
        "RENTOMATIC_TRUSTED_PROXIES",
        "WEB_CONCURRENCY",
    }
]
# Settings that units and Nginx of the NixOS module need, too.
NIX = {
    "RENTOMATIC_IMPORT_LIMIT",
    "RENTOMATIC_MICRO_CACHE",
    "RENTOMATIC_PHOTO_LIMIT",
    "RENTOMATIC_RATE_LIMIT",
    "RENTOMATIC_READING",
    "RENTOMATIC_REQUEST_TIMEOUT",
    "RENTOMATIC_TRUSTED_PROXIES",
}


def documentation() -> str:
    """Return the table of docs/settings.md."""
    rows = [
        f"| `{name}` | {DEPENDENT.get(name, default)} | {description} |"
        for name, (default, description) in TABLE.items()
    ]
    table = "\n".join(["| setting | default | meaning |", "|---|---|---|", *rows])
    return re.sub(r"\|  \|", "| |", table) + "\n"


def members() -> str:
    """Return the table of a room's members in docs/api.md, without the distance."""
    rows = []
    for name in MEMBERS:
        declared = FIELDS[name]
        or_null = " or null" if declared.is_nullable else ""
        rows.append(f"| `{name}` | {declared.type}{or_null} | {declared.description} |")
    return "\n".join(["| member | type and range | meaning |", "|---|---|---|", *rows]) + "\n"


def compose() -> str:
    """Return the settings that services/compose.yaml passes to the application."""
    return "".join(f"    {name}: ${{{name}:-}}\n" for name in sorted(PASSED))


def nix() -> str:
    """Return the defaults of the NixOS module."""
    values = {each.name: each.read(each.default) for each in DECLARED.values()}
    return json.dumps({name: values[name] for name in sorted(NIX)}, indent=2) + "\n"


def replaced(file: Path, begin: str, part: str, end: str) -> str:
    """Return the text of a file with the part between two lines replaced."""
    text = file.read_text("utf-8")
    start = text.index(begin) + len(begin)
    return text[:start] + part + text[text.index(end, start) :]


def parts() -> dict[Path, str]:
    """Return the new text of each file."""
    api, settings = ROOT / "docs/api.md", ROOT / "docs/settings.md"
    containers = ROOT / "services/compose.yaml"
    begin = "<!-- from core/domain/room.py, by `just generate` -->\n\n"
    return {
        api: replaced(api, begin, members(), "| `distance`"),
        settings: replaced(
            settings,
            "<!-- from settings.toml, by `just generate` -->\n\n",
            documentation(),
            "\n* ",
        ),
        containers: replaced(
            containers,
            "    # From settings.toml, by `just generate`:\n",
            compose(),
            "    # Others:\n",
        ),
        ROOT / "nix/module/defaults.json": nix(),
    }


def main(arguments: list[str]) -> int:
    is_check = "--check" in arguments
    stale = [
        file
        for file, text in parts().items()
        if not file.exists() or file.read_text("utf-8") != text
    ]
    for file in stale:
        if is_check:
            print(f"{file.relative_to(ROOT)} is out of date: run `just generate`")
        else:
            file.write_text(parts()[file], "utf-8")
    return 1 if is_check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
