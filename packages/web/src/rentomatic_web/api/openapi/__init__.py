"""The API described by OpenAPI 3.1, made of what the code declares: `document` returns it."""

from rentomatic_web.api.openapi.document import document

__all__ = ["document"]
