"""Authenticate requests by tokens."""

from datetime import datetime

from rentomatic.domain.tokens import TOKEN_NAME, Token, digest_of
from rentomatic.repository.protocols import TokenReader


def authenticate(tokens: TokenReader, text: str, now: datetime) -> Token | None:
    """Return the valid token for `NAME.SECRET`, or None."""
    name, _, secret = text.partition(".")
    if not TOKEN_NAME.fullmatch(name):
        return None
    return authenticate_session(tokens, name, digest_of(secret), now)


def authenticate_session(
    tokens: TokenReader, name: str, digest: str, now: datetime
) -> Token | None:
    """Return the token with that name if it is valid and has that digest, or None."""
    token = tokens.find(name)
    return token if token and token.is_valid(digest, now) else None
