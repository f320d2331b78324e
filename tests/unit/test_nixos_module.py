"""The module of NixOS says again what application and stack say; its page has its options."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from rentomatic.settings.file import SECRETS
from rentomatic.settings.settings import DECLARED
from services.stack import render

ROOT = Path(__file__).parents[2]


def text(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


TABLES = text("nix/module/settings.nix").partition("config = lib.mkIf")[0]
DEFAULTS = json.loads(text("nix/module/defaults.json"))
OWN = set(re.findall(r"^    ([A-Z_]+) = .+;$", TABLES, re.MULTILINE))
REFUSED = set(re.findall(r"^      ([A-Z_]+) = ", TABLES, re.MULTILINE))


def test_the_module_has_defaults() -> None:
    assert DEFAULTS["RENTOMATIC_REQUEST_TIMEOUT"] == 15
    assert not DEFAULTS.keys() & OWN
    assert "FLASK_CONFIG" in OWN


def test_the_module_refuses_every_secret_and_no_setting_that_there_is_not() -> None:
    assert set(SECRETS) < REFUSED
    assert REFUSED - set(SECRETS) < {each.name for each in DECLARED.values()}


def test_the_site_of_the_module_is_that_of_the_stack() -> None:
    nginx = text("nix/module/nginx.nix")

    assert f'"{render.HSTS}"' in nginx
    assert f" unlimited then {render.UNLIMITED_RATE} else " in nginx


def options() -> Iterator[str]:
    group = ""
    for indent, name, value in re.findall(
        r"^( {4}| {6})(\w+) = (\{|mkOption|lib\.mkEnableOption)",
        text("nix/module.nix").partition("options.services.rentomatic")[2],
        re.MULTILINE,
    ):
        if value == "{":
            group = f"{name}."
        else:
            yield name if len(indent) == 4 else group + name


def test_the_nix_page_lists_every_option_of_the_module() -> None:
    section = text("docs/nix.md").partition("option of `services.rentomatic`")[2]
    listed = re.findall(r"^\| `([\w.]+)` \|", section.partition("\n\n")[0], re.MULTILINE)

    assert listed == list(options())
    assert "database.url" in listed
