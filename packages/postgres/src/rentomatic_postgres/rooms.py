"""The rooms of a PostgreSQL database."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Engine, Executable
from sqlalchemy.exc import IntegrityError

from rentomatic.domain.conditions import Filters
from rentomatic.domain.query import Query
from rentomatic.domain.room import Room
from rentomatic.errors import RepositoryUnavailable, RoomChanged, RoomConflict, RoomNotFound
from rentomatic.repository.protocols import Connections
from rentomatic.responses import Cluster, Facets, ImportReport
from rentomatic_postgres.bulk import put
from rentomatic_postgres.connections import connections
from rentomatic_postgres.errors import translated
from rentomatic_postgres.execute import fetch, optimize, read, write
from rentomatic_postgres.schema.revisions import head, is_known
from rentomatic_postgres.sql import search
from rentomatic_postgres.sql.areas import FEW, Area, areas_of, rooms_in
from rentomatic_postgres.sql.clusters import select_clusters
from rentomatic_postgres.sql.facets import select_facets, select_without, to_facets

SCAN_ROWS = 1000  # that are fetched at a time


class PostgresRooms:
    """A RoomRepository over one engine. Each method is one transaction, most are one statement."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def get(self, code: str) -> Room:
        rows = fetch(self._engine, search.GET, {"wanted": code})
        if not rows:
            raise RoomNotFound(code)
        return Room.trusted(*rows[0])

    def add(self, room: Room) -> None:
        try:
            write(self._engine, search.ADD, vars(room))
        except IntegrityError:
            raise RoomConflict(room.code) from None

    def replace(self, old: Room, new: Room) -> None:
        self._swap(search.REPLACE, old, vars(new))

    def remove(self, room: Room) -> None:
        self._swap(search.REMOVE, room, {})

    def put(
        self, rooms: Iterable[Room], dry_run: bool = False, timeout: float | None = None
    ) -> ImportReport:
        return put(self._engine, rooms, dry_run, timeout)

    def optimize(self) -> None:
        optimize(self._engine)

    def search(self, query: Query) -> list[Room]:
        statement, parameters = search.search(query, *self._look_up(query))
        return [Room.trusted(*row) for row in fetch(self._engine, statement, parameters)]

    def scan(self, filters: Filters = ()) -> Iterator[Room]:
        # A cursor of the server lives in a transaction, which all of its rooms are read in.
        with translated(), self._engine.connect() as connection:
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            # Before the snapshot: one of before a restore would find the restored table empty.
            connection.execute(search.HOLD)
            # Clients choose the shapes of the statements: SQLAlchemy's cache would keep them all.
            snapshot = connection.execution_options(yield_per=SCAN_ROWS, compiled_cache=None)
            for row in snapshot.execute(*search.scan(filters)):
                yield Room.trusted(*row)

    def count(self, filters: Filters = ()) -> int:
        return int(fetch(self._engine, *search.count(filters))[0][0])

    def facets(self, filters: Filters = ()) -> Facets:
        row = fetch(self._engine, *select_facets(filters))[0]
        is_needed = filters and row[0] == 0
        return to_facets(row, self._without(filters) if is_needed else ())

    def clusters(self, filters: Filters, side: float) -> list[Cluster]:
        return [Cluster(*row) for row in fetch(self._engine, *select_clusters(filters, side))]

    def check(self) -> None:
        revisions = [row[0] for row in read(self._engine, search.REVISIONS, {})]
        # Newer code migrates before it serves, to what this code can still work with.
        if not revisions or (revisions[0] != head() and is_known(revisions[0])):
            raise RepositoryUnavailable("The database is not at the revision that is needed")

    def connections(self) -> Connections:
        return connections(self._engine)

    def close(self) -> None:
        self._engine.dispose()

    def _without(self, filters: Filters) -> Sequence[int]:
        """Count the rooms without each of the conditions in turn."""
        return fetch(self._engine, *select_without(filters))[0]

    def _look_up(self, query: Query) -> tuple[tuple[Area, ...], bool]:
        """Return the areas to look for rooms in, or say that they are met on a walk."""
        few, areas = FEW.get(query.sort), areas_of(query)
        if few is None or not areas:
            return (), False
        counts = (fetch(self._engine, *rooms_in(area, few)) for area in areas)
        return ((), True) if all(rows[0][0] == few for rows in counts) else (areas, False)

    def _swap(self, statement: Executable, old: Room, new: dict[str, Any]) -> None:
        """Run a statement that does nothing unless the old room is still there."""
        were = {f"old_{name}": value for name, value in vars(old).items()}
        if not write(self._engine, statement, were | new):
            self.get(old.code)
            raise RoomChanged(old.code)
