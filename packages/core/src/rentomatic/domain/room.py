"""The room. Its fields are declared here once; all other code reads the declaration."""

from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Self

from rentomatic.domain.fields import (
    CONTACT,
    Address,
    Code,
    Degrees,
    Door,
    ExactPosition,
    FieldType,
    Photo,
    Photos,
    PostalAddress,
    Text,
    Time,
    Url,
    Whole,
    Word,
    Words,
    in_order,
)
from rentomatic.domain.numbers import INT32_MAX
from rentomatic.domain.operators import LISTED, NOMINAL, NUMERIC, TEMPORAL, Operator
from rentomatic.errors import InvalidRequest, Problem

Value = str | int | float | datetime | None
EMPTY: dict[type, Any] = {Words: [], Photos: [], PostalAddress: {}}  # in JSON
MONEY = "money"  # a unit: the operator's currency, for the operator's rental period


@dataclass(frozen=True)
class Declared:
    """The declaration of a field; pages show `unit` after its value.

    `operators` are those of its filters. Optional fields are left out while they are empty;
    nullable ones are null if unknown. Secret ones are between a storage and `positions.py` alone.
    """

    type: FieldType
    description: str
    operators: tuple[Operator, ...] = ()
    unit: str = ""
    is_optional: bool = False
    is_nullable: bool = False
    is_secret: bool = False

    def check(self, value: Any) -> Any:
        """Return the normalized value, or raise ValueError."""
        return None if value is None and self.is_nullable else self.type.check(value)

    def is_empty(self, value: Any) -> bool:
        """Return whether an optional field is left out because of this value."""
        return self.is_optional and value in (None, "", (), EMPTY.get(type(self.type)))


def _required(*declaration: Any, **more: Any) -> Any:
    return field(metadata={"declared": Declared(*declaration, **more)})


def _optional(
    type_: FieldType,
    description: str,
    operators: tuple[Operator, ...] = (),
    unit: str = "",
    empty: Any = None,
) -> Any:
    declared = Declared(type_, description, operators, unit, is_optional=True)
    return field(default=empty, metadata={"declared": declared})


def _secret(type_: FieldType, description: str) -> Any:
    declared = Declared(type_, description, is_optional=True, is_secret=True)
    return field(default=None, metadata={"declared": declared})


class Saved:
    """Times that a storage keeps. A room has them only if a storage returned it with them."""

    __slots__ = ("created", "updated")
    created: datetime
    updated: datetime


