"""Types of fields: each validates and normalizes the JSON values of a field.

`check` raises ValueError, whose message completes "FIELD: ...".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NotRequired, Protocol, TypedDict, TypeVar, cast
from uuid import UUID

from rentomatic.domain.countries import ALPHA_2

Number = TypeVar("Number", int, float)

# Smaller numbers of degrees become 0: PostgreSQL rejects their squares.
SMALLEST_DEGREES = 1e-100

# uuid.UUID() ignores hyphens, braces and urn:uuid: at any position, and its int() also accepts
# underscores, spaces and non-ASCII digits.
UUID_SYNTAX = r"(?:urn:uuid:)?\{?(?:[0-9a-fA-F]-?){32}\}?"
_CANONICAL = re.compile("-".join(f"[0-9a-f]{{{digits}}}" for digits in (8, 4, 4, 4, 12)))

NO_TEXT = (None, "")  # of a part that may be missing
MAX_URL = 2000  # characters
_REST = r"[^\s\x00-\x20<>\"\\\x7f-\xa0\u2028\u2029\ufeff]"
_HOST = r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?"
HTTPS = rf"https://{_HOST}([/?#]{_REST}*)?"  # RFC 3986
CONTACT = rf"{HTTPS}|mailto:{_REST}+|tel:\+?[0-9().-]+"  # RFC 6068, RFC 3966
KEPT_PHOTO = r"/photos/[0-9a-f]{64}\.webp"
PHOTO = f"{HTTPS}|{KEPT_PHOTO}"
# Control characters, except tab and newline; separators of lines; halves of surrogate pairs.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Any script, without blanks and the punctuation of ASCII, except hyphens and apostrophes between
# letters.
_LETTERS = r"[^\s\x00-/:-@\[-`{-~\x7f-\xa0\u2028\u2029\ufeff]+"
WORD = f"{_LETTERS}(?:['-]+{_LETTERS})*"


class FieldType(Protocol):
    """The type of a field; its text names the JSON type and the range."""

    def check(self, value: Any) -> Any:
        """Return the normalized value, or raise ValueError."""


class Photo(TypedDict):
    """The URL of a photo (https, or the path of one kept here), and its alternative text."""

    url: str
    alt: NotRequired[str]


class Address(TypedDict, total=False):
    """The parts of a postal address; the country is a code of ISO 3166-1 alpha-2."""

    street: str
    postcode: str
    locality: str
    region: str
    country: str


class Door(TypedDict):
    """The exact position of a room, and the parts of its address that show it."""

    longitude: float
    latitude: float
    street: NotRequired[str]
    postcode: NotRequired[str]


ADDRESS_PARTS = tuple(Address.__annotations__)
DOOR_PARTS = ("street", "postcode")  # of the address


@dataclass(frozen=True)
class Code:
    """A UUID as canonical lower-case text."""

    def __str__(self) -> str:
        return "UUID"

    def check(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError("must be a UUID")
        return canonical_code(value)


@dataclass(frozen=True)
class Whole:
    """A whole number."""

    minimum: int
    maximum: int

    def __str__(self) -> str:
        return f"integer, {self.minimum} to {self.maximum}"

    def check(self, value: Any) -> int:
        if not isinstance(_number(value), int):
            raise ValueError("must be a whole number")
        return _in_range(self, int(value))


@dataclass(frozen=True)
class Degrees:
    """A longitude or latitude (EPSG:4326)."""

    minimum: int
    maximum: int

    def __str__(self) -> str:
        return f"number, {self.minimum} to {self.maximum}"

    def check(self, value: Any) -> float:
        return self.normalized(_number(value))

    def normalized(self, number: float) -> float:
        """Return the number of degrees, or raise ValueError if it is out of range."""
        # -0.0 also becomes 0.0: they are equal, but some storages keep them apart.
        return 0.0 if abs(number) <= SMALLEST_DEGREES else float(_in_range(self, number))


@dataclass(frozen=True)
class Text:
    """Text of at most `maximum` characters, without blanks around it."""

    maximum: int
    has_lines: bool = False

    def __str__(self) -> str:
        return f"text of up to {self.maximum} characters"

    def check(self, value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError("must be text")
        text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
        if not self.has_lines and "\n" in text:
            raise ValueError("must be one line")
        if found := _UNPRINTABLE.search(text):
            raise ValueError(f"must not contain the character U+{ord(found[0]):04X}")
        if not text:
            raise ValueError("must not be empty")
        if len(text) > self.maximum:
            raise ValueError(f"must not have more than {self.maximum} characters")
        return text


@dataclass(frozen=True)
class Word:
    """A lower-case word."""

    maximum: int = 50

    def __str__(self) -> str:
        return f"text of up to {self.maximum} characters"

    def check(self, value: Any) -> str:
        # The lower case of İ has two characters.
        word = Text(self.maximum).check(value).replace("İ", "i").lower()
        if not re.fullmatch(WORD, word):
            raise ValueError("must be a word without blanks and punctuation, such as living-room")
        return word


@dataclass(frozen=True)
class Words:
    """A list of up to `maximum` different words; duplicates are removed."""

    maximum: int
    word = Word()

    def __str__(self) -> str:
        return f"array of up to {self.maximum} words"

    def check(self, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list | tuple):
            raise ValueError("must be a list of words")
        words = tuple(dict.fromkeys(map(self.word.check, value)))
        if len(words) > self.maximum:
            raise ValueError(f"must not have more than {self.maximum} words")
        return words


@dataclass(frozen=True)
class Url:
    """A URL that matches a pattern; messages name `starts`, the beginnings that it allows."""

    pattern: str
    starts: str

    def __str__(self) -> str:
        return f"text of up to {MAX_URL} characters"

    def check(self, value: Any) -> str:
        url = Text(MAX_URL).check(value)
        if not re.fullmatch(self.pattern, url):
            raise ValueError(f"must be a URL that begins with {self.starts}")
        return url


@dataclass(frozen=True)
class Photos:
    """A list of up to `maximum` photos; the first is the cover."""

    maximum: int
    alt = Text(500)
    url = Url(PHOTO, "https://")

    def __str__(self) -> str:
        return f"array of up to {self.maximum} objects with `url` and, optionally, `alt`"

    def check(self, value: Any) -> tuple[Photo, ...]:
        if not isinstance(value, list | tuple):
            raise ValueError("must be a list of photos")
        if len(value) > self.maximum:
            raise ValueError(f"must not have more than {self.maximum} photos")
        return tuple(self._photo(number, each) for number, each in enumerate(value, 1))

    def _photo(self, number: int, value: Any) -> Photo:
        if not isinstance(value, Mapping) or not {"url"} <= value.keys() <= {"url", "alt"}:
            raise ValueError(f"photo {number} must have a url, and may have an alt")
        try:
            url: Photo = {"url": self.url.check(value["url"])}
            if value.get("alt") in NO_TEXT:
                return url
            return {"alt": self.alt.check(value["alt"]), **url}
        except ValueError as error:
            raise ValueError(f"photo {number} {error}") from None


@dataclass(frozen=True)
class PostalAddress:
    """An address; empty parts are left out."""

    part = Text(200)

    def __str__(self) -> str:
        return "object of " + ", ".join(f"`{name}`" for name in ADDRESS_PARTS)

    def check(self, value: Any) -> Address:
        if not isinstance(value, Mapping):
            raise ValueError("must be an object")
        if unknown := [name for name in value if name not in ADDRESS_PARTS]:
            raise ValueError(f"has the unknown part {unknown[0]!r}")
        parts = {n: self._named(n, part) for n, part in value.items() if part not in NO_TEXT}
        if not parts:
            raise ValueError(f"must have one of {', '.join(ADDRESS_PARTS)}")
        return cast(Address, in_order(parts))

    def check_part(self, name: str, value: Any) -> str:
        """Return the normalized part, or raise ValueError."""
        text = self.part.check(value)
        if name == "country" and text not in ALPHA_2:
            raise ValueError("must be a country code of ISO 3166-1 alpha-2, such as DE")
        return text

    def _named(self, name: str, value: Any) -> str:
        try:
            return self.check_part(name, value)
        except ValueError as error:
            raise ValueError(f"{name} {error}") from None


@dataclass(frozen=True)
class ExactPosition:
    """A Door, which a storage keeps beside the position that visitors see."""

    degrees = (("longitude", Degrees(-180, 180)), ("latitude", Degrees(-90, 90)))

    def __str__(self) -> str:
        return "object of `longitude`, `latitude`, `street`, `postcode`"

    def check(self, value: Any) -> Door:
        if not isinstance(value, Mapping):
            raise ValueError("must be an object")
        numbers = {name: type_.check(value.get(name)) for name, type_ in self.degrees}
        parts = {n: PostalAddress().check_part(n, value[n]) for n in DOOR_PARTS if n in value}
        return cast(Door, in_order(numbers | parts))


@dataclass(frozen=True)
class Time:
    """A time in UTC, of text in ISO 8601: a date means its start, the default time zone is UTC."""

    def __str__(self) -> str:
        return "time"

    def check(self, value: Any) -> datetime:
        try:
            time = datetime.fromisoformat(value)
            return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            raise ValueError("must be a date or time such as 2030-01-31T18:00Z") from None


def in_order(members: Mapping[str, Any]) -> dict[str, Any]:
    """Sort members as PostgreSQL's jsonb does: the shorter names first.

    So optional members, and those of addresses and photos, have one order in every storage.
    """
    return {name: members[name] for name in sorted(members, key=lambda name: (len(name), name))}


def canonical_code(text: str) -> str:
    """Convert a UUID to its canonical form (RFC 9562, section 4), or raise ValueError."""
    # Most codes are canonical: a UUID object would take ten times as long.
    if _CANONICAL.fullmatch(text):
        return text
    if not re.fullmatch(UUID_SYNTAX, text):
        raise ValueError("must be a UUID")
    return str(UUID(text))


def _in_range(type_: Whole | Degrees, number: Number) -> Number:
    """Return the number, or raise ValueError if it is not in the range of the type."""
    if not type_.minimum <= number <= type_.maximum:
        raise ValueError(f"must be from {type_.minimum} to {type_.maximum}")
    return number


def _number(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("must be a number")
    return value
