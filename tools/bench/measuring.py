"""wrk in turns: every site is asked for every path once a round, one at a time."""

import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median
from typing import NamedTuple

SCRIPT = Path(__file__).with_name("wrk.lua")


class Load(NamedTuple):
    """How sites are asked: in how many rounds, for how many seconds, over how many connections."""

    rounds: int
    seconds: int
    connections: int


class Sample(NamedTuple):
    """What one site has done with one path: answers a second, and the median of their times."""

    rate: float
    milliseconds: float


Samples = Mapping[tuple[str, str], list[Sample]]


def measure(urls: Mapping[tuple[str, str], str], load: Load) -> Samples:
    """Return for each workload and site a sample of every round, after one that does not count."""
    samples: dict[tuple[str, str], list[Sample]] = {key: [] for key in urls}
    for number in range(load.rounds + 1):
        print(f"Round {number} of {load.rounds}", file=sys.stderr)
        for key, url in urls.items():
            sample = _ask(url, load if number else load._replace(seconds=1))
            samples[key] += [sample] if number else []
    return samples


def _ask(url: str, load: Load) -> Sample:
    command = ("wrk", "-t1", f"-c{load.connections}", f"-d{load.seconds}s", "--timeout=30s")
    output = subprocess.run(
        (*command, f"--script={SCRIPT}", url), check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    requests, duration, latency, errors = map(float, output.splitlines()[-1].split())
    if errors or not requests:
        sys.exit(f"{requests:.0f} answers in time, {errors:.0f} failures: {url}")
    return Sample(requests / duration * 1_000_000, latency / 1000)


def typical(samples: list[Sample]) -> Sample:
    """Return the medians over all rounds."""
    return Sample(*map(median, zip(*samples, strict=True)))


def ratio(above: Iterable[float], below: Iterable[float]) -> float:
    """Return the median of what the ratio was in each round: a slow moment slows both."""
    return median(one / other for one, other in zip(above, below, strict=True))
