"""Names that a part of the document may have, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import overload


class Offers(Sequence[str]):
    """Candidates of which the others are made only where the first ones are not enough: they are long, and seldom needed."""

    def __init__(self, first: Sequence[str], others: Callable[[], Sequence[str]]) -> None:
        self._made, self._others = [*first], others

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        """Give the candidate at an index."""
        if not isinstance(index, int) or index >= len(self._made):
            len(self)
        return self._made[index]

    def __len__(self) -> int:
        """Make all candidates, and count them."""
        others, self._others = self._others, tuple
        self._made += others()
        return len(self._made)
