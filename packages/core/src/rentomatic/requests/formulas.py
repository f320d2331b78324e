"""Text that spreadsheets would run as a formula: a ' in front of it prevents that."""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def guarded(text: str) -> str:
    """Put a ' before a formula, and before a text that `unguarded` would shorten."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """Remove the ' of `guarded`."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text
