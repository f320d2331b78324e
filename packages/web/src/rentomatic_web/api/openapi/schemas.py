"""JSON Schemas of bodies and values."""

from collections.abc import Callable, Mapping
from typing import Any

from rentomatic.domain.countries import ALPHA_2
from rentomatic.domain.fields import (
    ADDRESS_PARTS,
    MAX_URL,
    WORD,
    Code,
    Degrees,
    FieldType,
    Photos,
    PostalAddress,
    Text,
    Time,
    Url,
    Whole,
    Word,
    Words,
)
from rentomatic.domain.query import DISTANCE
from rentomatic.domain.room import FIELDS, OPTIONAL
from rentomatic.repository.facets import BUCKETS, FACETED, FACETED_WORDS, MAX_WORDS
from rentomatic.repository.memory import EXAMPLE_ROOMS
from rentomatic.requests.places import MAX_PLACES
from rentomatic.serializers.rooms import MEMBERS, room_to_dict, room_to_feature
from rentomatic_web.middleware.errors import PROBLEMS

Schema = dict[str, Any]

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
# Characters that no text has; a line has tabs, and lines have ends of lines, too.
_NEVER = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029"
_NEVER_IN_LINE = rf"\u000a\u000d{_NEVER}"
# With a character that is not blank.
LINE = rf"^[^{_NEVER_IN_LINE}]*[^\s{_NEVER}][^{_NEVER_IN_LINE}]*$"
LINES = rf"^[^{_NEVER}]*[^\s{_NEVER}][^{_NEVER}]*$"
# A feature has these as its id and its geometry.
NO_PROPERTIES = ("code", "longitude", "latitude")
TEXTS: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
NUMBER_OF_ROOMS: Schema = {"type": "integer", "minimum": 0}


def ref(kind: str, name: str) -> dict[str, str]:
    """Return a reference to a component of the document."""
    return {"$ref": f"#/components/{kind}/{name}"}


def field(name: str, **changes: object) -> Schema:
    """Return the schema of a room's field."""
    declared = FIELDS[name]
    schema = schema_of(declared.type)
    if declared.is_nullable:
        schema = {**schema, "type": [schema["type"], "null"]}
    return {**schema, "description": declared.description, **changes}


def schema_of(type_: FieldType) -> Schema:
    """Return the schema of the values of a type."""
    return SCHEMAS_OF[type(type_)](type_)


def array(items: Schema, **more: object) -> Schema:
    return {"type": "array", "items": items, **more}


