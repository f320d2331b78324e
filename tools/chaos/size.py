"""How much of everything there is."""

from typing import NamedTuple


class Size(NamedTuple):
    """Numbers of clients, faults and requests; seconds between faults, and to recover in."""

    clients: int
    faults: int
    pause: float
    requests: int
    crowd: int
    seconds: int
    migrations: int
    recovery: int


SHORT = Size(
    clients=16,
    faults=1,
    pause=1,
    requests=500,
    crowd=150,
    seconds=4,
    migrations=2,
    recovery=15,  # tests have not the machine to themselves
)
LONG = Size(
    clients=32,
    faults=5,
    pause=7,
    requests=10_000,
    crowd=1000,
    seconds=30,
    migrations=20,
    recovery=5,
)
