"""The order of models.py: what a definition mentions stands before it; and circles, for which there is no such order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..circles import circles
from ..python.types import classes
from .definitions import Annotation, Definition


def before_use(definitions: Sequence[Definition]) -> list[Definition]:
    """Put each definition before those that mention it; all others, and those of a circle, keep their order.

    A class stands before those that extend it, in a circle too. Types hold keys, or names.

    Only what mentions a definition, directly or not, can move it.
    """
    positions = {name: index for index, one in enumerate(definitions) for name in (one.key, one.name)}
    mentioned = [sorted({positions[key] for key in mentions(one) if key in positions}) for one in definitions]
    found: dict[str, Definition] = {}
    for one in (definitions[index] for circle in circles(mentioned) for index in circle):
        chain = [one]
        while (base := chain[-1].base) is not None and base.key not in found and base.key in positions:
            chain.append(base)
        found |= {each.key: each for each in reversed(chain)}
    return list(found.values())


def circles_of_aliases(definitions: Sequence[Definition]) -> dict[str, frozenset[str]]:
    """Give the name of each alias the names of all that it leads to and that lead back to it through aliases alone."""
    aliases = [one for one in definitions if one.kind == "alias"]
    positions = {one.name: index for index, one in enumerate(aliases)}
    mentioned = [sorted({positions[name] for name in mentions(one) if name in positions}) for one in aliases]
    found = [frozenset(aliases[index].name for index in circle) for circle in circles(mentioned)]
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