def members(properties: Mapping[str, Schema], *optional: str, **more: object) -> Schema:
    """Return the schema of an object; members are required unless they are in `optional`."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": dict(properties), "required": required, **more}


def _number(kind: str) -> Callable[[Any], Schema]:
    return lambda type_: {"type": kind, "minimum": type_.minimum, "maximum": type_.maximum}


def _text(type_: Any, pattern: str) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": type_.maximum, "pattern": pattern}


SCHEMAS_OF: dict[type, Callable[[Any], Schema]] = {
    Code: lambda _: {"type": "string", "format": "uuid"},
    Whole: _number("integer"),
    Degrees: _number("number"),
    Text: lambda type_: _text(type_, LINES if type_.has_lines else LINE),
    Word: lambda type_: _text(type_, f"^{WORD}$"),
    Words: lambda type_: array(schema_of(type_.word), maxItems=type_.maximum, uniqueItems=True),
    Url: lambda type_: {
        "type": "string",
        "maxLength": MAX_URL,
        "pattern": f"^({type_.pattern})$",
    },
    Photos: lambda type_: array(ref("schemas", "Photo"), maxItems=type_.maximum),
    PostalAddress: lambda _: ref("schemas", "Address"),
    Time: lambda _: {"type": "string", "format": "date-time"},
}


def _patched(name: str) -> Schema:
    """Return the schema of a member of a merge patch, in which null removes an optional one."""
    schema = field(name)
    return {"anyOf": [schema, {"type": "null"}]} if FIELDS[name].is_optional else schema


def _address_part(name: str) -> Schema:
    if name == "country":
        return {"type": "string", "enum": sorted(ALPHA_2), "description": "ISO 3166-1 alpha-2"}
    return schema_of(PostalAddress.part)


ERRORS = array(
    {"anyOf": [ref("schemas", "ParameterError"), ref("schemas", "RowError")]},
    description="the problems for programs: parameters and members of a 400, or the first invalid "
    "rows of a rejected import",
)

# A file that OpenAPI does not describe.
BINARY: Schema = {"type": "string", "format": "binary"}
PHOTO_FORM = members(
    {"photo": BINARY, "alt": {"type": "string", "description": "alternative text"}},
    "alt",
    additionalProperties=False,
)

SCHEMAS: dict[str, Schema] = {
    "Room": members(
        {**{name: field(name) for name in MEMBERS}, DISTANCE: METRES},
        *OPTIONAL,
        DISTANCE,
        examples=[room_to_dict(EXAMPLE_ROOMS[0])],
    ),
    "NewRoom": members(
        {name: field(name) for name in MEMBERS},
        "code",
        *OPTIONAL,
        additionalProperties=False,
        description="if code is omitted, it is taken from the path, or a new one is created",
        examples=[room_to_dict(EXAMPLE_ROOMS[0])],
    ),
    "RoomPatch": members(
        {name: _patched(name) for name in MEMBERS if name != "code"},
        *MEMBERS,
        additionalProperties=False,
        description="JSON Merge Patch (RFC 7396)",
        examples=[{"price": 45}],
    ),
    "Photo": members(
        {
            "url": schema_of(Photos.url)
            | {"description": "https, or the path of a photo that is kept here"},
            "alt": schema_of(Photos.alt) | {"description": "alternative text"},
        },
        "alt",
        additionalProperties=False,
    ),
    "Address": members(
        {name: _address_part(name) for name in ADDRESS_PARTS},
        *ADDRESS_PARTS,
        additionalProperties=False,
        minProperties=1,
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
        {**{name: field(name) for name in MEMBERS if name not in NO_PROPERTIES}, DISTANCE: METRES},
        *OPTIONAL,
        DISTANCE,
    ),
    "Facets": members(
        {
            "count": NUMBER_OF_ROOMS | {"description": "rooms that match every condition"},
            **dict.fromkeys(FACETED, ref("schemas", "Facet")),
            **dict.fromkeys(FACETED_WORDS, array(ref("schemas", "WordCount"), maxItems=MAX_WORDS)),
            "without": {
                "type": "object",
                "description": "by parameter: rooms without this condition; only if count is 0",
                "additionalProperties": NUMBER_OF_ROOMS,
            },
        },
        *FACETED_WORDS,
    ),
    "WordCount": members(
        {
            "value": {"type": "string"},
            "count": NUMBER_OF_ROOMS
            | {
                "description": "rooms that match every condition except "
                "those on this field, and have this value"
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
            "unknown": NUMBER_OF_ROOMS | {"description": "rooms whose value is unknown"},
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
    "Places": array(ref("schemas", "Place"), maxItems=MAX_PLACES),
    "Place": members(
        {
            "id": {"type": "integer", "description": "of GeoNames; a value of `place`"},
            "name": {"type": "string"},
            "region": {"type": "string", "description": "empty if it is unknown"},
            "country": {"type": "string", "description": "code of ISO 3166-1 alpha-2"},
            "country_name": {"type": "string", "description": "in English"},
            "longitude": field("longitude"),
            "latitude": field("latitude"),
            "population": {"type": "integer", "minimum": 0},
            "radius": {
                "type": "integer",
                "description": "default of `within` for this place, in metres",
            },
            "found": {
                "type": "string",
                "description": "the name that `q` has found, which may be in another language",
            },
        },
        "found",
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
            **dict.fromkeys(("created", "updated", "unchanged", "withdrawn"), NUMBER_OF_ROOMS),
            "withdrawn_codes": array(
                field("code"),
                description="the first codes of withdrawn rooms, if there are any",
            ),
            "rejected": NUMBER_OF_ROWS,
            "errors": array(ref("schemas", "RowError"), description="the first invalid rows"),
            "reasons": array(ref("schemas", "Reason"), description="the most frequent first"),
            "file": members(
                {
                    "encoding": {"type": "string"},
                    "delimiter": {"type": "string"},
                    "header": {"type": "integer", "description": "line of the header"},
                    "columns": {**TEXTS, "description": "columns of the file by field"},
                    "numbers": {**TEXTS, "description": "notation of numbers by field"},
                    "ignored": array({"type": "string"}, description="further columns"),
                    "warnings": array({"type": "string"}),
                },
                "encoding",
                "delimiter",
                "header",
                description="how the file was read",
            ),
        },
        "withdrawn_codes",
    ),
    "Reason": members(
        {
            "column": {"type": "string"},
            "reason": {"type": "string"},
            "count": NUMBER_OF_ROWS,
        },
        description="number of invalid rows by column and reason",
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
