"""Names of places as keys: without case, accents and punctuation."""

import re

from rentomatic.domain.words import fold

MAX_KEY = 60  # characters; longer names and texts are cut off

# Characters inside a word: Xi'an and Xian are one name, and so are Ta‘izz and Taizz.
APOSTROPHES = "'’‘ʻʼʾʿ`´"
_JOINING = re.compile(f"[{APOSTROPHES}·・]")
_INITIAL = re.compile(r"\b(\w)\.(?=\w\b)")  # D.C. is DC
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_ABBREVIATIONS = {
    "st": "saint",
    "ste": "sainte",
    "sta": "santa",
    "sto": "santo",
    "mt": "mount",
    "ft": "fort",
}
# Letters that people write for one another in Arabic and Persian.
_LETTERS = str.maketrans("ةىیک", "هييك")


def key_of(name: str) -> str:
    """Return the name as folded words with one blank between them: "saint louis" for St. Louis."""
    joined = _INITIAL.sub(r"\1", _JOINING.sub("", fold(name).translate(_LETTERS)))
    words = _BETWEEN_WORDS.sub(" ", joined).split()
    # The last word of a text may be the beginning of another word: St is Stockholm, too.
    words[:-1] = [_ABBREVIATIONS.get(word, word) for word in words[:-1]]
    return " ".join(words)[:MAX_KEY]
