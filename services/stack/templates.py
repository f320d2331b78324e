"""Templates of services/: `${NAME}` is ours, `$name` is Nginx's."""

from collections.abc import Mapping
from string import Template

from services.stack.state import ROOT

SERVICES = ROOT / "services"


def render(name: str, values: Mapping[str, object]) -> str:
    """Return a template of services/ with the values in place of their names."""
    return Template(template(name)).safe_substitute(values)


def template(name: str) -> str:
    """Return a template of services/ as it is."""
    return (SERVICES / f"{name}.template").read_text("utf-8")


def address(host: str, port: int) -> str:
    """Return an IP address and a port as Nginx and URLs write them."""
    return f"{f'[{host}]' if ':' in host else host}:{port}"
