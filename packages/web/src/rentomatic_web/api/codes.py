"""Codes in paths."""

from werkzeug.routing import BaseConverter

from rentomatic.domain.fields import UUID_SYNTAX, canonical_code


class CodeConverter(BaseConverter):
    """Match every spelling of a UUID and nothing else; the view gets the canonical one."""

    regex = UUID_SYNTAX

    def to_python(self, value: str) -> str:
        return canonical_code(value)
