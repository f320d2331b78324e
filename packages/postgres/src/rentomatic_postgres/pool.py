"""Connections that wait for who needs one, and are counted."""

from threading import Lock
from typing import Any

from sqlalchemy import Engine, PoolProxiedConnection, QueuePool
from sqlalchemy.exc import TimeoutError as PoolTimeout

from rentomatic.repository.protocols import Connections


class CountedPool(QueuePool):
    """A pool that knows how often somebody waited for a connection in vain."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.timeouts = 0
        self._counting = Lock()

    def connect(self) -> PoolProxiedConnection:
        try:
            return super().connect()
        except PoolTimeout:
            with self._counting:
                self.timeouts += 1
            raise


def connections(engine: Engine) -> Connections:
    """Return what the pool of the engine, which make_engine has made, holds right now."""
    pool = engine.pool
    assert isinstance(pool, CountedPool)  # nosec B101 # noqa: S101 (make_engine knows no other)
    return Connections(pool.checkedout(), pool.checkedin(), pool.size(), pool.timeouts)
