"""Withdraw the rooms of a source that a complete file no longer has."""

from collections.abc import Collection
from typing import NamedTuple

from rentomatic.errors import WithdrawalRefused

MAX_SHARE = 0.2  # of the rooms of the source


class Mirror(NamedTuple):
    """A source whose rooms are withdrawn unless they are put, or are among the `kept` codes.

    `kept` may grow while the rooms are read.
    """

    source: str
    kept: set[str]
    is_limited: bool = True

    def withdrawn(self, codes: Collection[str], put: Collection[str], dry_run: bool) -> list[str]:
        """Return which codes of the source's rooms are withdrawn, in order.

        Raises WithdrawalRefused like `check`, except in a dry run.
        """
        gone = sorted(code for code in codes if code not in put and code not in self.kept)
        if not dry_run:
            self.check(len(gone), len(codes))
        return gone

    def check(self, withdrawn: int, total: int) -> None:
        """Raise WithdrawalRefused if more than MAX_SHARE of all rooms would be withdrawn."""
        if self.is_limited and withdrawn > total * MAX_SHARE:
            raise WithdrawalRefused(self.source, withdrawn, total)
