"""How many connections the driver has, from what it tells of each."""

from threading import Lock

from pymongo import monitoring

from rentomatic.repository.protocols import Connections


class PoolCounter(monitoring.ConnectionPoolListener):
    """Counts the connections of one client to all servers that it knows."""

    def __init__(self) -> None:
        self._counting = Lock()
        self._open = self._used = self._timeouts = 0

    def connections(self, limit: int) -> Connections:
        """Return what there is right now; the limit is the driver's, for each server."""
        with self._counting:
            return Connections(self._used, self._open - self._used, limit, self._timeouts)

    def _count(self, opened: int = 0, used: int = 0, timeouts: int = 0) -> None:
        with self._counting:
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
        waited = event.reason == monitoring.ConnectionCheckOutFailedReason.TIMEOUT
        self._count(timeouts=int(waited))

    def pool_created(self, _event: object) -> None:
        """A pool without connections counts nothing."""

    def pool_ready(self, _event: object) -> None:
        """Nor does one that may have some."""

    def pool_cleared(self, _event: object) -> None:
        """Each connection of it is closed on its own."""

    def pool_closed(self, _event: object) -> None:
        """Here as well."""

    def connection_ready(self, _event: object) -> None:
        """It counts from when it was made."""

    def connection_check_out_started(self, _event: object) -> None:
        """What comes of it is told."""
