"""What an environment and the JSON file that it chooses say together."""

import json
from collections.abc import Mapping
from pathlib import Path

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.settings.urls import read_password

CONFIG, FOLDER = "development", "services/config"

# What may stand in a file of its own, named by …_FILE.
SECRETS = ("APPLICATION_PASSWORD", "POSTGRES_PASSWORD", "RENTOMATIC_SECRET_KEY")

# Each of these says what another says as well: where the environment has one, the file has none.
ALTERNATIVES = (
    {"APPLICATION_PASSWORD", "APPLICATION_PASSWORD_FILE"},
    {"POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE"},
    {"RENTOMATIC_REPOSITORY", "POSTGRES_HOSTNAME"},
    {"RENTOMATIC_SECRET_KEY", "RENTOMATIC_SECRET_KEY_FILE"},
)


def merge(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what an environment and the file that it chooses say together, unchecked."""
    given = {name: value for name, value in environ.items() if value}
    overruled = set().union(*(names for names in ALTERNATIVES if names & given.keys()))
    file = {name: text for name, text in read_file(given).items() if name not in overruled}
    values = file | given
    for name in SECRETS:
        if name not in values and (file_name := f"{name}_FILE") in values:
            values[name] = read_password(file_name, Path(values[file_name]))
    return values


def chosen_file(given: Mapping[str, str]) -> Path:
    """Return the file that an environment chooses, which may not be there."""
    name = given.get("APPLICATION_CONFIG") or CONFIG
    return Path(given.get("APPLICATION_CONFIG_PATH") or FOLDER) / f"{name}.json"


def read_file(given: Mapping[str, str]) -> dict[str, str]:
    """Return what the chosen file says: a JSON list of {"name": …, "value": …}."""
    file = chosen_file(given)
    if not file.exists() and not given.get("APPLICATION_CONFIG"):
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
