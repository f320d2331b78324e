"""A server of rooms on FastAPI, asyncpg and orjson, without layers between view and database."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import orjson
from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel, Field

# The code as text, without a UUID object per row.
ROOM = "code::text, size, price, latitude, longitude"
BOX = "point(longitude, latitude) <@ box(point(${}, ${}), point(${}, ${}))"
PAGE = f"SELECT {ROOM} FROM room WHERE {{}} ORDER BY price, room.code LIMIT 100"  # noqa: S608
ONE = f"SELECT {ROOM} FROM room WHERE code = $1"  # noqa: S608
INSERT = "INSERT INTO room (code, size, price, latitude, longitude) VALUES ($1, $2, $3, $4, $5)"


class Room(BaseModel):
    code: UUID
    size: Annotated[int, Field(ge=1)]
    price: Annotated[int, Field(ge=0)]
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    # The default reset of a released connection is a second round trip for each request.
    url = os.environ["RENTOMATIC_REPOSITORY"]
    async with asyncpg.create_pool(url, reset=_keep_session) as pool:
        app.state.pool = pool
        yield


async def _keep_session(_connection: object) -> None:
    pass


application = FastAPI(lifespan=lifespan)


@application.get("/rooms")
async def page(
    filter_price__gt: int | None = None,
    filter_price__lt: int | None = None,
    bbox: str | None = None,
) -> Response:
    conditions, values = ["true"], []
    for operator, value in ((">", filter_price__gt), ("<", filter_price__lt)):
        if value is not None:
            values.append(value)
            conditions.append(f"price {operator} ${len(values)}")
    if bbox is not None:
        values += map(float, bbox.split(","))
        conditions.append(BOX.format(*range(len(values) - 3, len(values) + 1)))
    rows = await application.state.pool.fetch(PAGE.format(" AND ".join(conditions)), *values)
    return _json([dict(row) for row in rows])


@application.get("/rooms/{code}")
async def one(code: UUID) -> Response:
    row = await application.state.pool.fetchrow(ONE, code)
    if row is None:
        raise HTTPException(404)
    return _json(dict(row))


@application.post("/rooms")
async def add(room: Room) -> Response:
    members = room.model_dump()
    await application.state.pool.execute(INSERT, *members.values())
    return _json(members, 201)


def _json(body: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(body), status, media_type="application/json")
