"""Parameters of requests, and the groups of them that operations share."""

from typing import Any

from rentomatic.domain.fields import Degrees, Photos, Whole
from rentomatic.domain.numbers import INT32_MAX
from rentomatic.domain.operators import LISTED, Operator
from rentomatic.domain.query import DEFAULT_LIMIT, DEFAULT_SORT, MAX_IN_VALUES, MAX_LIMIT, SORTS
from rentomatic.domain.room import TIMES
from rentomatic.imports.options import OPTIONS, Option, parameters_of
from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic.requests.filters import FILTER_KEYS, SELECTABLE
from rentomatic.requests.places import DEFAULT_PLACES, MAX_PLACES
from rentomatic.requests.search import EDGES, MAX_TEXT, PARAMETERS, PREFIX, SELECTING
from rentomatic_web.api.openapi.schemas import Schema, field, schema_of

COMPARISONS = {
    Operator.EQ: "equals the value",
    Operator.NE: "differs from the value",
    Operator.LT: "is less than the value",
    Operator.LTE: "is at most the value",
    Operator.GT: "is greater than the value",
    Operator.GTE: "is at least the value",
    Operator.IN: "is one of the values",
    Operator.ALL: "include all values",
    Operator.ANY: "include at least one of the values",
    Operator.NONE: "include none of the values",
}
# Filters may use values that no room can have, such as the size 0.
NUMBERS: dict[type, Schema] = {
    Whole: {"type": "integer", "minimum": 0, "maximum": INT32_MAX},
    Degrees: {"type": "number"},
}
CODE = field("code", examples=[EXAMPLE_ROOMS[0].code])
ORDERS = [sign + name for name in SORTS for sign in ("", "-")]
ORDERS_BY_TIME = [sign + name for name in TIMES for sign in ("", "-")]

QUERY: dict[str, tuple[Schema, str]] = {
    "bbox": (
        {
            "type": "array",
            "prefixItems": [field(edge) for edge in EDGES],
            "minItems": len(EDGES),
            "maxItems": len(EDGES),
        },
        "Rooms inside the box `west,south,east,north` or on its edge, in degrees. If west is "
        "greater than east, the box crosses the antimeridian (RFC 7946, section 5)",
    ),
    "place": (
        {"type": "integer", "minimum": 1, "maximum": INT32_MAX},
        "Rooms around a place, the reference point, whose id `/places` returns. The radius is "
        "`within` or the one of the place",
    ),
    "near_longitude": (
        field("longitude"),
        "Reference point, with `near_latitude`. Adds `distance` to each room; does not filter",
    ),
    "near_latitude": (
        field("latitude"),
        "Reference point, with `near_longitude`. Adds `distance` to each room; does not filter",
    ),
    "within": (
        {"type": "number", "minimum": 0},
        "Maximum distance from the reference point in metres",
    ),
    "q": (
        {"type": "string", "minLength": 1, "maxLength": MAX_TEXT},
        "Rooms whose title, description, address or features have all these words, or words that "
        "begin with them, without regard to case and accents",
    ),
    "sort": (
        {"type": "string", "enum": ORDERS, "default": DEFAULT_SORT},
        "A field, `distance` with a reference point, or `relevance` with `q`; in reverse order "
        "with the prefix `-`. Rooms with equal values are in the order of their codes, in the "
        "same direction; rooms without a value are last in both directions",
    ),
    "limit": (
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        "Page size: the maximum number of rooms in the response",
    ),
    "cursor": (
        {"type": "string"},
        "Position of a page, from a link. Works only with the same filters and sort",
    ),
    "count": (
        {"type": "string", "enum": ["exact"]},
        "Adds `X-Total-Count`. Omitted by default, because counting is slower than a page",
    ),
}


PLACE: dict[str, tuple[Schema, str]] = {
    "q": (
        QUERY["q"][0],
        "Words of the name of a place, or their beginnings, and after a comma a region or country",
    ),
    "bbox": (
        QUERY["bbox"][0],
        "Places inside the box `west,south,east,north`, in degrees; not together with `q`",
    ),
    "limit": (
        {"type": "integer", "minimum": 1, "maximum": MAX_PLACES, "default": DEFAULT_PLACES},
        "Maximum number of places",
    ),
}
PLACE_PREFIX = "place-"  # of their names among the components


def _import_parameter(option: Option, name: str) -> tuple[Schema, str]:
    values: Schema = {"enum": [*option.values]} if option.values else {}
    default: Schema = {"default": option.default} if option.default else {}
    field_ = f" ({name.removeprefix(option.prefix)})" if option.prefix else ""
    formats = f" For {', '.join(option.formats)} only." if option.formats else ""
    description = option.help.replace("--", "").replace("FIELD", f"the field{field_}")
    return {"type": "string", **values, **default}, f"{description}{formats}"


IMPORT: dict[str, tuple[Schema, str]] = {
    name: _import_parameter(option, name)
    for option in OPTIONS.values()
    for name in parameters_of(option)
}
HEADER: dict[str, str] = {
    "If-None-Match": "ETags, or `*` for any. If one matches, reads get 304 and writes get 412",
    "If-Match": "ETags, or `*` for any. If none matches, the response is 412",
}


def _filter(name: str, operator: Operator) -> tuple[Schema, str]:
    declared = SELECTABLE[name]
    value = NUMBERS.get(type(declared.type)) or schema_of(declared.type)
    if operator in LISTED:
        value = {
            "type": "array",
            "items": value["items"],
            "minItems": 1,
            "maxItems": MAX_IN_VALUES,
        }
    if operator is Operator.IN:
        if "pattern" in value:  # commas separate the values
            value = {**value, "pattern": value["pattern"].replace("[^", "[^,")}
        value = {"type": "array", "items": value, "minItems": 1, "maxItems": MAX_IN_VALUES}
    return value, f"Rooms whose {name} {COMPARISONS[operator]} ({declared.description})"


def _parameter(name: str, place: str, schema: Schema, description: str) -> dict[str, Any]:
    """Return a parameter; the values of a list are separated by commas."""
    listed = {"style": "form", "explode": False} if schema["type"] == "array" else {}
    return {"name": name, "in": place, "description": description, "schema": schema, **listed}


FILTERS = {f"{PREFIX}{key}": _filter(*parts) for key, parts in FILTER_KEYS.items()}
CONDITIONS = (*SELECTING, *FILTERS)
IN_A_BOX = tuple("bbox-required" if name == "bbox" else name for name in CONDITIONS)
SEARCH = (*PARAMETERS, *FILTERS)
FEED = tuple("sort-by-time" if name == "sort" else name for name in SEARCH)

COMPONENTS: dict[str, dict[str, Any]] = {
    **{name: _parameter(name, "query", *(FILTERS | QUERY)[name]) for name in SEARCH},
    **{name: _parameter(name, "query", *parts) for name, parts in IMPORT.items()},
    **{PLACE_PREFIX + name: _parameter(name, "query", *parts) for name, parts in PLACE.items()},
    **{name: _parameter(name, "header", {"type": "string"}, HEADER[name]) for name in HEADER},
    "alt": _parameter("alt", "query", schema_of(Photos.alt), "Alternative text of the photo"),
    "bbox-required": _parameter("bbox", "query", *QUERY["bbox"]) | {"required": True},
    "sort-by-time": _parameter(
        "sort",
        "query",
        {"type": "string", "enum": ORDERS_BY_TIME, "default": f"-{ORDERS_BY_TIME[0]}"},
        "The time of the first save or of the last change; the newest first with the prefix `-`",
    ),
    "code": _parameter("code", "path", CODE, "Code of the room, a UUID") | {"required": True},
}
