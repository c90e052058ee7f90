"""Circles in a graph."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence


def circles(mentioned: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield the numbers of what mentions each other, in ascending order, after all that these mention; most are alone.

    `mentioned` gives what each mentions. (Tarjan, SIAM J. Comput. 1, 1972, without recursion: schemas may lie deep in each other.)
    """
    met: dict[int, int] = {}  # when each was met
    earliest: dict[int, int] = {}  # when the first was met that it leads back to
    waiting: list[int] = []  # met, and perhaps part of a circle that is not complete
    complete: set[int] = set()
    for start in range(len(mentioned)):
        path = [] if start in met else [(start, iter(mentioned[start]))]
        while path:
            index, others = path[-1]
            if index not in met:
                met[index] = earliest[index] = len(met)
                waiting.append(index)
            for other in others:
                if other not in met:
                    path.append((other, iter(mentioned[other])))
                    break
                if other not in complete:
                    earliest[index] = min(earliest[index], met[other])
            else:
                path.pop()
                if path:
                    above = path[-1][0]
                    earliest[above] = min(earliest[above], earliest[index])
                if earliest[index] == met[index]:
                    first = bisect_left(waiting, met[index], key=met.__getitem__)
                    circle = sorted(waiting[first:])
                    del waiting[first:]
                    complete.update(circle)
                    yield circle
