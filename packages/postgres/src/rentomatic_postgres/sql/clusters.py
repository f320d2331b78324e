"""Statement for clusters."""

from functools import lru_cache

from sqlalchemy import Double, Integer, bindparam, case, cast, func, select

from rentomatic.domain.conditions import Filters
from rentomatic.repository.clusters import last_row
from rentomatic_postgres.sql.conditions import Parameters, Shape, parameterize, where
from rentomatic_postgres.sql.tables import room
from rentomatic_postgres.sql.templates import CACHE_SIZE, Template, compile_template


def select_clusters(filters: Filters, side: float) -> tuple[Template, Parameters]:
    """Build the statement that groups rooms by cell."""
    shape, parameters = parameterize(filters)
    return _clusters(shape), parameters | {"side": side, "last_row": last_row(side)}


@lru_cache(maxsize=CACHE_SIZE)
def _clusters(shape: Shape) -> Template:
    side = cast(bindparam("side"), Double)
    longitude = case((room.c.longitude == 180, -180), else_=room.c.longitude)
    column = func.floor((longitude + 180) / side)
    last = bindparam("last_row", type_=Integer)
    row = func.least(func.floor((room.c.latitude + 90) / side), last)
    mean_longitude, mean_latitude = func.avg(longitude), func.avg(room.c.latitude)
    return compile_template(
        select(func.count(), func.min(room.c.price), mean_longitude, mean_latitude)
        .where(*where(shape))
        .group_by(row, column)
        .order_by(row, column)
    )
