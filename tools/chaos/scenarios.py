"""The scenarios of `just chaos`, by name."""

import time
from collections.abc import Callable

from tests.e2e.stack import Checkout
from tools.chaos import kills, malformed, migrations, reloads, saturation, slow
from tools.chaos.figures import Figure
from tools.chaos.size import Size

SCENARIOS: dict[str, Callable[[Checkout, Size], list[Figure]]] = {
    "worker": kills.worker,
    "gunicorn": kills.gunicorn,
    "postgres": kills.postgres,
    "nginx": kills.nginx,
    "restart": kills.restart,
    "saturation": saturation.saturation,
    "reload": reloads.reload,
    "migrations": migrations.migrations,
    "slow": slow.slow,
    "malformed": malformed.malformed,
}
# A backlog smaller than the number of clients, and no planned replacement of workers.
SETTINGS = {"GUNICORN_CMD_ARGS": "--backlog 64", "RENTOMATIC_MAX_REQUESTS": "0"}


def run(name: str, services: Checkout, size: Size) -> bool:
    """Run a scenario and print its figures. Return whether all are within their bounds."""
    began = time.monotonic()
    figures = SCENARIOS[name](services, size)
    print(f"{name} ({time.monotonic() - began:.0f} s)", *figures, sep="\n    ", flush=True)
    return all(figure.is_within_bounds() for figure in figures)
