"""Codes in paths."""

from werkzeug.routing import BaseConverter, ValidationError

from rentomatic.domain import canonical_code


class CodeConverter(BaseConverter):
    """Match every spelling of a UUID and nothing else; the view gets the canonical one."""

    def to_python(self, value: str) -> str:
        try:
            return canonical_code(value)
        except ValueError:
            raise ValidationError from None
