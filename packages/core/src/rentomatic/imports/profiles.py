"""Saved options of imports: TOML files with the names of the options."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.imports.options import OPTIONS, Option

NAME = re.compile("[a-z0-9][a-z0-9_-]{0,59}")
BARE_KEY = re.compile("[A-Za-z0-9_-]+")
SUFFIX = ".toml"
NOT_SAVED = ("profile", "dry_run", "on_error")


def with_profile(parameters: Iterable[tuple[str, str]], folder: str) -> list[tuple[str, str]]:
    """Add the parameters of the profile that the parameters name, unless they are given.

    Raises InvalidRequest if there is no such profile, or it is invalid.
    """
    given = list(parameters)
    names = [text for name, text in given if name == "profile"]
    if not names:
        return given
    left = {name for name, _ in given}
    return given + [pair for pair in _read(Path(folder), names[-1]) if pair[0] not in left]


def profile_names(folder: str) -> list[str]:
    files = Path(folder).glob(f"*{SUFFIX}")
    return sorted(file.stem for file in files if NAME.fullmatch(file.stem))


def save_profile(folder: str, name: str, parameters: Iterable[tuple[str, str]]) -> Path:
    """Write a profile, and return its file; raise InvalidRequest if the name is invalid."""
    path = _path(Path(folder), name)
    path.parent.mkdir(parents=True, exist_ok=True)
    pairs = list(parameters)
    path.write_text("".join(_lines(pairs)), "utf-8")
    return path


def _lines(pairs: list[tuple[str, str]]) -> Iterator[str]:
    for name, text in pairs:
        if name in OPTIONS and name not in NOT_SAVED:
            yield f"{name} = {text if OPTIONS[name].is_switch else _toml(text)}\n"
    for option in OPTIONS.values():
        if option.prefix:
            yield from _table(option, pairs)


def _table(option: Option, pairs: list[tuple[str, str]]) -> Iterator[str]:
    values: dict[str, list[str]] = {}
    for name, text in pairs:
        if name.startswith(option.prefix):
            values.setdefault(name.removeprefix(option.prefix), []).append(text)
    if values:
        yield f"\n[{option.name}]\n"
    for key, texts in values.items():
        value = _toml(texts[0]) if len(texts) == 1 else f"[{', '.join(map(_toml, texts))}]"
        yield f"{key if BARE_KEY.fullmatch(key) else _toml(key)} = {value}\n"


def _toml(text: str) -> str:
    """Write a basic string of TOML, whose escapes JSON has too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _path(folder: Path, name: str) -> Path:
    if not NAME.fullmatch(name):
        message = "must be 1 to 60 of a-z, 0-9, - and _, and begin with a letter or digit"
        raise InvalidRequest([Problem("profile", message)])
    return folder / f"{name}{SUFFIX}"


def _read(folder: Path, name: str) -> list[tuple[str, str]]:
    path = _path(folder, name)
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        names = ", ".join(profile_names(str(folder))) or "none"
        raise InvalidRequest(
            [Problem("profile", f"is not saved; the profiles are {names}")]
        ) from None
    except (ValueError, OSError) as error:
        raise InvalidRequest([Problem("profile", f"{name}{SUFFIX} is invalid: {error}")]) from None
    return [pair for key, value in values.items() for pair in _pairs(OPTIONS.get(key), key, value)]


def _pairs(option: Option | None, key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, bool):
        value = "true" if value else "false"
    if option is None or isinstance(value, dict) != bool(option.prefix):
        raise InvalidRequest([Problem("profile", f"{key} is not an option of imports")])
    if isinstance(value, dict):
        for name, each in value.items():
            for text in each if isinstance(each, list) else [each]:
                yield option.prefix + name, str(text)
    else:
        yield key, str(value)
