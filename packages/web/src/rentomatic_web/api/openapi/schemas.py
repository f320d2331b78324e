"""JSON Schemas of bodies and values."""

from collections.abc import Mapping
from typing import Any

from rentomatic.domain.query import DISTANCE
from rentomatic.domain.room import FIELDS
from rentomatic.repository.facets import BUCKETS, FACETED
from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic.serializers.rooms import COLUMNS, room_to_dict, room_to_feature
from rentomatic_web.middleware.errors import PROBLEMS

Schema = dict[str, Any]

TYPES: dict[object, Schema] = {
    str: {"type": "string", "format": "uuid"},
    int: {"type": "integer"},
    float: {"type": "number"},
}
METRES: Schema = {
    "type": "number",
    "minimum": 0,
    "description": "metres from the reference point; only in searches with one",
}
CODE: Schema = {
    "type": "string",
    "pattern": "^[a-z_]+$",
    "description": "type of the error for programs, such as `repository_unavailable`",
}
NUMBER_OF_ROWS: Schema = {
    "type": "integer",
    "minimum": 0,
    "description": "number of invalid rows",
}
# A feature has these as its id and its geometry.
NO_PROPERTIES = ("code", "longitude", "latitude")
NUMBER_OF_ROOMS: Schema = {"type": "integer", "minimum": 0}


def ref(kind: str, name: str) -> dict[str, str]:
    """Return a reference to a component of the document."""
    return {"$ref": f"#/components/{kind}/{name}"}


def field(name: str, **changes: object) -> Schema:
    """Return the schema of a room's field; its metadata are JSON Schema keywords."""
    declared = FIELDS[name]
    return {**TYPES[declared.type], **declared.metadata, **changes}


def array(items: Schema, **more: object) -> Schema:
    return {"type": "array", "items": items, **more}


def members(properties: Mapping[str, Schema], *optional: str, **more: object) -> Schema:
    """Return the schema of an object; members are required unless they are in `optional`."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": dict(properties), "required": required, **more}


ERRORS = array(
    {"anyOf": [ref("schemas", "ParameterError"), ref("schemas", "RowError")]},
    description="the problems for programs: parameters and members of a 400, or the first invalid "
    "rows of a rejected import",
)

SCHEMAS: dict[str, Schema] = {
    "Room": members(
        {**{name: field(name) for name in COLUMNS}, DISTANCE: METRES},
        DISTANCE,
        examples=[room_to_dict(EXAMPLE_ROOMS[0])],
    ),
    "NewRoom": members(
        {name: field(name) for name in COLUMNS},
        "code",
        additionalProperties=False,
        description="if code is omitted, it is taken from the path, or a new one is created",
        examples=[room_to_dict(EXAMPLE_ROOMS[0])],
    ),
    "RoomPatch": members(
        {name: field(name) for name in COLUMNS if name != "code"},
        *COLUMNS,
        additionalProperties=False,
        description="JSON Merge Patch (RFC 7396)",
        examples=[{"price": 45}],
    ),
    "Rooms": array(ref("schemas", "Room")),
    "FeatureCollection": members(
        {
            "type": {"const": "FeatureCollection"},
            "features": array(ref("schemas", "Feature")),
        },
        description="RFC 7946, section 3.3",
    ),
    "Feature": members(
        {
            "type": {"const": "Feature"},
            "id": field("code"),
            "geometry": ref("schemas", "Point"),
            "properties": ref("schemas", "Properties"),
        },
        description="RFC 7946, section 3.2",
        examples=[room_to_feature(EXAMPLE_ROOMS[0])],
    ),
    "Point": members(
        {
            "type": {"const": "Point"},
            "coordinates": {
                "type": "array",
                "description": "longitude and latitude, in degrees",
                "prefixItems": [field("longitude"), field("latitude")],
                "minItems": 2,
                "maxItems": 2,
            },
        },
        description="RFC 7946, section 3.1.2",
    ),
    "Properties": members(
        {**{name: field(name) for name in COLUMNS if name not in NO_PROPERTIES}, DISTANCE: METRES},
        DISTANCE,
    ),
    "Facets": members(
        {
            "count": NUMBER_OF_ROOMS | {"description": "rooms that match every condition"},
            **dict.fromkeys(FACETED, ref("schemas", "Facet")),
            "without": {
                "type": "object",
                "description": "by parameter: rooms without this condition; only if count is 0",
                "additionalProperties": NUMBER_OF_ROOMS,
            },
        }
    ),
    "Facet": members(
        {
            "minimum": {"type": ["integer", "null"], "description": "null if there are no rooms"},
            "maximum": {"type": ["integer", "null"], "description": "null if there are no rooms"},
            "buckets": array(
                NUMBER_OF_ROOMS,
                minItems=BUCKETS,
                maxItems=BUCKETS,
                description="number of rooms in each of equal ranges from minimum to maximum",
            ),
        },
        description="Rooms that match every condition except those on this field",
    ),
    "Clusters": members(
        {
            "degrees": {"type": "number", "description": "length of a side of each cell"},
            "clusters": array(ref("schemas", "Cluster")),
        }
    ),
    "Cluster": members(
        {
            "count": NUMBER_OF_ROOMS | {"minimum": 1, "description": "rooms in the cell"},
            "price": field("price", description="the lowest, in whole euros per day"),
            "longitude": field("longitude", description="mean, in degrees east"),
            "latitude": field("latitude", description="mean, in degrees north"),
        }
    ),
    "Health": members({"status": {"const": "ok"}}),
    "Error": members(
        {
            "type": {"type": "string", "enum": list(PROBLEMS)},
            "code": CODE,
            "message": {"type": "string", "description": "text for people, a line per problem"},
            "errors": ERRORS,
            "rejected": NUMBER_OF_ROWS,
        },
        "errors",
        "rejected",
    ),
    "Problem": members(
        {
            "type": {"type": "string", "enum": [kind for kind, _ in PROBLEMS.values()]},
            "title": {"type": "string", "enum": [title for _, title in PROBLEMS.values()]},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "code": CODE,
            "detail": {"type": "string", "description": "text for people, a line per problem"},
            "errors": ERRORS,
            "rejected": NUMBER_OF_ROWS,
        },
        "errors",
        "rejected",
        description="RFC 9457",
    ),
    "ImportReport": members(
        {
            **dict.fromkeys(("created", "updated", "unchanged"), NUMBER_OF_ROOMS),
            "rejected": NUMBER_OF_ROWS,
            "errors": array(ref("schemas", "RowError"), description="the first invalid rows"),
        }
    ),
    "RowError": members(
        {
            "row": {"type": "integer", "minimum": 1},
            "column": {"type": "string"},
            "message": {"type": "string"},
        }
    ),
    "ParameterError": members({"parameter": {"type": "string"}, "message": {"type": "string"}}),
}
