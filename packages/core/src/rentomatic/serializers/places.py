"""Places as plain dicts."""

from typing import Any

from rentomatic.domain.places import FoundPlace, Place


def place_to_dict(place: Place) -> dict[str, Any]:
    """Return the members of a place; `radius` is the default of `within`, in metres."""
    return {**place._asdict(), "radius": place.radius}


def found_to_dict(found: FoundPlace) -> dict[str, Any]:
    """Return the members of a place, and in `found` the name that the text has found."""
    return {**place_to_dict(found.place), "found": found.name}
