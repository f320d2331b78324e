"""Connect to a storage by its URL. Adapters are entry points in `rentomatic.repositories`."""

from importlib.metadata import entry_points
from typing import cast

from rentomatic.errors import InvalidRequest, Problem
from rentomatic.repository.protocols import Limits, Storage

GROUP = "rentomatic.repositories"


def scheme(url: str) -> str:
    """Return the scheme of a URL without its driver: `postgresql` for postgresql+psycopg2://…"""
    # urlsplit fails at a bracket in the password, before the adapter can report the URL.
    start, separator, _ = url.partition("://")
    return start.partition("+")[0].lower() if separator else ""


def connect(url: str, limits: Limits = Limits()) -> Storage:  # noqa: B008 (immutable)
    """Return the storage at a URL; it connects when its first method is called.

    Raises InvalidRequest if no installed package handles the URL's scheme.
    """
    points = entry_points(group=GROUP, name=scheme(url))
    if not points:
        known = ", ".join(sorted(f"{point.name}://" for point in entry_points(group=GROUP)))
        message = f"must be the URL of an installed kind of storage ({known})"
        raise InvalidRequest([Problem("RENTOMATIC_REPOSITORY", message)])
    (point,) = points
    return cast(Storage, point.load()(url, limits))
