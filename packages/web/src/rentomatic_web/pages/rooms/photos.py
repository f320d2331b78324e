"""The photos that pages show: those kept here, and those of the hosts in RENTOMATIC_PHOTOS."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from rentomatic.domain.fields import Photo
from rentomatic.domain.room import Room
from rentomatic_web.context import current
from rentomatic_web.photos.store import URL_PREFIX


def shown_photos(room: Room) -> list[Photo]:
    """Return the photos that browsers may load: the Content-Security-Policy allows no others."""
    settings = current().settings
    return [
        photo
        for photo in room.photos
        if (settings.photo_folder if is_kept(photo) else is_of_host(photo, settings.photos))
    ]


def linked_photos(room: Room) -> list[Photo]:
    """Return the photos from elsewhere that pages only link to."""
    hosts = current().settings.photos
    return [photo for photo in room.photos if not (is_kept(photo) or is_of_host(photo, hosts))]


def cover_of(room: Room) -> Photo | None:
    """Return the first photo that pages show."""
    return next(iter(shown_photos(room)), None) if room.photos else None


def is_kept(photo: Photo) -> bool:
    return photo["url"].startswith(URL_PREFIX)


def is_of_host(photo: Photo, hosts: Iterable[str]) -> bool:
    """Return whether the photo is at one of the hosts, each a name or `*.` and a domain."""
    place = urlsplit(photo["url"])
    name = place.hostname or ""
    # A source of the policy without a port means 443, and browsers ignore photos of logins.
    if place.netloc.lower() not in (name, f"{name}:443"):
        return False
    return any(name.endswith(host[1:]) if host[0] == "*" else name == host for host in hosts)
