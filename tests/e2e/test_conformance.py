"""A whole stack does what the description of the API says, whatever it is asked."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import settings
from schemathesis import Case

from rentomatic_web.openapi import document
from tests.conformance import app, judged, mended
from tests.e2e.stack import checkout

pytestmark = pytest.mark.integration

api = judged(schemathesis.openapi.from_dict(document(app)))
# Thousands of requests that the application alone has been asked, and TRACE, which Nginx answers.
api.config.phases.coverage.enabled = False


@pytest.fixture(scope="module")
def site(shell: dict[str, str]) -> Iterator[str]:
    """The address of a stack with its embedded database."""
    with checkout(shell) as services, services.serving():
        yield f"http://127.0.0.1:{services.port}"


@api.parametrize()
@settings(max_examples=10, derandomize=True)
def test_an_operation_does_what_its_description_says(case: Case[Any], site: str) -> None:
    mended(case).call_and_validate(base_url=site)
