"""The order of models.py: what a definition mentions stands before it; and circles, for which there is no such order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from ..python.types import classes
from .definitions import Annotation, Definition


def before_use(definitions: Sequence[Definition]) -> list[Definition]:
    """Put each definition before those that mention it; all others, and those of a circle, keep their order.

    A class stands before those that extend it, in a circle too.

    Only what mentions a definition, directly or not, can move it.
    """
    positions = {one.key: index for index, one in enumerate(definitions)}
    mentioned = [sorted({positions[key] for key in mentions(one) if key in positions}) for one in definitions]
    found: dict[str, Definition] = {}
    for one in (definitions[index] for circle in _circles(mentioned) for index in circle):
        chain = [one]
        while (base := chain[-1].base) is not None and base.key not in found:
            chain.append(base)
        found |= {each.key: each for each in reversed(chain)}
    return list(found.values())


def circles_of_aliases(definitions: Sequence[Definition]) -> dict[str, frozenset[str]]:
    """Give the name of each alias the names of all that it leads to and that lead back to it through aliases alone."""
    aliases = [one for one in definitions if one.kind == "alias"]
    positions = {one.name: index for index, one in enumerate(aliases)}
    mentioned = [sorted({positions[name] for name in mentions(one) if name in positions}) for one in aliases]
    found = [frozenset(aliases[index].name for index in circle) for circle in _circles(mentioned)]
    return {name: circle for circle in found for name in circle}


def mentions(definition: Definition) -> Iterator[str]:
    """Yield the keys, or names, that the types of a definition mention, and what it extends."""
    if definition.base is not None:
        yield definition.base.key
    yield from classes(definition.annotation.known)
    for one in definition.properties:
        yield from classes(one.annotation.known)
    if isinstance(definition.extra, Annotation):
        yield from classes(definition.extra.known)


def _circles(mentioned: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Yield the numbers of what mentions each other, in ascending order, after all that these mention; most are alone.

    `mentioned` gives what each mentions. (Tarjan's algorithm, without recursion: schemas may lie deep in each other.)
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
