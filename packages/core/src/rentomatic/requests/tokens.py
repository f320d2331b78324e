"""Names and ends of tokens from text."""

from datetime import UTC, datetime, timedelta

from rentomatic.domain.numbers import whole_number
from rentomatic.domain.tokens import INVALID_NAME, TOKEN_NAME
from rentomatic.errors import InvalidRequest, Problem

MAX_DAYS = 36500


def parse_name(text: str) -> str:
    """Return the name of a token, or raise InvalidRequest, which never quotes the text."""
    if not TOKEN_NAME.fullmatch(text):
        raise InvalidRequest([INVALID_NAME])
    return text


def parse_end(text: str, begin: datetime) -> datetime:
    """Return the end of a token: `90d` after it begins, or an ISO 8601 date or time.

    A date means its first moment; the default offset is UTC. Raises InvalidRequest.
    """
    try:
        if text.endswith("d"):
            return begin + timedelta(days=whole_number(text[:-1], 1, MAX_DAYS))
        end = datetime.fromisoformat(text)
        return (end if end.tzinfo else end.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        message = f"must be 1d to {MAX_DAYS}d or a time such as 2030-01-31T18:00Z"
        raise InvalidRequest([Problem("expires", message)]) from None
