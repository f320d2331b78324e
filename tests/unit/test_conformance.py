"""The API against its OpenAPI document."""

from typing import Any

import pytest
import schemathesis
from hypothesis import settings
from schemathesis import Case

from rentomatic_web.api.openapi.document import document
from tests.conformance import TEXT, app, judged, mended

api = judged(schemathesis.openapi.from_dict(document(app)))
api.app = app  # from_wsgi() leaves out the path that it reads


@pytest.mark.slow
@api.parametrize()
@settings(max_examples=15, derandomize=True)
def test_an_operation_does_what_its_description_says(case: Case[Any]) -> None:
    mended(case).call_and_validate(headers={"Authorization": f"Bearer {TEXT}"})
