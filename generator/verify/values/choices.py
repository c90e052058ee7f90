"""How a value is made: how full it is, where it will stand, and which of several possibilities is taken."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from ..document.merging import TooLarge

T = TypeVar("T")

_VALUES = 400  # in one instance, after which only what is required is made
_MOST_VALUES = 10_000  # in one instance
_FOLLOWED = 50  # schemas for each value, on average
_MOST_CHARACTERS = 100_000  # of the texts in one instance


@dataclass(frozen=True, slots=True)
class Mode:
    """Which of the values that fit: `level` 0 plain, 1 full, 2 extreme; `index` chooses among several."""

    level: int
    index: int = 0


MINIMAL, FULL = Mode(0), Mode(1)


@dataclass(slots=True)
class Choices:
    """The mode of one value, and what was made and chosen for it so far.

    `use` is where the value will stand: json, form, multipart, or the location of a parameter.
    """

    rng: random.Random
    mode: Mode
    use: str
    made: int = 0  # values, nested ones included
    characters: int = 0  # of texts
    alternatives: int = 0  # of oneOf and anyOf that were chosen by turns
    followed: int = 0  # schemas, each for each way to it

    def spend(self, values: int, characters: int = 0) -> None:
        """Count what is about to be made. Raises TooLarge for more than one instance may have."""
        self.require(values, characters)
        self.made += values
        self.characters += characters

    def require(self, values: int, characters: int = 0) -> None:
        """Raise TooLarge if an instance would be larger than one may be, with so much more."""
        if self.made + values > _MOST_VALUES:
            raise TooLarge(f"a value of more than {_MOST_VALUES:,} values is asked for")
        if self.characters + characters > _MOST_CHARACTERS:
            raise TooLarge(f"texts of more than {_MOST_CHARACTERS:,} characters are asked for")

    def follow(self) -> None:
        """Count a schema that is followed. Raises TooLarge where schemas share so many that there is no end of ways."""
        self.followed += 1
        if self.is_lost:
            raise TooLarge("schemas share others so often that a value is not found soon")

    @property
    def is_lost(self) -> bool:
        """Whether more schemas were followed than the values need that were made."""
        return self.followed > _FOLLOWED * (_VALUES + self.made)

    def level(self, depth: int) -> int:
        """Return how full a value is at a depth: deep ones and those after many others are plain."""
        return 0 if depth > 6 or self.made > _VALUES else self.mode.level

    def pick(self, values: Sequence[T]) -> T:
        """Return one of several values: of a plain value's, the one that the index says."""
        return values[self.mode.index % len(values)] if self.mode.level == 0 else self.rng.choice(values)
