"""Lists of names as text: as rows of a table, so many short names would take twice the space.

A line has the number of characters that its key shares with the key before (as a character from 0
on), the rest of the key, the id of the place to base 36 unless it is the one before, and the name
as people write it.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise, takewhile
from typing import NamedTuple

# Instead of the name as people write it.
OWN = ""  # the place's own name
LATER_WORD = "-"  # the key begins with a later word of the place's own name
TITLE = "="  # the key with capitals

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Name(NamedTuple):
    key: str
    place: int
    text: str

    @property
    def is_code(self) -> bool:
        """Whether it is the code of an airport, such as LAX."""
        return len(self.text) == 3 and self.text.isascii() and self.text.isupper()

    @property
    def written(self) -> str:
        """The name as people write it, empty for the place's own name."""
        if self.text in (OWN, LATER_WORD) or self.is_code:
            return ""
        return self.key.title() if self.text == TITLE else self.text


NOTHING = Name("", 0, "")


def encode(names: Iterable[Name]) -> str:
    return "\n".join(line_of(name, before) for before, name in pairwise([NOTHING, *names]))


def line_of(name: Name, before: Name) -> str:
    """Return the line of a name after another one in a list."""
    pairs = zip(before.key, name.key, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    place = "" if name.place == before.place else _base36(name.place)
    return f"{chr(ord('0') + shared)}{name.key[shared:]}\t{place}\t{name.text}"


def decode(text: str) -> Iterator[Name]:
    key, place = NOTHING.key, NOTHING.place
    for line in text.split("\n"):
        rest, digits, name = line.split("\t")
        key = key[: ord(rest[0]) - ord("0")] + rest[1:]
        place = int(digits, 36) if digits else place
        yield Name(key, place, name)


def _base36(number: int) -> str:
    high, low = divmod(number, 36)
    return (_base36(high) if high else "") + _DIGITS[low]
