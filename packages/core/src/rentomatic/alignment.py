"""Rows of text as lines whose columns stand below each other."""

from collections.abc import Iterator, Sequence


def aligned(rows: Sequence[Sequence[str]], sides: Sequence[str]) -> Iterator[str]:
    """Yield a line for each row, its cells at the left (<) or right (>) side of their columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, sides, widths, strict=True)
        yield "  ".join(f"{cell:{side}{width}}" for cell, side, width in cells).rstrip() + "\n"
