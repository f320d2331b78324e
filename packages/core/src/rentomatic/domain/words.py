"""Words of texts, for searches without regard to case and accents.

All storages compare these words, so that they find the same rooms.
"""

import re
import unicodedata
from collections.abc import Iterator

from rentomatic.domain.room import Room

MAX_WORD = 40  # characters; longer words are cut off

# Letters that Unicode does not decompose into a letter and an accent.
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
# Marks, and characters without a shape.
_IGNORED = ("Mn", "Mc", "Me", "Cf")
_WORD = re.compile(r"[^\W_]+")
# Scripts without blanks between words: Hiragana, Katakana, Han; also Thai, Lao, Myanmar, Khmer.
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]+)"
)

# Weights of the fields where a word occurs.
WEIGHTS = {"title": 4, "features": 2, "address": 2, "description": 1}


def words_in(text: str, is_query: bool = False) -> Iterator[str]:
    """Yield the folded words of a text.

    In unspaced scripts, each character with the next one is a word. So is the last one, except in
    a query, which finds it by the one before.
    """
    for run in _WORD.findall(fold(text)):
        for part in filter(None, _UNSPACED.split(run)):
            if _UNSPACED.match(part):
                pairs = max(len(part) - 1, 1) if is_query else len(part)
                yield from (part[start : start + 2] for start in range(pairs))
            else:
                yield part[:MAX_WORD]


def fold(text: str) -> str:
    """Return the text in lower case, without accents, vowel signs and soft hyphens."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(each for each in decomposed if unicodedata.category(each) not in _IGNORED)
    return unicodedata.normalize("NFC", letters.casefold().translate(_LETTERS))


def weights_of(room: Room) -> dict[str, int]:
    """Return the words of a room, each with the highest weight of the fields where it occurs."""
    weights: dict[str, int] = {}
    # From the lowest weight to the highest.
    for text, weight in (
        (room.description or "", WEIGHTS["description"]),
        (" ".join((room.address or {}).values()), WEIGHTS["address"]),  # type: ignore[arg-type]
        (" ".join(room.features), WEIGHTS["features"]),
        (room.title or "", WEIGHTS["title"]),
    ):
        weights |= dict.fromkeys(words_in(text), weight)
    return weights


def query_words(text: str) -> tuple[str, ...]:
    """Return the different words of a query, in their order."""
    return tuple(dict.fromkeys(words_in(text, is_query=True)))


def relevance(room: Room, words: tuple[str, ...]) -> int:
    """Sum up, for each word, the highest weight of a word of the room that begins with it.

    The sum is 0 if there is none for one of the words.
    """
    weights = weights_of(room)
    best = [
        max((weight for each, weight in weights.items() if each.startswith(word)), default=0)
        for word in words
    ]
    return sum(best) if all(best) else 0
