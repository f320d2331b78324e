"""Photos on pages."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from rentomatic.domain.fields import Photo
from rentomatic_web.photos.store import small_url

WILDCARD = "*"


def photo_url(photo: Photo, small: bool = False) -> str:
    """Return the URL of a photo; those that are kept here have a small size, too."""
    return small_url(photo["url"]) if small else photo["url"]


def visible(photos: Sequence[Photo], hosts: Sequence[str]) -> list[Photo]:
    """Return the photos that the Content-Security-Policy allows with these hosts."""
    return [photo for photo in photos if _is_allowed(photo["url"], hosts)]


def _is_allowed(url: str, hosts: Sequence[str]) -> bool:
    place = urlsplit(url)
    if not place.netloc:  # kept here
        return True
    name = place.hostname or ""
    return place.port in (None, 443) and any(_matches(name, host) for host in hosts)


def _matches(name: str, host: str) -> bool:
    if host.startswith(WILDCARD):
        return name.endswith(host.removeprefix(WILDCARD))
    return name == host
