"""The clusters of a search in one statement."""

from functools import lru_cache

from sqlalchemy import Double, Integer, bindparam, case, cast, func, select

from rentomatic.domain.conditions import Filters
from rentomatic.repository.clusters import last_row
from rentomatic_postgres.sql.conditions import Parameters, Shape, conditions_of, taken_apart
from rentomatic_postgres.sql.tables import room
from rentomatic_postgres.sql.templates import KEPT, Template, compiled


def select_clusters(filters: Filters, side: float) -> tuple[Template, Parameters]:
    """Return the statement that gathers rooms by cells, and its parameters."""
    shape, parameters = taken_apart(filters)
    return _clusters(shape), parameters | {"side": side, "last_row": last_row(side)}


@lru_cache(maxsize=KEPT)
def _clusters(shape: Shape) -> Template:
    side = cast(bindparam("side"), Double)
    longitude = case((room.c.longitude == 180, -180), else_=room.c.longitude)
    column = func.floor((longitude + 180) / side)
    last = bindparam("last_row", type_=Integer)
    row = func.least(func.floor((room.c.latitude + 90) / side), last)
    mean_longitude, mean_latitude = func.avg(longitude), func.avg(room.c.latitude)
    return compiled(
        select(func.count(), func.min(room.c.price), mean_longitude, mean_latitude)
        .where(*conditions_of(shape))
        .group_by(row, column)
        .order_by(row, column)
    )
