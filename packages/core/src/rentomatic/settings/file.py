"""Merge environment variables and the JSON configuration file."""

import json
from collections.abc import Mapping
from pathlib import Path

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.settings.urls import read_password

DEFAULT_CONFIG, DEFAULT_FOLDER = "development", "services/config"

# Each can also be read from the file that NAME_FILE names.
SECRETS = (
    "APPLICATION_PASSWORD",
    "POSTGRES_PASSWORD",
    "RENTOMATIC_POSITIONS_KEY",
    "RENTOMATIC_SECRET_KEY",
)

# If the environment sets one of a set, all of them are ignored in the file.
ALTERNATIVES = (
    {"APPLICATION_PASSWORD", "APPLICATION_PASSWORD_FILE"},
    {"POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE"},
    {"RENTOMATIC_POSITIONS_KEY", "RENTOMATIC_POSITIONS_KEY_FILE"},
    {"RENTOMATIC_REPOSITORY", "POSTGRES_HOSTNAME"},
    {"RENTOMATIC_SECRET_KEY", "RENTOMATIC_SECRET_KEY_FILE"},
)


def merge(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the values of the environment and the file, unchecked; the environment wins."""
    given = {name: value for name, value in environ.items() if value}
    ignored = set().union(*(names for names in ALTERNATIVES if names & given.keys()))
    file = {name: text for name, text in read_file(given).items() if name not in ignored}
    values = file | given
    for name in SECRETS:
        if name not in values and (file_name := f"{name}_FILE") in values:
            values[name] = read_password(file_name, Path(values[file_name]))
    return values


def config_path(environ: Mapping[str, str]) -> Path:
    """Return the path of the configuration file, which may not exist."""
    name = environ.get("APPLICATION_CONFIG") or DEFAULT_CONFIG
    return Path(environ.get("APPLICATION_CONFIG_PATH") or DEFAULT_FOLDER) / f"{name}.json"


def read_file(environ: Mapping[str, str]) -> dict[str, str]:
    """Read the configuration file, a JSON list of {"name": …, "value": …}; skip empty values."""
    file = config_path(environ)
    if not file.exists() and not environ.get("APPLICATION_CONFIG"):
        return {}
    try:
        pairs = {entry["name"]: entry["value"] for entry in json.loads(file.read_text("utf-8"))}
        return {name: str(value) for name, value in pairs.items() if value not in ("", None)}
    except FileNotFoundError:
        message = f"There is no file {file}"
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}"
    except (ValueError, TypeError, KeyError):
        message = f"{file} is not a JSON list of name/value pairs"
    raise InvalidRequest([Problem("APPLICATION_CONFIG", message)])
