"""Sizes of the scenarios: short for tests, long for `just chaos`."""

from typing import NamedTuple


class Size(NamedTuple):
    """Counts, and durations in seconds: `pause` is between faults, `recovery` is a maximum."""

    clients: int
    faults: int
    pause: float
    requests: int
    slow_clients: int
    seconds: int
    migrations: int
    recovery: int


SHORT = Size(
    clients=16,
    faults=1,
    pause=1,
    requests=500,
    slow_clients=150,
    seconds=2,
    migrations=1,
    recovery=15,  # tests share the machine
)
LONG = Size(
    clients=32,
    faults=5,
    pause=7,
    requests=10_000,
    slow_clients=1000,
    seconds=30,
    migrations=20,
    recovery=5,
)
