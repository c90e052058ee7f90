"""Where changes have an effect. An object that many operations share is compared once; its places are told from its uses."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from functools import cached_property

from ...records import record
from ..model import Place


class Uses:
    """The uses of an object: each an operation and the part of it that the object is, with its rank."""

    __slots__ = ("first", "ranks", "size")

    def __init__(self, first: Place, rank: int) -> None:
        self.first, self.ranks = first, {first: rank}
        self.size = 0
        """The ranks that one use takes."""


@record
class Spot:
    """A spot in an object, wherever that is used: `before` and `after` stand around the name of the part that it is."""

    uses: Uses
    before: str = ""
    after: str = ""

    @property
    def operation(self) -> str:
        """The operation of the first use."""
        return self.uses.first.operation

    @property
    def name(self) -> str:
        """As sentences call it at the first use: `header `X` of the response 200`."""
        return f"{self.before}{self.uses.first.part}{self.after}"

    def of(self, before: str, after: str) -> Spot:
        """A spot in this one."""
        return Spot(self.uses, before + self.before, self.after + after)

    def places(self, offset: int) -> Iterator[tuple[int, Place]]:
        """The spot at each use, with its rank: `offset` is that among the ranks of one use."""
        for use, rank in self.uses.ranks.items():
            if self.before or self.after:
                yield rank + offset, Place(operation=use.operation, part=f"{self.before}{use.part}{self.after}")
            else:
                yield rank + offset, use


class Spots:
    """Spots that have something in common. Their places are put in order once, as far as they are asked for."""

    def __init__(self) -> None:
        self._offsets: dict[Spot, int] = {}
        self._met: list[tuple[int, Place]] = []

    def add(self, spot: Spot, offset: int) -> None:
        """Add a spot; all are added before places are asked for."""
        self._offsets.setdefault(spot, offset)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._offsets)

    @cached_property
    def total(self) -> int:
        """The number of all places."""
        return sum(len(spot.uses.ranks) for spot in self._offsets)

    @cached_property
    def _rest(self) -> Iterator[tuple[int, Place]]:
        return heapq.merge(*(spot.places(offset) for spot, offset in self._offsets.items()), key=lambda each: each[0])

    def places(self, path: str) -> Iterator[tuple[int, Place]]:
        """The places, in the order in which they were met, each with its rank; `path` leads to the value in each."""
        index = 0
        while True:
            if index == len(self._met):
                following = next(self._rest, None)
                if following is None:
                    return
                self._met.append(following)
            rank, place = self._met[index]
            yield rank, Place(operation=place.operation, part=place.part, path=path) if path else place
            index += 1
