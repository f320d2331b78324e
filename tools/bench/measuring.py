"""Runs wrk: in each round once for each site and path, one after another."""

import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from random import SystemRandom
from statistics import median
from typing import NamedTuple

from tools.bench.processes import cpu_seconds

SCRIPT = Path(__file__).with_name("wrk.lua")


class Load(NamedTuple):
    """Number of rounds, seconds per path and round, and number of connections."""

    rounds: int
    seconds: int
    connections: int


class Target(NamedTuple):
    """A URL, and the master processes of the application and of the database behind it.

    With `authorization`, each request adds another room.
    """

    url: str
    application: int
    database: int
    authorization: str = ""


class Sample(NamedTuple):
    """Responses per second; response times; CPU time per response of both programs."""

    rate: float
    milliseconds: float
    p99_milliseconds: float
    application_microseconds: float
    database_microseconds: float


# By workload and site.
Targets = Mapping[tuple[str, str], Target]
Samples = Mapping[tuple[str, str], list[Sample]]


def measure(targets: Targets, load: Load) -> Samples:
    """Return one sample per round for each target. The first round is a warm-up."""
    samples: dict[tuple[str, str], list[Sample]] = {key: [] for key in targets}
    for number in range(load.rounds + 1):
        print(f"Round {number} of {load.rounds}", file=sys.stderr)
        for key, target in targets.items():
            sample = _sample(target, load if number else load._replace(seconds=1))
            samples[key] += [sample] if number else []
    return samples


def _sample(target: Target, load: Load) -> Sample:
    masters = (target.application, target.database)
    before = list(map(cpu_seconds, masters))
    requests, duration, typical, p99, errors = _run_wrk(target, load)
    after = map(cpu_seconds, masters)
    if errors or not requests:
        sys.exit(f"{requests:.0f} responses, {errors:.0f} errors: {target.url}")
    used = (new - old for new, old in zip(after, before, strict=True))
    return Sample(
        requests / duration * 1_000_000,
        *(typical / 1000, p99 / 1000),
        *(seconds / requests * 1_000_000 for seconds in used),
    )


def _run_wrk(target: Target, load: Load) -> list[float]:
    """Return the numbers that SCRIPT prints."""
    options = (f"-c{load.connections}", f"-d{load.seconds}s", "--timeout=30s", f"-s{SCRIPT}")
    seed = str(SystemRandom().getrandbits(50))
    arguments = ("--", seed, target.authorization) if target.authorization else ()
    output = subprocess.run(
        ("wrk", "-t1", *options, target.url, *arguments),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    return [float(number) for number in output.splitlines()[-1].split()]


def typical(samples: list[Sample]) -> Sample:
    """Return the medians of all rounds."""
    return Sample(*map(median, zip(*samples, strict=True)))


def ratio(numerators: Iterable[float], denominators: Iterable[float]) -> float:
    """Return the median ratio of all rounds. A slow moment of the machine affects both sides."""
    return median(one / other for one, other in zip(numerators, denominators, strict=True))
