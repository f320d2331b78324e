"""Text for terminals: without control characters, and in columns."""

from collections.abc import Iterator, Sequence


def printable(value: object) -> str:
    """Escape control and format characters, so that text cannot control a terminal."""
    text = str(value)
    return text if text.isprintable() else "".join(map(_escaped, text))


def _escaped(character: str) -> str:
    return character if character.isprintable() else ascii(character)[1:-1]


def aligned(rows: Sequence[Sequence[str]], sides: Sequence[str]) -> Iterator[str]:
    """Yield a line for each row; `sides` aligns each column to the left (<) or right (>)."""
    rows = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, sides, widths, strict=True)
        yield "  ".join(f"{cell:{side}{width}}" for cell, side, width in cells).rstrip() + "\n"
