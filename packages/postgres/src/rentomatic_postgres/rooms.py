"""The RoomRepository of PostgreSQL."""

from collections.abc import Iterable, Iterator
from typing import Any

from psycopg2 import IntegrityError
from sqlalchemy import Engine, Row, Select

from rentomatic.domain.conditions import Filters, Within
from rentomatic.domain.globe import Point
from rentomatic.domain.mirrors import Mirror
from rentomatic.domain.query import Query
from rentomatic.domain.references import reference_of
from rentomatic.domain.room import Room
from rentomatic.domain.withdrawn import WithdrawnRoom
from rentomatic.errors import (
    ReferenceConflict,
    RentomaticError,
    RepositoryUnavailable,
    RoomChanged,
    RoomConflict,
    RoomNotFound,
)
from rentomatic.repository.protocols import Connections
from rentomatic.repository.unknown_values import NULLABLE, search_unknown_apart
from rentomatic.responses import Cluster, Facet, ImportReport, LastChange
from rentomatic_postgres.bulk import put
from rentomatic_postgres.connections import count_connections
from rentomatic_postgres.errors import is_reference_conflict, translate_errors
from rentomatic_postgres.execute import optimize, read, write
from rentomatic_postgres.schema.history import head, is_known
from rentomatic_postgres.sql import codes, search, withdrawn
from rentomatic_postgres.sql.areas import ROUNDING
from rentomatic_postgres.sql.clusters import select_clusters
from rentomatic_postgres.sql.facets import (
    USED_FIELDS,
    select_facet,
    select_without,
    select_word_counts,
    to_counts,
    to_facet,
    to_fields,
)
from rentomatic_postgres.sql.nearest import reach
from rentomatic_postgres.sql.rows import to_room, to_row, to_values
from rentomatic_postgres.sql.templates import Template

SCAN_ROWS = 1000  # per fetch


class PostgresRooms:
    """A RoomRepository; most methods are one statement."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, code: str) -> Room:
        rows = read(self._engine, search.GET, {"code": code})
        if not rows:
            raise RoomNotFound(code)
        return to_room(rows[0])

    def find_withdrawn(self, code: str) -> WithdrawnRoom | None:
        rows = read(self._engine, withdrawn.FIND, {"code": code})
        return WithdrawnRoom(*rows[0]) if rows else None

    def add(self, room: Room) -> None:
        try:
            write(self._engine, search.ADD, to_row(room))
        except IntegrityError as error:
            raise _conflict(error, room) from None

    def replace(self, old: Room, new: Room) -> Room:
        self._swap(search.REPLACE, old, new)
        return new

    def remove(self, room: Room) -> None:
        self._swap(search.REMOVE, room)

    def put(
        self,
        rooms: Iterable[Room],
        dry_run: bool = False,
        timeout: float | None = None,
        mirror: Mirror | None = None,
    ) -> ImportReport:
        return put(self._engine, rooms, dry_run, timeout, mirror)

    def optimize(self) -> None:
        optimize(self._engine)

    def search(self, query: Query) -> list[Room]:
        if query.origin and not query.descending:
            return self._nearest(query, query.origin)
        if query.sort in NULLABLE:
            return search_unknown_apart(self._search, query)
        return self._search(query)

    def scan(self, filters: Filters = ()) -> Iterator[Room]:
        for row in self._stream(*search.scan(filters)):
            yield to_room(row)

    def last_changes(
        self, after: str | None = None, until: str | None = None
    ) -> Iterator[LastChange]:
        for code, updated in self._stream(*codes.select_last_changes(after, until)):
            yield LastChange(code, updated)

    def every_code(self, step: int) -> list[str]:
        return [row[0] for row in read(self._engine, codes.EVERY_CODE, {"step": step})]

    def used_fields(self) -> tuple[str, ...]:
        return to_fields(read(self._engine, USED_FIELDS, {}))

    def count(self, filters: Filters = ()) -> int:
        return int(read(self._engine, *search.count(filters))[0][0])

    def counts_without(self, filters: Filters) -> tuple[int, ...]:
        if not filters:
            return ()
        return to_counts(read(self._engine, *select_without(filters)), len(filters))

    def facet(self, filters: Filters, field: str) -> Facet:
        return to_facet(read(self._engine, *select_facet(filters, field)))

    def word_counts(self, filters: Filters, field: str) -> dict[str, int]:
        return dict(read(self._engine, *select_word_counts(filters, field)))

    def clusters(self, filters: Filters, side: float) -> list[Cluster]:
        return [Cluster(*row) for row in read(self._engine, *select_clusters(filters, side))]

    def check(self) -> None:
        revisions = [row[0] for row in read(self._engine, search.REVISIONS, {})]
        # A newer, unknown revision is accepted: new code migrates while old code still runs, and
        # its migrations are compatible with this code.
        if not revisions or (revisions[0] != head() and is_known(revisions[0])):
            raise RepositoryUnavailable("The database must be migrated")

    def connections(self) -> Connections:
        return count_connections(self._engine)

    def close(self) -> None:
        self._engine.dispose()

    def _stream(
        self, statement: Select[*tuple[Any, ...]], parameters: dict[str, Any]
    ) -> Iterator[Row[*tuple[Any, ...]]]:
        # A server-side cursor needs a transaction.
        with translate_errors(), self._engine.connect() as connection:
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            # Lock before the snapshot: an older one would see a table restored since as empty.
            connection.execute(search.LOCK)
            # Clients choose the shapes of statements, so SQLAlchemy's cache would fill up.
            snapshot = connection.execution_options(yield_per=SCAN_ROWS, compiled_cache=None)
            yield from snapshot.execute(statement, parameters)

    def _search(self, query: Query) -> list[Room]:
        return [to_room(row) for row in read(self._engine, *search.search(query))]

    def _nearest(self, query: Query, near: Point) -> list[Room]:
        """Search the nearest candidates, and a circle around them if it may have other rooms."""
        rows = read(self._engine, *search.search_candidates(query, near))
        rooms = [to_room(row[:-1]) for row in rows]
        span = rows[-1][-1] if rows else None
        if span is None:
            return rooms
        circle = Within(near, near.distance(rooms[-1]) + ROUNDING)
        if circle.metres < reach(near, span):
            return rooms
        in_circle = self._search(query._replace(filters=(*query.filters, circle)))
        # There are fewer only if rooms have been removed in between.
        return in_circle if len(in_circle) == query.limit else self._nearest(query, near)

    def _swap(self, statement: Template, old: Room, new: Room | None = None) -> None:
        """Execute a write that is conditional on the old room (optimistic locking)."""
        expected = {f"old_{name}": value for name, value in to_values(old).items()}
        try:
            count = write(self._engine, statement, expected | (to_row(new) if new else {}))
        except IntegrityError as error:
            raise _conflict(error, new or old) from None
        if not count:
            self.get(old.code)
            raise RoomChanged(old.code)


def _conflict(error: IntegrityError, room: Room) -> RentomaticError:
    if is_reference_conflict(error):
        return ReferenceConflict(reference_of(room))
    return RoomConflict(room.code)
