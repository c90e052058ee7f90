"""Schemas that are another one: a reference beside which nothing stands that the target does not imply."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..pointer import join
from .acceptance import AcceptedTypes
from .json_values import canonical, equal
from .keywords import ANNOTATIONS
from .normal_form import Flat, Flattener, PlacedSchema

_COMPONENT = re.compile(r"#/components/schemas/[^/]+")
_REFERRING = frozenset({"$ref", "allOf"})


class Targets:
    """Finds what a schema refers to: by `$ref`, or in an `allOf` (which is how 3.0 describes a reference)."""

    def __init__(self, flattener: Flattener, admits: AcceptedTypes) -> None:
        self._flattener = flattener
        self._admits = admits
        self._known: dict[str, str | None] = {}

    def __call__(self, node: PlacedSchema) -> str | None:
        """Return the pointer of the schema that a schema is, with words of its own perhaps; None if it is itself.

        The schema may refuse null, which its target accepts.
        """
        if not isinstance(node.schema, dict) or not node.schema.keys() & _REFERRING:
            return None
        if node.pointer not in self._known:
            self._known[node.pointer] = self._find(node)
        return self._known[node.pointer]

    def _find(self, node: PlacedSchema) -> str | None:
        parts = list(self._parts(node))
        found = {part for part in parts if isinstance(part, str)}
        beside = [part for part in parts if isinstance(part, PlacedSchema)]
        if len(found) != 1:
            return None
        (target,) = found
        if _COMPONENT.fullmatch(node.pointer) and "allOf" in node.schema and self._has_children(target):
            return None
        whole = self._flattener.at(target)
        return target if all(self.implies(whole, part, but=frozenset({"null"})) for part in beside) else None

    def _parts(self, node: PlacedSchema) -> Iterator[str | PlacedSchema]:
        """Go through what a schema is made of: references, and what else refuses values."""
        schema = node.schema
        if not isinstance(schema, dict):
            yield node
            return
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        parts = schema.get("allOf")
        for index, part in enumerate(parts if isinstance(parts, list) else ()):
            yield from self._parts(self._flattener.node(join(node.pointer, "allOf", index), part))
        if schema.keys() - ANNOTATIONS - _REFERRING:
            yield self._flattener.without(node, *_REFERRING) if schema.keys() & _REFERRING else node

    def _has_children(self, pointer: str) -> bool:
        """Whether the schema at a pointer has a discriminator that names components which extend it (3.1.1, 4.8.25)."""
        flat = self._flattener.flat(self._flattener.at(pointer))
        return flat.discriminator is not None and not flat.unions

    def implies(self, target: PlacedSchema, part: PlacedSchema, *, but: frozenset[str] = frozenset()) -> bool:
        """Whether a part accepts every value that a schema accepts, as its keywords show: the same ones, or wider ones.

        Values of the types in `but` do not count.
        """
        mine, theirs = self._flattener.flat(part), self._flattener.flat(target)
        if mine.rest or mine.unions or mine.additional or mine.items or mine.prefix:
            return False
        return (
            self._admits.kinds(target) - but <= {*mine.types, *({"integer"} if "number" in mine.types else ())}
            and mine.bounds.items() <= theirs.bounds.items()
            and mine.pattern in (None, theirs.pattern)
            and mine.format in (None, theirs.format)
            and set(mine.required) <= set(theirs.required)
            and _among(mine, theirs)
            and all(
                name in theirs.properties and equal(one.schema, theirs.properties[name].schema)
                for name, one in mine.properties.items()
            )
        )


def _among(mine: Flat, theirs: Flat) -> bool:
    """Whether one enum has all values of another; no enum has every value."""
    if mine.enum is None:
        return True
    listed = {canonical(value) for value in mine.enum}
    return theirs.enum is not None and listed.issuperset(canonical(value) for value in theirs.enum)
