"""A limit of concurrent heavy work, over all processes, so that searches find free workers."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext

from flask import Response, after_this_request, has_request_context, request

from rentomatic.errors import RepositoryUnavailable
from rentomatic_web.locks import Locks

# Gets the outcome: started or refused, or kept for a heavy read.
Record = Callable[[str], None]

SLOT = "rentomatic.slot"  # in the WSGI environment


class Slots:
    """Slots for concurrent work in all processes that share the locks; `refusal` is the error.

    All work of a request uses one slot, which it holds until it ends: otherwise another
    process could take the slot between two reads, and neither request would succeed.
    """

    def __init__(self, count: int, locks: Locks, record: Record, refusal: str) -> None:
        self._count, self._locks, self.record, self._refusal = count, locks, record, refusal

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold a slot, or raise RepositoryUnavailable at once if none is free."""
        if not has_request_context():
            with self._slot():
                yield
            return
        if SLOT not in request.environ:
            with ExitStack() as stack:
                stack.enter_context(self._slot())
                request.environ[SLOT] = stack.pop_all()
            after_this_request(_release)
        yield

    @contextmanager
    def taken_for_stream(self) -> Iterator[None]:
        """Hold the slot of the request, or a new one; it outlasts the request."""
        with self.taken(), request.environ.pop(SLOT) if has_request_context() else nullcontext():
            yield

    @contextmanager
    def _slot(self) -> Iterator[None]:
        slot = self._locks.acquire_lowest(self._count)
        if slot is None:
            self.record("refused")
            raise RepositoryUnavailable(self._refusal)
        self.record("started")
        try:
            yield
        finally:
            self._locks.release(slot)


def _release(response: Response) -> Response:
    if slot := request.environ.pop(SLOT, None):  # streams have taken it
        slot.close()
    return response
