"""Positions in SQL: the position index, and distances between unit vectors."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Double, func, literal_column

from rentomatic_postgres.sql.tables import room


class Position(NamedTuple):
    """A longitude and a latitude in degrees."""

    longitude: ColumnElement[float]
    latitude: ColumnElement[float]


def position_of(values: Any) -> Position:
    """Return the position in columns, or in a mapping."""
    return Position(values["longitude"], values["latitude"])


POSITION = position_of(room.c)


def box(low: Position, high: Position) -> ColumnElement[Any]:
    return func.box(func.point(*low), func.point(*high))


def in_box(bounds: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition for rooms in a box and on its edges, by the position index."""
    return func.point(*POSITION).op("<@", is_comparison=True)(bounds)


def degrees_apart(one: Position, other: Position) -> ColumnElement[float]:
    """Return the distance in the plane of degrees, by which the position index is sorted."""
    return func.point(*one).op("<->", return_type=Double())(func.point(*other))


def squared_chord(one: Position, other: Position) -> ColumnElement[float]:
    """Return the squared chord on the unit sphere, which grows with the great-circle distance.

    cosd and sind are exact, so a pole or a place on the antimeridian, which has several
    coordinates, has one distance.
    """
    x, y, z = map(_squared_difference, _unit_vector(one), _unit_vector(other))
    return x + y + z


def _squared_difference(
    one: ColumnElement[float], other: ColumnElement[float]
) -> ColumnElement[float]:
    square: ColumnElement[float] = func.power(one - other, literal_column("2"), type_=Double())
    return square


def _unit_vector(position: Position) -> tuple[ColumnElement[float], ...]:
    longitude, latitude = position
    cos_latitude: ColumnElement[float] = func.cosd(latitude, type_=Double())
    return (
        cos_latitude * func.cosd(longitude, type_=Double()),
        cos_latitude * func.sind(longitude, type_=Double()),
        func.sind(latitude, type_=Double()),
    )
