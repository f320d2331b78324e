"""Count the connections of the driver by its events."""

from threading import Lock

from pymongo import monitoring

from rentomatic.repository.protocols import Connections


class PoolCounter(monitoring.ConnectionPoolListener):
    """Counts the connections of one client to all its servers."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open = self._used = self._timeouts = 0

    def connections(self, limit: int) -> Connections:
        """Return the current counts. `limit` is the driver's maximum per server."""
        with self._lock:
            return Connections(self._used, self._open - self._used, limit, self._timeouts)

    def _count(self, opened: int = 0, used: int = 0, timeouts: int = 0) -> None:
        with self._lock:
            self._open += opened
            self._used += used
            self._timeouts += timeouts

    def connection_created(self, _event: object) -> None:
        self._count(opened=1)

    def connection_closed(self, _event: object) -> None:
        self._count(opened=-1)

    def connection_checked_out(self, _event: object) -> None:
        self._count(used=1)

    def connection_checked_in(self, _event: object) -> None:
        self._count(used=-1)

    def connection_check_out_failed(self, event: monitoring.ConnectionCheckOutFailedEvent) -> None:
        timed_out = event.reason == monitoring.ConnectionCheckOutFailedReason.TIMEOUT
        self._count(timeouts=int(timed_out))

    # These events do not change the counts, but the driver's methods raise NotImplementedError.
    def pool_created(self, _event: object) -> None: ...

    def pool_ready(self, _event: object) -> None: ...

    def pool_cleared(self, _event: object) -> None: ...

    def pool_closed(self, _event: object) -> None: ...

    def connection_ready(self, _event: object) -> None: ...

    def connection_check_out_started(self, _event: object) -> None: ...
