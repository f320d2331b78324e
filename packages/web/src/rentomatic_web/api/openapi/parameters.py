"""What can be asked: the parameters by name, and which are sent together."""

from typing import Any

from rentomatic.domain.conditions import Operator
from rentomatic.domain.numbers import INT32_MAX
from rentomatic.domain.query import DEFAULT_LIMIT, DEFAULT_SORT, MAX_IN_VALUES, MAX_LIMIT, SORTS
from rentomatic.domain.room import FIELDS
from rentomatic.imports.options import COLUMN, ON_ERROR, YES_OR_NO
from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic.requests.filters import FILTER_KEYS
from rentomatic.requests.search import EDGES, PARAMETERS, PREFIX, SELECTING
from rentomatic_web.api.openapi.schemas import TYPES, Schema, field

SWITCH: Schema = {"type": "string", "enum": [*YES_OR_NO], "default": "false"}
WORDS = {
    Operator.EQ: "equals the value",
    Operator.NE: "differs from the value",
    Operator.LT: "is less than the value",
    Operator.LTE: "is at most the value",
    Operator.GT: "is greater than the value",
    Operator.GTE: "is at least the value",
    Operator.IN: "is one of the values",
}
# A filter may ask for what no room can have, such as the size 0.
FILTER_VALUES = TYPES | {int: {"type": "integer", "minimum": 0, "maximum": INT32_MAX}}
CODE = field("code", examples=[EXAMPLE_ROOMS[0].code])
ORDERS = [sign + name for name in SORTS for sign in ("", "-")]

QUERY: dict[str, tuple[Schema, str]] = {
    "bbox": (
        {
            "type": "array",
            "prefixItems": [field(edge) for edge in EDGES],
            "minItems": len(EDGES),
            "maxItems": len(EDGES),
        },
        "Rooms in the box west,south,east,north or on its edge, in degrees. With a west greater "
        "than its east, it crosses the antimeridian (RFC 7946, section 5)",
    ),
    "near_longitude": (
        field("longitude"),
        "With near_latitude, the point that rooms have a distance from",
    ),
    "near_latitude": (
        field("latitude"),
        "With near_longitude, the point that rooms have a distance from",
    ),
    "within": (
        {"type": "number", "minimum": 0},
        "Rooms at most so many metres from the point",
    ),
    "sort": (
        {"type": "string", "enum": ORDERS, "default": DEFAULT_SORT},
        "The order: a field or, with a point, the distance; with a - before it the greatest value "
        "comes first. Rooms with the same "
        "value are in the order of their codes, in the same direction",
    ),
    "limit": (
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        "How many rooms make a page",
    ),
    "cursor": (
        {"type": "string"},
        "A page behind the first: taken from a link as it is, for the same filters and order",
    ),
    "count": (
        {"type": "string", "enum": ["exact"]},
        "Adds X-Total-Count. Nothing is counted otherwise: it costs more than a page",
    ),
}
IMPORT: dict[str, tuple[Schema, str]] = {
    "on_error": (
        {"type": "string", "enum": [*ON_ERROR], "default": "abort"},
        "When a row cannot be read, nothing is imported, or the other rows are",
    ),
    "dry_run": (SWITCH, "Whether nothing is imported, but counted all the same"),
    "round": (SWITCH, "Whether decimals are rounded, halves up; of CSV only"),
    **{
        COLUMN + name: ({"type": "string"}, f"The column that holds the {name}; of CSV only")
        for name in FIELDS
    },
}
HEADER: dict[str, str] = {
    "If-None-Match": "Tags, or * for any: what has one of these is neither sent (304) nor written",
    "If-Match": "Tags, or * for any: what has none of these is neither sent nor written (412)",
}


def _filter(name: str, operator: Operator) -> tuple[Schema, str]:
    declared = FIELDS[name]
    value = FILTER_VALUES[declared.type]
    if operator is Operator.IN:
        value = {"type": "array", "items": value, "minItems": 1, "maxItems": MAX_IN_VALUES}
    unit = declared.metadata["description"]
    return value, f"Rooms whose {name} {WORDS[operator]} ({unit})"


def _parameter(name: str, place: str, schema: Schema, description: str) -> dict[str, Any]:
    """Return a parameter; the values of a list are separated by commas."""
    listed = {"style": "form", "explode": False} if schema["type"] == "array" else {}
    return {"name": name, "in": place, "description": description, "schema": schema, **listed}


FILTERS = {f"{PREFIX}{key}": _filter(*parts) for key, parts in FILTER_KEYS.items()}
CONDITIONS = (*SELECTING, *FILTERS)
IN_A_BOX = tuple("bbox-required" if name == "bbox" else name for name in CONDITIONS)
SEARCH = (*PARAMETERS, *FILTERS)

COMPONENTS: dict[str, dict[str, Any]] = {
    **{name: _parameter(name, "query", *(FILTERS | QUERY)[name]) for name in SEARCH},
    **{name: _parameter(name, "query", *said) for name, said in IMPORT.items()},
    **{name: _parameter(name, "header", {"type": "string"}, HEADER[name]) for name in HEADER},
    "bbox-required": _parameter("bbox", "query", *QUERY["bbox"]) | {"required": True},
    "code": _parameter("code", "path", CODE, "Which room: a UUID") | {"required": True},
}
