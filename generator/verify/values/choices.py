"""How a value is made: how full it is, where it will stand, and which of several possibilities is taken."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

_VALUES = 400  # in one instance, after which only what is required is made


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
    alternatives: int = 0  # of oneOf and anyOf that were chosen by turns

    def level(self, depth: int) -> int:
        """Return how full a value is at a depth: deep ones and those after many others are plain."""
        return 0 if depth > 6 or self.made > _VALUES else self.mode.level

    def pick(self, values: Sequence[T]) -> T:
        """Return one of several values: of a plain value's, the one that the index says."""
        return values[self.mode.index % len(values)] if self.mode.level == 0 else self.rng.choice(values)
