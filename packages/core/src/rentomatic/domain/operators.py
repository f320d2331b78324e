"""Operators of filters, and the groups of them that fields have."""

from enum import StrEnum


class Operator(StrEnum):
    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    IN = "in"
    ALL = "all"
    ANY = "any"
    NONE = "none"
    UNKNOWN = "unknown"  # the field has no value; not in requests


NUMERIC = (
    Operator.EQ,
    Operator.NE,
    Operator.LT,
    Operator.LTE,
    Operator.GT,
    Operator.GTE,
    Operator.IN,
)
# Without an order that has a meaning.
NOMINAL = (Operator.EQ, Operator.NE, Operator.IN)
LISTED = (Operator.ALL, Operator.ANY, Operator.NONE)
TEMPORAL = (Operator.LT, Operator.LTE, Operator.GT, Operator.GTE)
