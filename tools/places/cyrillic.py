"""Transliterations of Cyrillic names, which GeoNames has among the alternate names."""

from rentomatic_places.names import key_of

_LETTERS: dict[str, str | int | None] = {
    **dict(zip("абвгґдезиіјйклмнопрстћуўфцы", "abvggdeziijjklmnoprstcuufcy", strict=True)),
    "ё": "jo",
    "ж": "zh",
    "х": "kh",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "э": "eh",
    "ю": "ju",
    "я": "ja",
    "ї": "ji",
    "є": "je",
    "ђ": "d",
    "љ": "lj",
    "њ": "nj",
    "џ": "dz",
}


def transliterated(name: str) -> str:
    """Return the key of the transliteration that GeoNames has of a name."""
    return key_of(name.lower().translate(str.maketrans(_LETTERS)))
