"""Reloads gunicorn under load."""

from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

from tests.e2e.stack import Checkout, eventually
from tools.chaos import processes
from tools.chaos.clients import sample
from tools.chaos.figures import Figure, status_figures
from tools.chaos.saturation import PROXY_SECONDS
from tools.chaos.size import Size

RELOADS = 2


def reload(services: Checkout, size: Size) -> list[Figure]:
    """Reload gunicorn under load: all requests succeed, and all workers are replaced."""
    before, paths = processes.workers(services), repeat("/rooms?limit=10", size.requests)
    with ThreadPoolExecutor(size.clients) as pool:
        requests = [pool.submit(sample, services.port, path) for path in paths]
        for number in range(1, RELOADS + 1):
            eventually(
                lambda: sum(each.done() for each in requests) > size.requests * number // 4,  # noqa: B023
                "some requests have a response",
            )
            processes.reload(services)
        unfinished = sum(not each.done() for each in requests)
        samples = [each.result() for each in requests]
    eventually(lambda: not set(before) & set(processes.workers(services)), "workers replaced")
    slowest = max(each.ended - each.began for each in samples)
    return [
        Figure("requests", len(samples)),
        Figure("of these after the last reload", unfinished, minimum=1),
        *status_figures((each.status for each in samples), (200,)),
        Figure("slowest response s", slowest, maximum=PROXY_SECONDS),
    ]
