"""Which module of a split package has which classes: one for each component, or for a circle of components.

A component has its module for itself, with its inline classes and its forms in both directions. Those that lead to each
other share one, called after the one that comes first in the document: so an import between modules can stand at the top,
and adding or using a schema moves no class, unless that closes or opens a circle, or two modules would be called the same: then
neither has that name (`names.settle`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from ..circles import circles
from ..ir import ModelModule
from ..pointer import join
from ..python import names
from ..python.types import Type
from . import source
from .definitions import Definition
from .order import before_use, mentions

_COMPONENTS = join("#", "components", "schemas")
_MADE = re.compile("[!&]")
"""What follows the name of a component where we made a schema of it: `!without-…`, `&` another one. Names may hold it too."""

_NESTED = 40
"""So many modules import each other, one inside another; Python's limit of 1000 calls allows some 130, with the caller's own."""


@dataclass(slots=True)
class _Part:
    """A component, or an inline schema of an operation, by its pointer: its classes and aliases in the document's order."""

    pointer: str
    definitions: list[Definition] = field(default_factory=list)


def divide(
    definitions: Iterable[Definition],
    positions: Mapping[str, int],
    class_names: Mapping[str, str],
    components: Collection[str],
) -> dict[str, list[Definition]]:
    """Give the modules by name, in the order of the document, with the definitions of each; definitions have their names.

    `positions` are those of the definitions in the document, and `class_names` the names that components have, both by key;
    `components` are the pointers of all components.
    """
    circles_ = list(_circles(_parts(sorted(definitions, key=lambda one: positions[one.key]), components)))
    called = names.model_modules(
        {circle[0].pointer: class_names.get(circle[0].pointer, circle[0].definitions[0].name) for circle in circles_},
        {one.name for circle in circles_ for part in circle for one in part.definitions},
    )
    return {called[circle[0].pointer]: [one for part in circle for one in part.definitions] for circle in circles_}


def write(divided: Mapping[str, Sequence[Definition]], aliases: Mapping[str, Type]) -> tuple[ModelModule, ...]:
    """Write the modules."""
    homes = {one.name: name for name, mine in divided.items() for one in mine}
    imports = {
        name: {each: homes[each] for each in sorted(_needed(mine)) if homes[each] != name}
        for name, mine in divided.items()
    }
    first = _first({name: {*own.values()} for name, own in imports.items()})
    return tuple(
        ModelModule(
            name=name,
            classes=tuple(one.name for one in mine),
            first={divided[home][0].name: home for home in first[name]},
            imports=imports[name],
            source=source.write(before_use(mine), aliases),
        )
        for name, mine in divided.items()
    )


def _first(needed: Mapping[str, set[str]]) -> dict[str, list[str]]:
    """Give the modules that each module imports before all others: none, unless the imports lie deep in each other.

    Modules are in bands of `_NESTED`, by the longest way down. Whoever leads from one band to another imports the modules first
    at which bands are entered, the lowest first: then an import goes through one band only, and once through each one below it.
    Of the bands below, a module names those whose numbers are the beginnings of that of the next one, in binary: each of these
    does the same for those between. So a module names few, and few imports lie in each other.
    """
    depths: dict[str, int] = {}
    found: dict[str, set[str]] = {}
    for name in TopologicalSorter(needed).static_order():
        depths[name] = max((depths[one] + 1 for one in needed[name]), default=0)
        band = depths[name] // _NESTED
        below = {one for one in needed[name] if depths[one] // _NESTED < band}
        below = below.union(*(found[one] for one in needed[name]))
        found[name] = {one for one in below if depths[one] // _NESTED in _beginnings(band - 1)}
    return {name: sorted(below, key=lambda one: (depths[one] // _NESTED, one)) for name, below in found.items()}


def _beginnings(number: int) -> set[int]:
    """Take the last digits off a binary number, one after the other: 13 gives 13, 12, 8 and 0."""
    return {number >> digits << digits for digits in range(number.bit_length() + 1)} if number >= 0 else set()


def _parts(definitions: Sequence[Definition], components: Collection[str]) -> list[_Part]:
    by_key = {one.key: one for one in definitions}
    found: dict[str, _Part] = {}
    for one in definitions:
        pointer = _pointer(one, by_key, components)
        found.setdefault(pointer, _Part(pointer)).definitions.append(one)
    return list(found.values())


def _pointer(one: Definition, by_key: Mapping[str, Definition], components: Collection[str]) -> str:
    """Where the component stands that a class belongs to, or else the outermost schema: the same in both directions."""
    met: set[str] = set()
    while one.key not in met:
        met.add(one.key)
        inside = one.pointer.removeprefix(f"{_COMPONENTS}/")
        if inside != one.pointer:
            return _component(f"{_COMPONENTS}/{inside.partition('/')[0]}", components)
        one = by_key.get(one.parent, one)
    return one.pointer


def _component(pointer: str, components: Collection[str]) -> str:
    """The longest pointer of a component that one begins with, to its end or to what follows a name in a schema that we made."""
    ends = [len(pointer), *(found.start() for found in reversed([*_MADE.finditer(pointer)]))]
    return next((pointer[:end] for end in ends if pointer[:end] in components), pointer)


def _circles(parts: Sequence[_Part]) -> Iterator[list[_Part]]:
    """Yield what leads to each other, in the document's order; most are alone."""
    numbers = {one.name: index for index, part in enumerate(parts) for one in part.definitions}
    needed = [sorted({numbers[name] for name in _needed(part.definitions)}) for part in parts]
    for circle in sorted(circles(needed)):
        yield [parts[index] for index in circle]


def _needed(definitions: Iterable[Definition]) -> set[str]:
    """The names of classes and aliases that definitions have to have at hand: in types, as bases, by the tag of an object."""
    found: set[str] = set()
    for one in definitions:
        found.update(mentions(one))
        found.update(name for _, name in (one.tags.classes if one.tags else ()))
        if one.base is not None:
            found.add(one.base.name)
            found.discard(one.base.key)
    return found
