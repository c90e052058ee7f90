"""Components that extend another one by `allOf`, where that one has a discriminator (OpenAPI 3.1.1, 4.8.25)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..pointer import join, unescape
from .keywords import ANNOTATIONS
from .normal_form import DEEPEST, Flattener, PlacedSchema

_COMPONENT = re.compile(r"#/components/schemas/([^/&!]+)")
_NOTHING: Mapping[Any, Any] = {}


class Families:
    """Tells which component extends which, and by which values of a property they are told apart.

    A component has one parent: the first in its `allOf` that has a discriminator, or what extends that one in turn.
    """

    def __init__(self, flattener: Flattener, components: Iterable[str] = ()) -> None:
        """Take the pointers of all components."""
        self._flattener = flattener
        self._parents: dict[str, str] = {}
        self._children: dict[str, list[str]] = {}
        self._tags: dict[str, dict[str, str]] = {}
        self._named: dict[str, dict[str, list[str]]] = {}  # the values that name each member
        candidates = {pointer: list(self._candidates(pointer)) for pointer in components}
        for pointer, found in candidates.items():
            if parent := _nearest(pointer, found, candidates):
                self._parents[pointer] = parent
                self._children.setdefault(parent, []).append(pointer)

    @property
    def any(self) -> bool:
        """Whether a component extends another one."""
        return bool(self._parents)

    def parent(self, pointer: str) -> str:
        """Return the pointer of the component that one extends; the empty text if there is none."""
        return self._parents.get(pointer, "")

    def children(self, pointer: str) -> Sequence[str]:
        """Return the pointers of those that extend a component directly, in the order of the document."""
        return self._children.get(pointer, ())

    def property_name(self, pointer: str) -> str:
        """Return the property that tells a component apart from those that extend it, by its wire name."""
        name = (self._discriminator(pointer) or {}).get("propertyName")
        return name if isinstance(name, str) else ""

    def opens(self, pointer: str) -> bool:
        """Whether a component is told apart from those that extend it, by another property than its parent is."""
        name, parent = self.property_name(pointer), self.parent(pointer)
        return bool(name and self.children(pointer)) and (not parent or self.property_name(parent) != name)

    def tags(self, pointer: str) -> dict[str, str]:
        """List the values of the property with what they name: the component at a pointer, or one that extends it."""
        if pointer not in self._tags:
            self._tags[pointer] = self._find_tags(pointer, self.property_name(pointer))
            named = self._named.setdefault(pointer, {})
            for tag, target in self._tags[pointer].items():
                named.setdefault(target, []).append(tag)
        return self._tags[pointer]

    def _find_tags(self, pointer: str, name: str) -> dict[str, str]:
        members = dict.fromkeys(self._within(pointer))
        mapped: dict[str, str] = {}
        # What is extended hands its discriminator down: each is looked at once.
        listed = {id(found): found for found in (self._listed(member, name) for member in members)}
        for found in listed.values():
            for tag, target in self._placed(found):
                if target in members and self._accepts(target, name, tag):
                    mapped.setdefault(tag, target)
        tags, known = dict(mapped), set(mapped.values())
        for member in members:
            if member not in known and not (mapped and member == pointer):
                for tag in self._implicit(member, name):
                    tags.setdefault(tag, member)
        return tags

    def own_tags(self, pointer: str) -> dict[str, str]:
        """Give the value of each property that tells a component apart, if there is one only; a mapping has to name a root."""
        found: dict[str, str] = {}
        ancestor = pointer
        while ancestor:
            if self.opens(ancestor):
                self.tags(ancestor)
                tags, name = self._named[ancestor].get(pointer, []), self.property_name(ancestor)
                is_mapped = ancestor != pointer or any(
                    t == pointer for _, t in self._placed(self._listed(pointer, name))
                )
                if len(tags) == 1 and is_mapped:
                    found.setdefault(name, tags[0])
            ancestor = self.parent(ancestor)
        return found

    def _within(self, pointer: str) -> Iterator[str]:
        pending = [pointer]
        for one in pending:
            yield one
            pending += self.children(one)  # goes on with these

    def _candidates(self, pointer: str) -> Iterator[str]:
        """Yield what a component could extend: objects with properties and a discriminator that it refers to."""
        node = self._flattener.at(pointer)
        if not isinstance(node.schema, dict) or not self._is_object(node):
            return
        parts = node.schema.get("allOf")
        for part in (node.schema, *(parts if isinstance(parts, list) else ())):
            target = self._target(part)
            if target != pointer and _COMPONENT.fullmatch(target):
                found = self._flattener.at(target)
                if self._is_object(found) and self.property_name(target):
                    yield target

    def _target(self, schema: Any) -> str:
        """Follow a reference, and those that are nothing but a reference to another one."""
        target = ""
        for _ in range(DEEPEST):
            if not isinstance(schema, dict) or not isinstance(schema.get("$ref"), str):
                break
            target = schema["$ref"]
            schema = self._flattener.at(target).schema
            if not isinstance(schema, dict) or schema.keys() - ANNOTATIONS != {"$ref"}:
                break
        return target

    def _is_object(self, node: PlacedSchema) -> bool:
        """Whether a schema becomes a class."""
        flat = self._flattener.flat(node)
        kinds = set(flat.types) - {"null"} if flat.typed else {"object"}
        return bool(flat.properties) and kinds == {"object"} and flat.enum is None and not flat.unions

    def _discriminator(self, pointer: str) -> Mapping[str, Any] | None:
        return self._flattener.flat(self._flattener.at(pointer)).discriminator

    def _listed(self, pointer: str, name: str) -> Mapping[Any, Any]:
        """Give what a component's discriminator lists for a property."""
        found = self._discriminator(pointer) or {}
        mapping = found.get("mapping") if found.get("propertyName") == name else None
        return mapping if isinstance(mapping, Mapping) else _NOTHING

    def _placed(self, mapping: Mapping[Any, Any]) -> Iterator[tuple[str, str]]:
        """Yield the values in a mapping with the components that they name."""
        for tag, target in mapping.items():
            if isinstance(tag, str) and isinstance(target, str):
                placed = target if target.startswith("#") else join("#", "components", "schemas", target)
                yield tag, self._target({"$ref": placed})

    def _implicit(self, pointer: str, name: str) -> list[str]:
        """List the values that name a component without a mapping: its name, or the one constant that it accepts."""
        own = unescape(pointer.rpartition("/")[2])
        if self._accepts(pointer, name, own):
            return [own]
        enum = self._enum(pointer, name) or []
        return [enum[0]] if len(enum) == 1 and isinstance(enum[0], str) else []

    def _accepts(self, pointer: str, name: str, tag: str) -> bool:
        """Whether a component's property may have a value, as far as constants and types show."""
        node = self._flattener.flat(self._flattener.at(pointer)).properties.get(name)
        flat = self._flattener.flat(node) if node is not None else None
        return flat is None or ("string" in flat.types and (flat.enum is None or tag in flat.enum))

    def _enum(self, pointer: str, name: str) -> list[Any] | None:
        node = self._flattener.flat(self._flattener.at(pointer)).properties.get(name)
        return self._flattener.flat(node).enum if node is not None else None


def _nearest(pointer: str, found: Sequence[str], candidates: Mapping[str, Sequence[str]]) -> str:
    """Choose the first candidate that no other one extends; none in a circle."""
    for one in found:
        above = set().union(*(_above(other, candidates) for other in found if other != one))
        if one not in above and pointer not in _above(one, candidates) | {one}:
            return one
    return ""


def _above(pointer: str, candidates: Mapping[str, Sequence[str]]) -> set[str]:
    """Find all that a component extends, directly or not."""
    met: set[str] = set()
    pending = list(candidates.get(pointer, ()))
    while pending:
        one = pending.pop()
        if one not in met:
            met.add(one)
            pending += candidates.get(one, ())
    return met
