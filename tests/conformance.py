"""Tests of the API against its OpenAPI document, with schemathesis."""

import atexit
import json
import shutil
import tempfile
from datetime import UTC, datetime
from typing import Any

import schemathesis
from schemathesis import Case, GenerationMode
from schemathesis.schemas import BaseSchema

from rentomatic.domain.query import DISTANCE, MAX_CONDITIONS, RELEVANCE
from rentomatic.domain.room import REQUIRED
from rentomatic.domain.tokens import Role, new_token
from rentomatic.domain.words import query_words
from rentomatic.imports.formats import XLSX
from rentomatic.repository.memory import EXAMPLE_ROOMS, MemoryRooms, MemoryTokens
from rentomatic.requests.search import MAX_WORDS, NEAR, PREFIX
from rentomatic.serializers.formats import FORMATS
from rentomatic_web.api.imports import MEDIA_TYPES
from rentomatic_web.photos.images import MEDIA_TYPES as PHOTO_TYPES
from tests.apps import app_of
from tests.photos import file_of, picture
from tests.workbooks import workbook

TOKEN, TEXT = new_token("editor", Role.EDITOR, datetime(2026, 1, 1, tzinfo=UTC), None)
tokens = MemoryTokens()
tokens.add(TOKEN)
PHOTO = "image/png"
KRAKOW = 3094802  # its id
folder = tempfile.mkdtemp()
atexit.register(shutil.rmtree, folder)
# The others would have to fit the file.
IMPORT_PARAMETERS = ("on_error", "dry_run")
WORKBOOK = workbook(Rooms=[REQUIRED, *(list(vars(room).values())[:5] for room in EXAMPLE_ROOMS)])
app = app_of(MemoryRooms(EXAMPLE_ROOMS), tokens, RENTOMATIC_PHOTO_FOLDER=folder)


def judged(api: BaseSchema) -> BaseSchema:
    """Return the API with every check that is right for it."""
    # Few ETags satisfy If-Match, and the others are refused before the patch is parsed.
    api.config.checks.positive_data_acceptance.expected_statuses += ["412"]
    api.config.checks.negative_data_rejection.expected_statuses += ["412"]
    # Two wrong values at random may come to a good request: a number in the place of a list is a
    # list of one when it is sent, and an object is nothing. The coverage phase has every kind of
    # wrong value by itself.
    api.config.phases.fuzzing.checks.negative_data_rejection.enabled = False
    return api


def mended(case: Case[Any]) -> Case[Any]:
    """Return a request that makes sense, unless it is meant to make none.

    No schema describes a file of rooms, that cursors come from links, that a body has the
    code of its path, that the south is south of the north, that there are at most so many
    conditions, that a place is known, that a point has two coordinates and distances need a point,
    or that a text has a word and relevance needs a text.
    """
    if case.meta and case.meta.generation.mode is GenerationMode.POSITIVE:
        case.query.pop("cursor", None)
        if case.path == "/rooms/import":
            _give_a_file(case)
        if case.path.endswith("/photos"):
            _give_a_photo(case)
        if case.method == "PUT" and isinstance(case.body, dict):
            case.body.pop("code", None)
        _mend_query(case.query)
        if case.path == "/places":
            _mend_places(case.query)
    return case


def _mend_query(query: dict[str, Any]) -> None:
    if "bbox" in query:
        west, south, east, north = query["bbox"].split(",")
        south, north = sorted((south, north), key=float)
        query["bbox"] = f"{west},{south},{east},{north}"
    if "place" in query:
        query["place"] = KRAKOW
        for name in NEAR:
            query.pop(name, None)
    elif not query.keys() >= NEAR.keys():
        _take_away_the_point(query)
    if not 0 < len(query_words(query.get("q", ""))) <= MAX_WORDS:
        _take_away_the_text(query)
    _take_away_conditions(query)


def _mend_places(query: dict[str, Any]) -> None:
    if "q" in query:
        query.pop("bbox", None)


@schemathesis.serializer(XLSX)
def xlsx(_context: schemathesis.SerializationContext, value: object) -> bytes:
    """Return bytes, which are characters of Latin-1 in a schema of text."""
    return str(value).encode("latin-1", "replace")


@schemathesis.serializer("application/x-ndjson")
def ndjson(_context: schemathesis.SerializationContext, value: object) -> bytes:
    """Return text as it is."""
    return str(value).encode(errors="surrogatepass")


@schemathesis.serializer(*PHOTO_TYPES)
def photo(_context: schemathesis.SerializationContext, value: object) -> bytes:
    """Return a photo in the place of its media type, and other text as it is."""
    text = str(value)
    return (
        file_of(picture(), "PNG").getvalue()
        if text == PHOTO
        else text.encode(errors="surrogatepass")
    )


def _give_a_file(case: Case[Any]) -> None:
    name = MEDIA_TYPES[case.media_type or ""]
    text = (
        "".join(FORMATS[name].write(EXAMPLE_ROOMS))
        if name in FORMATS
        else WORKBOOK.decode("latin-1")
    )
    case.body = json.loads(text) if name in ("geojson", "json") else text
    case.query = {name: case.query[name] for name in IMPORT_PARAMETERS if name in case.query}


def _give_a_photo(case: Case[Any]) -> None:
    # Not in a form: schemathesis takes every file in one for a wrong value.
    case.media_type = PHOTO
    case.body = PHOTO


def _take_away_conditions(query: dict[str, Any]) -> None:
    filters = [name for name in query if name.startswith(PREFIX)]
    for name in filters[MAX_CONDITIONS - 4 :]:
        del query[name]


def _take_away_the_text(query: dict[str, Any]) -> None:
    query.pop("q", None)
    if RELEVANCE in str(query.get("sort")):
        del query["sort"]


def _take_away_the_point(query: dict[str, Any]) -> None:
    for name in (*NEAR, "within"):
        query.pop(name, None)
    if DISTANCE in str(query.get("sort")):
        del query["sort"]
