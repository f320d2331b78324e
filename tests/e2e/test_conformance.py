"""A whole stack against its OpenAPI document."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import settings
from schemathesis import Case

from rentomatic_web.api.openapi.document import document
from tests.conformance import app, judged, mended
from tests.e2e.stack import checkout

pytestmark = pytest.mark.integration

api = judged(schemathesis.openapi.from_dict(document(app)))
# Thousands of requests that the application alone has been asked, and TRACE, which Nginx answers.
api.config.phases.coverage.enabled = False


@pytest.fixture(scope="module")
def site(shell: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The address of a stack with its embedded database, and a token for everything there."""
    with checkout(shell, WEB_CONCURRENCY="2") as services, services.serving():
        yield f"http://127.0.0.1:{services.port}", services.token("editor")


@api.parametrize()
@settings(max_examples=5, derandomize=True)
def test_an_operation_does_what_its_description_says(
    case: Case[Any], site: tuple[str, str]
) -> None:
    address, token = site
    mended(case).call_and_validate(base_url=address, headers={"Authorization": token})
