"""Which classes, aliases and rules the operations of a document lead to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..python.types import Type, references
from .definitions import Annotation, Definition


def reached(definitions: Sequence[Definition], roots: Iterable[Type]) -> frozenset[str]:
    """Give the names of all that types lead to; definitions have their names.

    A class leads to what it extends, and one with a discriminator to each class that a tag names, implicitly too: an object
    may be read as that one (OpenAPI 3.1, 4.8.25).
    """
    by_name = {one.name: one for one in definitions}
    pending = [name for one in roots for name in references(one)]
    found: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += _leads_to(by_name[name]) if name in by_name else ()
    return frozenset(found)


def _leads_to(definition: Definition) -> Iterator[str]:
    yield from references(definition.annotation.known)
    for one in definition.properties:
        yield from references(one.annotation.known)
    if isinstance(definition.extra, Annotation):
        yield from references(definition.extra.known)
    if definition.base is not None:
        yield definition.base.name
    if definition.tags is not None:
        yield from (name for _, name in definition.tags.classes)
