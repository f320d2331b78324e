"""Runs wrk: in each round once for each site and path, one after another."""

import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median
from typing import NamedTuple

SCRIPT = Path(__file__).with_name("wrk.lua")


class Load(NamedTuple):
    """Number of rounds, seconds per path and round, and number of connections."""

    rounds: int
    seconds: int
    connections: int


class Sample(NamedTuple):
    """Result of wrk for one site and path: responses per second, median response time."""

    rate: float
    milliseconds: float


Samples = Mapping[tuple[str, str], list[Sample]]


def measure(urls: Mapping[tuple[str, str], str], load: Load) -> Samples:
    """Return one sample per round for each workload and site. The first round is a warm-up."""
    samples: dict[tuple[str, str], list[Sample]] = {key: [] for key in urls}
    for number in range(load.rounds + 1):
        print(f"Round {number} of {load.rounds}", file=sys.stderr)
        for key, url in urls.items():
            sample = _run_wrk(url, load if number else load._replace(seconds=1))
            samples[key] += [sample] if number else []
    return samples


def _run_wrk(url: str, load: Load) -> Sample:
    command = ("wrk", "-t1", f"-c{load.connections}", f"-d{load.seconds}s", "--timeout=30s")
    output = subprocess.run(
        (*command, f"--script={SCRIPT}", url), check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    requests, duration, latency, errors = map(float, output.splitlines()[-1].split())
    if errors or not requests:
        sys.exit(f"{requests:.0f} responses, {errors:.0f} errors: {url}")
    return Sample(requests / duration * 1_000_000, latency / 1000)


def typical(samples: list[Sample]) -> Sample:
    """Return the medians of all rounds."""
    return Sample(*map(median, zip(*samples, strict=True)))


def ratio(numerators: Iterable[float], denominators: Iterable[float]) -> float:
    """Return the median ratio of all rounds. A slow moment of the machine affects both sides."""
    return median(one / other for one, other in zip(numerators, denominators, strict=True))
