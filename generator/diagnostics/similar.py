"""The name that was probably meant by one that nothing has."""

from __future__ import annotations

from collections.abc import Iterable

_GUESSES = 30  # names that similar ones are looked for: each is held against all candidates
_CANDIDATES = 2_000  # names that one is held against
_LONGEST = 60  # characters of a name that is compared: the time grows with their square


class Similar:
    """Finds names that resemble others, for the first few of many: documents and settings may hold any number of them."""

    def __init__(self) -> None:
        self._left = _GUESSES

    def find(self, name: str, candidates: Iterable[str], *, most: int = 1, cutoff: float = 0.6) -> list[str]:
        """List the candidates that are most like a name; none after the first few names, and none for long ones."""
        if not self._left or len(name) > _LONGEST:
            return []
        from difflib import get_close_matches

        self._left -= 1
        short = [one for one in candidates if len(one) <= _LONGEST][:_CANDIDATES]
        return get_close_matches(name, short, n=most, cutoff=cutoff)