@dataclass(frozen=True)
class Room(Saved):
    """A room to rent. The constructor raises InvalidRequest with the problems of all fields.

    `vars(room)` are its members: empty optional fields are not among them.
    """

    code: str = _required(Code(), "UUID, canonical lower-case text", NOMINAL)
    size: int | None = _required(
        Whole(1, INT32_MAX), "whole square metres", NUMERIC, "m²", is_nullable=True
    )
    price: int = _required(Whole(0, INT32_MAX), "whole euros per day", NUMERIC, MONEY)
    longitude: float = _required(Degrees(-180, 180), "degrees east, EPSG:4326", NUMERIC, "° east")
    latitude: float = _required(Degrees(-90, 90), "degrees north, EPSG:4326", NUMERIC, "° north")
    title: str | None = _optional(Text(200), "one line of text")
    description: str | None = _optional(Text(10_000, has_lines=True), "plain text")
    kind: str | None = _optional(
        Word(), "a lower-case word, such as room, studio, apartment, house or bed", NOMINAL
    )
    features: tuple[str, ...] = _optional(
        Words(60), "lower-case words, such as wifi or balcony", LISTED, empty=()
    )
    capacity: int | None = _optional(Whole(1, 1000), "number of people", NUMERIC, "people")
    min_nights: int | None = _optional(
        Whole(1, 3650), "number of nights of the shortest stay", NUMERIC, "nights"
    )
    photos: tuple[Photo, ...] = _optional(Photos(30), "photos; the first is the cover", empty=())
    address: Address | None = _optional(PostalAddress(), "postal address")  # noqa: RUF009
    url: str | None = _optional(
        Url(CONTACT, "https://, mailto: or tel:"),
        "URL where the room can be rented: https, mailto or tel",
    )
    source: str | None = _optional(Text(100), "name of the source of the offer", NOMINAL)
    reference: str | None = _optional(Text(200), "id of the offer at its source", NOMINAL)
    door: Door | None = _secret(ExactPosition(), "exact position, if another one is shown")  # noqa: RUF009

    def __post_init__(self) -> None:
        problems = []
        members = self.__dict__
        for name, declared in STORED_FIELDS.items():
            value = members[name]
            if declared.is_empty(value):
                del members[name]
                continue
            try:
                members[name] = declared.check(value)
            except ValueError as error:
                problems.append(Problem(name, str(error)))
        if problems:
            raise InvalidRequest(problems)
        for name in in_order(self.details):
            members[name] = members.pop(name)

    @classmethod
    def trusted(  # noqa: PLR0913
        cls,
        code: str,
        size: int | None,
        price: int,
        longitude: float,
        latitude: float,
        details: dict[str, Any] | None = None,
    ) -> Self:
        """Make a room of values that have been checked already.

        `details` are the optional fields that are not empty, `in_order`; lists may be of JSON.
        """
        room = object.__new__(cls)
        # Filling __dict__ costs a sixth of a frozen dataclass' own constructor, once per room of
        # every page.
        members = room.__dict__
        members["code"] = code
        members["size"] = size
        members["price"] = price
        members["longitude"] = longitude
        members["latitude"] = latitude
        if details:
            members |= details
            for name in LISTS:
                if name in details:
                    members[name] = tuple(details[name])
        return room

    def __hash__(self) -> int:
        return hash(self.code)

    @property
    def details(self) -> dict[str, Any]:
        """The optional fields that are not empty."""
        return {name: value for name, value in vars(self).items() if name not in REQUIRED}

    def changed(self, **members: Any) -> Self:
        """Return the room with other members, which are not checked, and with the same times.

        None removes an optional member.
        """
        details = {n: value for n, value in (self.details | members).items() if value is not None}
        required = [details.pop(name, getattr(self, name)) for name in REQUIRED]
        room = type(self).trusted(*required, *[in_order(details)])
        if hasattr(self, "created"):
            room._set_times(self.created, self.updated)
        return room

    def without_door(self) -> Self:
        """Return the room without its secret: a page of rooms needs this to be fast."""
        room = self._copy()
        room.__dict__.pop("door", None)
        if hasattr(self, "created"):
            room._set_times(self.created, self.updated)
        return room

    def saved(self, created: datetime, updated: datetime) -> Self:
        """Return the room with the times that a storage keeps."""
        room = self._copy()
        room._set_times(created, updated)
        return room

    def _copy(self) -> Self:
        room = object.__new__(type(self))
        object.__setattr__(room, "__dict__", self.__dict__.copy())
        return room

    def _set_times(self, created: datetime, updated: datetime) -> None:
        object.__setattr__(self, "created", created)
        object.__setattr__(self, "updated", updated)


STORED_FIELDS: dict[str, Declared] = {
    each.name: each.metadata["declared"] for each in fields(Room)
}
FIELDS = {name: declared for name, declared in STORED_FIELDS.items() if not declared.is_secret}
REQUIRED = tuple(name for name, declared in FIELDS.items() if not declared.is_optional)
OPTIONAL = tuple(name for name, declared in FIELDS.items() if declared.is_optional)
LISTS = tuple(name for name in FIELDS if isinstance(FIELDS[name].type, Words | Photos))

# Times that the storage keeps: rooms are selected and sorted by them, but do not show them.
TIMES = {
    "created": Declared(Time(), "time of the first save", TEMPORAL),
    "updated": Declared(Time(), "time of the last change", TEMPORAL),
}
