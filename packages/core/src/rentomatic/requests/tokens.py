"""Parse names and expiry times of tokens."""

from datetime import datetime, timedelta

from rentomatic.domain.fields import Time
from rentomatic.domain.numbers import whole_number
from rentomatic.domain.tokens import INVALID_NAME, TOKEN_NAME
from rentomatic.errors import InvalidRequest, Problem

MAX_DAYS = 36500


def parse_name(text: str) -> str:
    """Validate the name of a token. The error does not quote it: it may be a secret."""
    if not TOKEN_NAME.fullmatch(text):
        raise InvalidRequest([INVALID_NAME])
    return text


def parse_expiry(text: str, begin: datetime) -> datetime:
    """Parse the expiry time of a token: `90d` after `begin`, or an ISO 8601 date or time.

    A date means its start; the default time zone is UTC. Raises InvalidRequest.
    """
    try:
        if text.endswith("d"):
            return begin + timedelta(days=whole_number(text[:-1], 1, MAX_DAYS))
        return Time().check(text)
    except (ValueError, OverflowError):
        message = f"must be 1d to {MAX_DAYS}d or a time such as 2030-01-31T18:00Z"
        raise InvalidRequest([Problem("expires", message)]) from None
