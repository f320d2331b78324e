"""The pages in a real browser, over rooms in and around a city."""

import math
import random
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from threading import Thread
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server
from werkzeug.wsgi import ClosingIterator

from rentomatic.domain.room import Room
from tests.programs import find

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LONDON = (-0.1276, 51.5072)
ADJECTIVES = ("Bright", "Quiet", "Cosy", "Spacious", "Sunny", "Newly renovated")
PLACES = ("near the park", "by the station", "with a view", "in a shared flat", "with a garden")
STREETS = ("Elm Road", "Station Street", "Canal Walk", "High Street", "Park Lane")
FEATURES = ("wifi", "balcony", "desk", "washing-machine", "pets", "lift", "garden", "bicycle-room")
DESCRIPTION = """\
A {kind} with {feature}, ten minutes from the centre.

The kitchen is shared with two others.
Bills are included."""
# Chromium has no sandbox as root; grey letters make smaller pictures.
ARGUMENTS = ["--no-sandbox", "--disable-lcd-text"]


def city_rooms(number: int) -> list[Room]:
    """Return so many rooms, always the same: the nearer to the middle, the denser and dearer."""
    dice = random.Random(7)  # noqa: S311 (nothing is secret here)
    return [_city_room(dice) for _ in range(number)]


def _city_room(dice: random.Random) -> Room:
    away = abs(dice.gauss(0, 0.1))  # degrees
    direction = dice.uniform(0, 2 * math.pi)
    size = round(dice.triangular(9, 60, 16))
    price = round((18 + 1.1 * size) * (1.5 - 2 * min(away, 0.3)) * dice.uniform(0.8, 1.2))
    return Room(
        code=str(UUID(int=dice.getrandbits(128), version=4)),
        size=size,
        price=price,
        longitude=round(LONDON[0] + 1.6 * away * math.cos(direction), 5),
        latitude=round(LONDON[1] + away * math.sin(direction), 5),
    )


def offers(rooms: list[Room], photo_host: str) -> list[Room]:
    """Return the rooms with titles, features, photos and addresses; every fifth has no photo."""
    dice = random.Random(11)  # noqa: S311 (nothing is secret here)
    return [_offer(dice, each, number, photo_host) for number, each in enumerate(rooms)]


def _offer(dice: random.Random, room: Room, number: int, photo_host: str) -> Room:
    kind = dice.choice(("room", "room", "room", "studio", "apartment"))
    features = dice.sample(FEATURES, dice.randrange(2, 7))
    street, postcode = dice.choice(STREETS), f"E{number % 17 + 1} {number % 9 + 1}AB"
    photos = [
        {"url": f"https://{photo_host}/{number * 3 + each}.svg", "alt": f"The {kind}, view {each}"}
        for each in range(1, dice.randrange(2, 5) if number % 5 else 1)
    ]
    values = {
        "size": None if number % 9 == 4 else room.size,
        "title": f"{dice.choice(ADJECTIVES)} {kind} {dice.choice(PLACES)}",
        "description": DESCRIPTION.format(kind=kind, feature=features[0].replace("-", " ")),
        "kind": kind,
        "features": features,
        "capacity": dice.randrange(1, 4),
        "min_nights": dice.choice((1, 3, 28)),
        "photos": photos,
        "address": {
            "street": f"{number % 80 + 1} {street}",
            "postcode": postcode,
            "locality": dice.choice(("London", "London", "Croydon", "Barnet")),
            "country": "GB",
        },
        "url": f"https://offers.example/{number}",
        "source": "offers.example",
        "reference": str(number),
    }
    return Room(**vars(room) | values)


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve the application, and lend its URL."""

    def closed(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        # werkzeug leaves the body open if the browser is gone.
        with closing(ClosingIterator(app(environ, start_response))) as body:
            return [b"".join(body)]

    server = make_server("127.0.0.1", 0, closed, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Debian's Chromium while it is needed."""
    program = find("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()
