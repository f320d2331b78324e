"""Who may write: tokens, which are shown once, and of which only a digest is kept."""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from secrets import token_urlsafe
from typing import Protocol

from rentomatic.domain.numbers import whole_number
from rentomatic.errors import InvalidRequest, Problem

SECRET_BYTES = 32
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
NOT_A_NAME = Problem("name", "Is not 1 to 40 of a-z, 0-9 and -, a - not the first")
MAX_DAYS = 36500


class Action(StrEnum):
    """What needs a token."""

    EDIT = "edit rooms"
    IMPORT = "import rooms"
    READ = "read rooms"


class Role(StrEnum):
    """What a token is for."""

    EDITOR = "editor"
    IMPORTER = "importer"


ALLOWED: dict[Role, frozenset[Action]] = {
    Role.EDITOR: frozenset(Action),
    Role.IMPORTER: frozenset({Action.IMPORT, Action.READ}),
}


@dataclass(frozen=True)
class Token:
    """A token as it is kept; times are in UTC, and one without an end holds until it is revoked.

    `digest` is the SHA-256, in hexadecimal digits, of a secret that nobody can guess: it needs
    neither salt nor a slow hash.
    """

    name: str
    role: Role
    digest: str = field(repr=False)
    created: datetime
    expires: datetime | None = None

    def may(self, action: Action) -> bool:
        """Say whether the token's role includes the action."""
        return action in ALLOWED[self.role]


class Tokens(Protocol):
    """Tokens, each known by its name. Each method is one transaction.

    Every method raises RepositoryUnavailable when the storage cannot be reached or takes too long.
    """

    def add(self, token: Token) -> None:
        """Keep a new token, or raise TokenConflict when its name is taken."""

    def find(self, name: str) -> Token | None:
        """Return the token by that name, if there is one."""

    def revoke(self, name: str) -> None:
        """Forget the token, or raise TokenNotFound."""

    def list(self) -> Sequence[Token]:
        """Return every token, by name."""


def new_token(
    name: str, role: Role, created: datetime, expires: datetime | None
) -> tuple[Token, str]:
    """Return a token and the text that its owner shows, `NAME.SECRET`, which is kept nowhere.

    Raises InvalidRequest when it cannot be called so, or would end before it begins.
    """
    problems = []
    if not NAME.fullmatch(name):
        problems.append(NOT_A_NAME)
    if expires is not None and expires <= created:
        problems.append(Problem("expires", "Is over already"))
    if problems:
        raise InvalidRequest(problems)
    secret = token_urlsafe(SECRET_BYTES)
    return Token(name, role, _digest(secret), created, expires), f"{name}.{secret}"


def parse_name(text: str) -> str:
    """Return the name of a token, or raise InvalidRequest, which quotes nothing of a secret."""
    if not NAME.fullmatch(text):
        raise InvalidRequest([NOT_A_NAME])
    return text


def parse_end(text: str, begin: datetime) -> datetime:
    """Return when a token ends: `90d` days after it begins, or at an ISO 8601 date or time.

    A date is its first moment, and what names no offset is in UTC. Raises InvalidRequest.
    """
    try:
        if text.endswith("d"):
            return begin + timedelta(days=whole_number(text[:-1], 1, MAX_DAYS))
        end = datetime.fromisoformat(text)
        return (end if end.tzinfo else end.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        message = f"Is neither 1d to {MAX_DAYS}d nor a time such as 2030-01-31T18:00Z"
        raise InvalidRequest([Problem("expires", message)]) from None


def authenticate(tokens: Tokens, text: str, now: datetime) -> Token | None:
    """Return the token that the text proves, unless there is none such or its time is over."""
    name, _, secret = text.partition(".")
    token = tokens.find(name) if NAME.fullmatch(name) else None
    return _unless_over(token, _digest(secret), now)


def recognize(tokens: Tokens, name: str, digest: str, now: datetime) -> Token | None:
    """Return the token that was proved before, by its name and digest, if it holds still."""
    return _unless_over(tokens.find(name), digest, now)


def _unless_over(token: Token | None, digest: str, now: datetime) -> Token | None:
    if token is None or not hmac.compare_digest(token.digest, digest):
        return None
    return token if token.expires is None or now < token.expires else None


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
