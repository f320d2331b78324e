"""Tokens: names and roles of API clients. Only the digest of a token's secret is stored."""

import hmac
import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from secrets import token_urlsafe

from rentomatic.errors import InvalidRequest, Problem

SECRET_BYTES = 32
TOKEN_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
INVALID_NAME = Problem("name", "must be 1 to 40 characters of a-z, 0-9 and -, not starting with -")


class Action(StrEnum):
    """An action that needs a token."""

    EDIT = "edit rooms"
    IMPORT = "import rooms"
    READ = "read rooms"


class Role(StrEnum):
    """The role of a token, which decides its actions."""

    EDITOR = "editor"
    IMPORTER = "importer"


ALLOWED: dict[Role, frozenset[Action]] = {
    Role.EDITOR: frozenset(Action),
    Role.IMPORTER: frozenset({Action.IMPORT, Action.READ}),
}


@dataclass(frozen=True)
class Token:
    """A token as it is stored; times are in UTC, and without `expires` it is valid until revoked.

    `digest` is the SHA-256 of the secret in hexadecimal digits. The secret has 256 random bits, so
    that the digest needs neither a salt nor a slow hash.
    """

    name: str
    role: Role
    digest: str = field(repr=False)
    created: datetime
    expires: datetime | None = None

    def may(self, action: Action) -> bool:
        """Return whether the token's role allows the action."""
        return action in ALLOWED[self.role]

    def is_valid(self, digest: str, now: datetime) -> bool:
        """Return whether the digest is the token's and the token has not expired."""
        has_expired = self.expires is not None and now >= self.expires
        return hmac.compare_digest(self.digest, digest) and not has_expired


def new_token(
    name: str, role: Role, created: datetime, expires: datetime | None
) -> tuple[Token, str]:
    """Return a new token, and `NAME.SECRET` for its owner, which is stored nowhere.

    Raises InvalidRequest if the name is invalid or the token has expired already.
    """
    problems = []
    if not TOKEN_NAME.fullmatch(name):
        problems.append(INVALID_NAME)
    if expires is not None and expires <= created:
        problems.append(Problem("expires", "must be in the future"))
    if problems:
        raise InvalidRequest(problems)
    secret = token_urlsafe(SECRET_BYTES)
    return Token(name, role, digest_of(secret), created, expires), f"{name}.{secret}"


def digest_of(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
