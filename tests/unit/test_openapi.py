"""The OpenAPI document and the code agree."""

import re
from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient

from rentomatic.domain.globe import Point
from rentomatic.imports.options import OPTIONS, parameters_of
from rentomatic.repository.memory import EXAMPLE_ROOMS, MemoryRooms
from rentomatic.serializers.formats import FORMATS
from rentomatic.serializers.rooms import room_to_dict
from rentomatic_web.api.openapi.document import document, methods, openapi_paths
from rentomatic_web.middleware.errors import STATUSES
from tests.apps import app_of
from tests.conformance import app
from tests.rooms import full_room

API = document(app)
PARAMETERS = API["components"]["parameters"]
OPERATIONS = [(path, each) for path, item in API["paths"].items() for each in item.values()]

of_every_operation = pytest.mark.parametrize(
    ("path", "operation"), OPERATIONS, ids=[each["operationId"] for _, each in OPERATIONS]
)


@pytest.fixture
def client() -> FlaskClient:
    return app.test_client()


def asked(operation: dict[str, Any], place: str = "query") -> dict[str, dict[str, Any]]:
    parameters = [PARAMETERS[each["$ref"].split("/")[-1]] for each in operation["parameters"]]
    return {each["name"]: each for each in parameters if each["in"] == place}


def test_the_description_is_openapi() -> None:
    schemathesis.openapi.from_dict(API).validate()


def test_the_description_is_served(client: FlaskClient) -> None:
    answer = client.get("/openapi.json")

    assert answer.content_type == "application/json"
    assert answer.json == API
    assert set(answer.json["components"]["schemas"]["Room"]["properties"]) == set(
        room_to_dict(full_room(), Point(0, 0))
    )


def test_every_path_that_is_served_is_described_and_no_other() -> None:
    served = {
        (path, method)
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.startswith("pages.")
        for path, _ in openapi_paths(rule.rule)
        for method in methods(rule)
    }

    assert {(path, method) for path in API["paths"] for method in API["paths"][path]} == served


def test_every_reference_leads_somewhere() -> None:
    for kind, name in set(re.findall(r"'#/components/(\w+)/([\w-]+)'", str(API))):
        assert name in API["components"][kind]


def test_every_name_of_an_operation_is_its_own() -> None:
    names = [operation["operationId"] for _, operation in OPERATIONS]

    assert len(set(names)) == len(names)


@of_every_operation
def test_every_operation_says_what_it_is_for(path: str, operation: dict[str, Any]) -> None:
    assert operation["summary"].endswith(".")
    assert set(re.findall(r"{(\w+)}", path)) == set(asked(operation, "path"))


@of_every_operation
def test_a_search_knows_the_parameters_that_are_described_and_no_other(
    client: FlaskClient, path: str, operation: dict[str, Any]
) -> None:
    if "400" not in operation["responses"] or "security" in operation:
        assert asked(operation).keys() <= {
            *(name for option in OPTIONS.values() for name in parameters_of(option)),
            "alt",
        }
        return
    every = {each["name"] for each in PARAMETERS.values() if each["in"] == "query"}
    answer = client.get(path, query_string=dict.fromkeys(every | {"unknown"}, ""))
    assert answer.json is not None
    refused = {
        error["parameter"]
        for error in answer.json["errors"]
        if error["message"] == "is not a known parameter"
    }

    assert set(asked(operation)) == every - refused
    assert "unknown" in refused


@of_every_operation
def test_a_needed_parameter_is_said_to_be_needed(
    client: FlaskClient, path: str, operation: dict[str, Any]
) -> None:
    needed = [name for name, each in asked(operation).items() if each.get("required")]
    answer = client.get(path.format(code=EXAMPLE_ROOMS[0].code))

    missing = answer.json["errors"] if answer.status_code == 400 and answer.json else []
    assert [error["parameter"] for error in missing] == needed


@pytest.mark.parametrize("path", ["/rooms", "/rooms/export"])
def test_every_format_that_is_described_can_be_had(client: FlaskClient, path: str) -> None:
    described = list(API["paths"][path]["get"]["responses"]["200"]["content"])
    refused = client.get(path, headers={"Accept": "nothing/at-all"}).json

    for media_type in described:
        with client.get(path, headers={"Accept": media_type}) as answer:
            assert answer.data
        assert answer.content_type.partition(";")[0] == media_type
    assert refused is not None
    listed = refused["message"].removeprefix("Available formats: ").split(", ")
    assert [each for each in listed if "problem" not in each] == described


def test_every_format_and_every_failure_is_described() -> None:
    assert len(API["paths"]["/rooms"]["get"]["responses"]["200"]["content"]) == len(FORMATS)
    described = {int(status) for status in API["components"]["responses"]}
    assert set(STATUSES.values()) <= described


def test_an_import_knows_the_parameters_that_are_described_and_no_other() -> None:
    described = asked(API["paths"]["/rooms/import"]["post"])

    assert set(described) == {
        name for option in OPTIONS.values() for name in parameters_of(option)
    }


def test_where_reading_needs_a_token_that_is_described() -> None:
    closed = document(app_of(MemoryRooms(), RENTOMATIC_READING="token"))["paths"]

    for path, secured in (("/rooms", True), ("/rooms/{code}", True), ("/livez", False)):
        operation = closed[path]["get"]
        assert ("security" in operation) == secured
        assert ({"401", "403"} <= operation["responses"].keys()) == secured
        assert "security" not in API["paths"][path]["get"]
    assert "304" in closed["/rooms"]["get"]["responses"]


@of_every_operation
def test_an_operation_has_one_tag_that_is_described(
    client: FlaskClient,  # noqa: ARG001
    path: str,  # noqa: ARG001
    operation: dict[str, Any],
) -> None:
    described = {tag["name"]: tag["description"] for tag in API["tags"]}

    assert len(operation["tags"]) == 1
    assert described[operation["tags"][0]]


def test_operations_have_names_of_their_own() -> None:
    names = [each["operationId"] for path in API["paths"].values() for each in path.values()]

    assert len(names) == len(set(names))
