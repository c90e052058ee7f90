"""Classes that extend another one: what they inherit, what they say otherwise, and the tags that tell them apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..python.types import VALUE, Literal, Name, Tagged, Type, alternatives, bare, classes, optional
from ..schemas.families import Families
from ..schemas.keywords import WORDS
from ..schemas.normal_form import Flattener, PlacedSchema
from .definitions import Annotation, Definition, Judged, Property, Site, expanded
from .order import mentions


class Inheritance:
    """Says of a class, while it is made, which one it extends, and how it is told apart."""

    def __init__(self, families: Families, flattener: Flattener) -> None:
        self._families = families
        self._flattener = flattener
        self.is_read_again = families.any
        """Whether JSON may be read again after Python has it (`_runtime/models/once.py`)."""

    def extend(self, definition: Definition, site: Site) -> None:
        """Note what a component's class extends, and the tags of those that extend it."""
        pointer = definition.pointer
        parent = self._families.parent(pointer)
        definition.direction = site.direction
        definition.extends = site.key(parent) if parent else ""
        if self._families.opens(pointer):
            found = ((tag, site.key(target)) for tag, target in self._families.tags(pointer).items())
            definition.tags = Tagged(self._families.property_name(pointer), tuple(found), binding=False)
        definition.own_tags = self._families.own_tags(pointer)

    def site(self, definition: Definition, wire_name: str, node: PlacedSchema, inner: Site) -> Site:
        """Place a property where it is said first, so that an inline class there is named after that component."""
        owner, parent = definition.pointer, self._families.parent(definition.pointer)
        while parent:
            said = self._flattener.flat(self._flattener.at(parent)).properties.get(wire_name)
            if said is None or said.pointer != node.pointer:
                break
            owner, parent = parent, self._families.parent(parent)
        return (inner if owner == definition.pointer else replace(inner, parent=inner.key(owner))).at(wire_name)

    def relatives(self, pointer: str) -> Iterator[str]:
        """Yield the components that one extends or that extend it, directly."""
        parent = self._families.parent(pointer)
        yield from [parent] if parent else []
        yield from self._families.children(pointer)


def link(definitions: Mapping[str, Definition]) -> None:
    """Lead each class to the one that it extends, if that became a class too and has nothing that this one lacks."""
    for one in definitions.values():
        base = definitions.get(one.extends)
        if base is not None and base.kind == one.kind == "class":
            lacks = {each.wire_name for each in base.properties} - {each.wire_name for each in one.properties}
            one.base = None if lacks else base  # a property may be hidden in its direction
    for one in definitions.values():
        if one.tags is not None:
            found = [(tag, key) for tag, key in one.tags.classes if key in definitions and _is(definitions[key], one)]
            one.tags = replace(one.tags, classes=tuple(found))
        elif one.base is None:
            one.properties = [replace(each, tag="") if each.tag else each for each in one.properties]


def _is(one: Definition | None, base: Definition) -> bool:
    while one is not None and one is not base:
        one = one.base
    return one is base


def inherit(definitions: Sequence[Definition], rules: dict[str, Judged]) -> list[Definition]:
    """Leave out of each class what it inherits; types have names, and bases stand before what extends them.

    A field whose type is no part of the inherited one keeps that one, and one of the `rules` judges the class. Inline
    classes that nothing mentions any longer are left out of the list that is returned.
    """
    aliases = {one.name: one.annotation.known for one in definitions if one.kind == "alias"}
    fields: dict[str, dict[str, Property]] = {}  # with the inherited ones, by key and wire name
    wider: set[str] = set()
    for one in definitions:
        inherited: dict[str, Property] = {}
        if one.base is not None:
            inherited = fields[one.base.key]
            wider |= _leave_out(one, one.base, inherited, aliases)
            if one.rule:
                rules[one.key] = Judged(one.node, Site(one.direction, "", ()))
        fields[one.key] = inherited | {each.wire_name: each for each in one.properties}
    wider -= {name for one in definitions for name in mentions(one) if name != one.name} if wider else set()
    gone = {one.key for one in definitions if one.parent and one.name in wider}
    for key in gone & rules.keys():
        del rules[key]
    return [one for one in definitions if one.key not in gone]


def _leave_out(
    one: Definition, base: Definition, inherited: Mapping[str, Property], aliases: Mapping[str, Type]
) -> set[str]:
    """Leave out what a class inherits; return the classes that fields had as their types before they kept the inherited one."""
    wider: set[str] = set()
    judged = set(one.rule)
    properties = []
    for each in one.properties:
        known, found = inherited.get(each.wire_name), each
        if known is not None and not _within(_read(each, aliases), _read(known, aliases)):
            found = replace(each, annotation=known.annotation)
            wider |= set(classes(each.annotation.known))
            judged.add("properties")
        if known is None or not _is_same(found, known):
            one.narrows |= known is not None and _read(found, aliases) != _read(known, aliases)
            properties.append(found)
    if isinstance(one.extra, Annotation) and isinstance(base.extra, Annotation) and one.extra != base.extra:
        one.extra = "allow"
        judged.add("additionalProperties")
    one.properties, one.rule = properties, tuple(sorted(judged))
    return wider


def _is_same(one: Property, known: Property) -> bool:
    """Whether a property is inherited as it is."""
    said = one.required, one.annotation, _words(one.node)
    return not one.tag and said == (known.required, known.annotation, _words(known.node))


def _words(node: PlacedSchema) -> dict[str, Any]:
    return {key: node.schema[key] for key in WORDS if key in node.schema} if isinstance(node.schema, dict) else {}


def _read(one: Property, aliases: Mapping[str, Type]) -> Type:
    """Return the type that a type checker sees, with what aliases stand for."""
    found = bare(expanded(one.annotation.known, aliases))
    return found if one.required else optional(found)


def _within(one: Type, other: Type) -> bool:
    """Whether each value of a type is one of another, as a type checker sees it."""
    if VALUE in (one, other) or one == other:
        return True
    wider = alternatives(other)
    return all(any(_is_part(each, part) for part in wider) for each in alternatives(one))


_OF_LITERALS = {"str": ("'", '"'), "int": tuple("-0123456789"), "bool": ("True", "False")}


def _is_part(one: Type, other: Type) -> bool:
    if isinstance(one, Literal):
        if isinstance(other, Literal):
            return set(one.values) <= set(other.values)
        begins = _OF_LITERALS.get(other.name, ()) if isinstance(other, Name) else ()
        return bool(begins) and all(value.startswith(begins) for value in one.values)
    return one == other or (one == Name("int") and other == Name("float"))
