"""Unions that recurse: a table tells their branches apart, else pydantic would try 2^depth of them for a body."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ..circles import circles
from ..python import types
from ..python.types import NONE, Annotated, Branches, Class, Constraint, Generic, Tagged, Type, Union
from ..schemas.normal_form import Flattener
from .definitions import Annotation, Definition
from .unions import table

ARRAY = Constraint("JsonArray")
"""Takes a list for a tuple: what is tried again is no JSON text any more."""
NESTED = Constraint("LeadsBack")
"""Marks an alias that leads back to itself, by no class."""
EITHER = frozenset({"array", "object"})
TRIED = 1_000
"""Types that pydantic may try for one value and one part of it at each level: beyond, a union is read as one that recurses."""


def decide(definitions: Sequence[Definition], flattener: Flattener) -> None:
    """Put the table of branches beside each union that recurses, and mark what else does; in place, types have names."""
    decider = _Decider(definitions, flattener)
    for one in definitions:
        decider.mark(one)
        _change(one, lambda found, name=one.name: decider.decided(found, name))  # type: ignore[misc]
    if _mark_nested(definitions) or decider.tries_again:
        for one in definitions:
            _change(one, _with_arrays)


def _change(definition: Definition, change: Callable[[Type], Type]) -> None:
    """Change each type of a definition."""

    def changed(one: Annotation) -> Annotation:
        found = change(one.known)
        return one if found is one.known else replace(one, type=found)

    if definition.kind == "alias":
        definition.annotation = changed(definition.annotation)
    if isinstance(definition.extra, Annotation):
        definition.extra = changed(definition.extra)
    found = [(one, changed(one.annotation)) for one in definition.properties]
    definition.properties = [one if new is one.annotation else replace(one, annotation=new) for one, new in found]


def _mark_nested(definitions: Sequence[Definition]) -> bool:
    """Mark what leads back to itself beside the unions that have a table; whether there is any."""
    by_name = {one.name: one for one in definitions}
    circles_of = _circles(definitions, _outside_tables)
    found = [one for one in definitions if circles_of[one.name] and not (one.rule or one.tags or one.base)]
    for one in found:
        one.nests = one.kind == "class"
        if not any(by_name[name].kind == "class" for name in circles_of[one.name]):
            one.annotation = replace(one.annotation, type=types.annotated(one.annotation.known, (NESTED,)))
    return bool(found)


class _Decider:
    """Finds the unions that recurse; `tries_again` says whether there is one: its values may be read again."""

    def __init__(self, definitions: Sequence[Definition], flattener: Flattener) -> None:
        self._flattener = flattener
        self._by_name = {one.name: one for one in definitions}
        self._circles = _circles(definitions)
        self._tried = _tried(definitions)
        self.tries_again = False

    def decided(self, one: Type, owner: str) -> Type:
        """Return a type of a definition with a table beside each union in it that leads back to the definition."""
        if isinstance(one, Generic):
            return replace(one, arguments=tuple(self.decided(part, owner) for part in one.arguments))
        if isinstance(one, Annotated):
            inner = self.decided(one.inner, owner)
            if isinstance(inner, Annotated):  # a tag is part of the table
                tag = next((each for each in one.metadata if isinstance(each, Tagged)), None)
                others = tuple(each for each in one.metadata if each is not tag)
                return Annotated(inner.inner, (*self._table(one.inner, tag), *others))
            return replace(one, inner=inner)
        if isinstance(one, Union):
            found = types.union(self.decided(part, owner) for part in one.parts)
            return types.annotated(found, self._table(one, None) if self._recurses(one, owner) else ())
        return one

    def mark(self, one: Definition) -> None:
        """Mark a class that is judged by a rule of its own and leads back to itself."""
        if one.rule and not (one.tags or one.base or one.loose) and self._circles[one.name]:
            one.recurses = self.tries_again = True

    def _recurses(self, one: Union, owner: str) -> bool:
        """Whether a member leads back to the definition, or to very many, and another one is tried for the same value."""
        back = self._circles[owner].intersection(types.classes(one)) or _count(one, self._tried) > TRIED
        return bool(back) and sum(part != NONE for part in one.parts) > 1

    def _kinds(self, one: Type) -> frozenset[str]:
        """Name the JSON types with parts that a member may accept."""
        if isinstance(one, Annotated):
            return self._kinds(one.inner)
        if isinstance(one, Union):
            return frozenset[str]().union(*(self._kinds(part) for part in one.parts))
        if isinstance(one, Class) and one.name in self._by_name:
            definition = self._by_name[one.name]
            return frozenset({"object"}) if definition.kind == "class" and not definition.loose else EITHER
        known = {"dict": "object", "list": "array", "tuple": "array", "Loose": ""}
        kind = known.get(types.head(one), "-")
        return frozenset({kind}) if kind else EITHER

    def _table(self, one: Type, tag: Tagged | None) -> tuple[Branches]:
        objects = [part for part in types.alternatives(one) if part != NONE and "object" in self._kinds(part)]
        classes = [self._by_name.get(part.name) if isinstance(part, Class) else None for part in objects]
        found = Branches(tag=tag) if tag is not None and tag.binding else table(classes, tag, self._flattener)
        self.tries_again = True
        return (found,)


def _circles(
    definitions: Sequence[Definition], classes: Callable[[Type], Iterable[str]] = types.classes
) -> dict[str, frozenset[str]]:
    """Give the name of each definition the names of all that lead to it and that it leads to: none if it does not recurse."""
    positions = {one.name: index for index, one in enumerate(definitions)}
    mentioned = [{positions[name] for name in _mentions(one, classes) if name in positions} for one in definitions]
    for index, one in enumerate(definitions):
        if one.base is not None:  # which may be read as the class that extends it
            mentioned[index].add(positions[one.base.name])
            mentioned[positions[one.base.name]].add(index)
    result: dict[str, frozenset[str]] = {}
    for circle in circles([sorted(one) for one in mentioned]):
        names = frozenset(definitions[index].name for index in circle)
        recurses = len(circle) > 1 or circle[0] in mentioned[circle[0]]
        result |= dict.fromkeys(names, names if recurses else frozenset())
    return result


def _tried(definitions: Sequence[Definition]) -> dict[str, int]:
    """Count the types that may be tried for a value of each definition, and for one part of it at each level, by its name."""
    positions = {one.name: index for index, one in enumerate(definitions)}
    mentioned = [
        {positions[name] for name in _mentions(one, types.classes) if name in positions} for one in definitions
    ]
    result: dict[str, int] = {}
    for circle in circles(
        [sorted(one) for one in mentioned]
    ):  # each after what it mentions; unions in circles have tables
        result |= {
            one.name: 1 + max((_count(each, result) for each in _held(one)), default=0)
            for one in map(definitions.__getitem__, circle)
        }
    return result


def _count(one: Type, known: Mapping[str, int]) -> int:
    """Count the types that may be tried for one value, and for one part of it at each level."""
    if isinstance(one, Class):
        return known.get(one.name, 1)
    found = [_count(part, known) for part in types.parts(one)]
    return sum(found) if isinstance(one, Union) else max(found, default=1)


def _outside_tables(one: Type) -> Iterator[str]:
    """Yield the names of the classes and aliases that a type mentions beside the unions that have a table."""
    if isinstance(one, Class):
        yield one.name
    has_table = isinstance(one, Annotated) and any(isinstance(each, Branches) for each in one.metadata)
    for part in () if has_table else types.parts(one):
        yield from _outside_tables(part)


def _mentions(one: Definition, classes: Callable[[Type], Iterable[str]]) -> list[str]:
    return [name for each in _held(one) for name in classes(each)]


def _held(one: Definition) -> list[Type]:
    """List the types of a definition: of its properties, or what it stands for."""
    annotations = [one.annotation] if one.kind == "alias" else [each.annotation for each in one.properties]
    annotations += [one.extra] if isinstance(one.extra, Annotation) else []
    return [each.known for each in annotations]


def _with_arrays(one: Type) -> Type:
    """Have each tuple take a list of JSON."""
    if isinstance(one, Generic):
        found = replace(one, arguments=tuple(_with_arrays(part) for part in one.arguments))
        return types.annotated(found, (ARRAY,)) if one.name == "tuple" else found
    if isinstance(one, Annotated):
        inner = _with_arrays(one.inner)
        if isinstance(inner, Annotated):
            added = tuple(each for each in inner.metadata if each not in one.metadata)
            return Annotated(inner.inner, (*added, *one.metadata))
        return replace(one, inner=inner)
    return types.union(_with_arrays(part) for part in one.parts) if isinstance(one, Union) else one
