"""New code is loaded while requests go on."""

from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

from tests.e2e.stack import Checkout, eventually
from tools.chaos import victims
from tools.chaos.clients import sample
from tools.chaos.crowd import PROXY_SECONDS
from tools.chaos.figures import Figure, answers
from tools.chaos.size import Size

RELOADS = 2


def reload(services: Checkout, size: Size) -> list[Figure]:
    """Reload gunicorn while requests go on: each is answered, and every worker replaced."""
    before, paths = victims.workers(services), repeat("/rooms?limit=10", size.requests)
    with ThreadPoolExecutor(size.clients) as pool:
        asked = [pool.submit(sample, services.port, path) for path in paths]
        for number in range(1, RELOADS + 1):
            eventually(
                lambda: sum(each.done() for each in asked) > size.requests * number // 4,  # noqa: B023
                "some requests are answered",
            )
            victims.reload(services)
        unfinished = sum(not each.done() for each in asked)
        said = [each.result() for each in asked]
    eventually(lambda: not set(before) & set(victims.workers(services)), "workers replaced")
    slowest = max(each.ended - each.began for each in said)
    return [
        Figure("requests", len(said)),
        Figure("of these after the last reload", unfinished, least=1),
        *answers((each.status for each in said), (200,)),
        Figure("slowest answer s", slowest, most=PROXY_SECONDS),
    ]
