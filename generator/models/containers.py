"""Arrays, and objects without a class, as annotations: what they hold, and by which keys."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

from ..python import types
from ..python.escaping import py
from ..python.types import STR, VALUE, Constraint, Field, Generic, Literal, Type
from ..schemas.normal_form import COMPONENT, Flat, Flattener, PlacedSchema
from ..schemas.patterns import linear, matches_all
from .definitions import Annotation, Site
from .scalars import concealed, impossible, lengths, letters, ordered, string

EMPTY, ARRAY = Constraint("MaxLen", "0"), Constraint("JsonArray")


class Containers:
    """Annotates what holds other values; `rest` of each method are keywords that the type does not express yet."""

    def __init__(
        self, flattener: Flattener, inside: Callable[[PlacedSchema, Site], Annotation], *, is_read_again: bool
    ) -> None:
        """Take what annotates a schema that stands inside of another one."""
        self._flattener = flattener
        self._inside = inside
        self._is_read_again = is_read_again

    # Arrays

    def array(self, flat: Flat, site: Site, rest: set[str]) -> Type:
        """Write a tuple if all its items are required and there are no others, else a list."""
        if impossible(flat, "maxItems"):
            rest.add("maxItems")
        if flat.prefix:
            return self._tuple(flat, site, rest)
        if flat.items is not None and flat.items.schema is False:
            if flat.bounds.get("minItems", 0) > 0:
                rest.add("minItems")
            return types.annotated(types.list_of(VALUE), (EMPTY,))
        item = self._inside(flat.items, site.at("Item")).known if flat.items is not None else VALUE
        return types.annotated(types.list_of(item), lengths(flat, "minItems", "maxItems"))

    def _tuple(self, flat: Flat, site: Site, rest: set[str]) -> Type:
        """Write `prefixItems`. Of a list, each item has one of their types, or that of `items`: the rule says where.

        If `items` says nothing, an item that stands after them may be anything.
        """
        size = len(flat.prefix)
        low, high = flat.bounds.get("minItems", 0), flat.bounds.get("maxItems", math.inf)
        closed = high <= size or (flat.items is not None and flat.items.schema is False)
        hints = [f"Item{letters(index)}" for index in range(size)]
        if closed and low == size <= high:
            parts = tuple(self._held(flat.prefix, site, hints))
            return types.annotated(Generic("tuple", parts), (ARRAY,) if self._is_read_again else ())
        rest.add("prefixItems")
        schemas = [
            *flat.prefix[: int(min(high, size))],
            *([flat.items] if flat.items is not None and not closed else []),
        ]
        found = self._held(schemas, site, [*hints[: len(schemas)], "Item"])
        item = either(found) if closed or flat.items is not None else conditional(found)
        if flat.items is not None and closed and high > size:
            flat = replace(flat, bounds={**flat.bounds, "maxItems": size})
        return types.annotated(types.list_of(item), lengths(flat, "minItems", "maxItems"))

    # Objects

    def map(self, flat: Flat, site: Site, rest: set[str]) -> Type:
        """Write an object without declared properties as a dictionary."""
        if flat.required:
            rest.add("required")
        if impossible(flat, "maxProperties"):
            rest.add("maxProperties")
        if not flat.patterns and flat.additional is not None and flat.additional.schema is False:
            if flat.bounds.get("minProperties", 0) > 0:
                rest.add("minProperties")
            return types.annotated(types.map_of(VALUE), (EMPTY,))
        key = self._key(flat, site, rest)
        value = self.further(flat, site)
        found = types.annotated(Generic("dict", (key, value)), lengths(flat, "minProperties", "maxProperties"))
        return found if flat.names is None else concealed(found, self._flattener.flat(flat.names))

    def further(self, flat: Flat, site: Site) -> Type:
        """Write what properties hold that are not declared.

        Each has the type of a pattern that its name matches, or the one of `additionalProperties`. If that one says
        nothing, a value that no pattern speaks of may be anything.
        """
        patterns = flat.patterns
        schemas = [one for one in patterns.values() if one.schema is not False]
        hints = [f"Value{letters(index)}" if len(schemas) > 1 else "Value" for index in range(len(schemas))]
        found = self._held(schemas, site, hints)
        if any(matches_all(pattern) for pattern in patterns):
            return either(found)
        if flat.additional is None:
            return conditional(found)
        if flat.additional.schema is not False:
            found += self._held([flat.additional], site, ["Value"])
        return either(found)

    def _key(self, flat: Flat, site: Site, rest: set[str]) -> Type:
        """Write what names of properties are: all text, or what `propertyNames` or a closed `patternProperties` let be one."""
        patterns = flat.patterns
        closed = flat.additional is not None and flat.additional.schema is False
        if len(patterns) == 1:
            (pattern,) = patterns
            if matches_all(pattern):
                rest.discard("patternProperties")
            elif (
                closed and flat.names is None and (written := linear(pattern)) and patterns[pattern].schema is not False
            ):
                rest.discard("patternProperties")
                return types.annotated(STR, (Field((("pattern", py(written)),)),))
        found = self._name(flat.names, site) if flat.names is not None else None
        if found is not None:
            rest.discard("propertyNames")
        return found or STR

    def _name(self, node: PlacedSchema, site: Site) -> Type | None:
        """Write the type of names; None where only a rule can judge them. They are text, whatever else their schema accepts."""
        flat, left = self._flattener.flat(node), set[str]()
        if flat.rest or flat.unions or "string" not in flat.types:
            return None
        if flat.enum is not None:
            values = [py(value) for value in flat.enum if isinstance(value, str)]
            found: Type | None = (
                Literal(tuple(dict.fromkeys(values))) if values and not flat.constrains("string") else None
            )
        else:
            found = string(replace(flat, format=None), {}, left)
        if found is None or left:
            return None
        reference = node.schema.get("$ref", "") if isinstance(node.schema, dict) and len(node.schema) == 1 else ""
        texts = flat.enum is not None and all(isinstance(value, str) for value in flat.enum)
        is_text = texts or (flat.enum is None and flat.types == ("string",) and flat.format is None)
        return self._inside(node, site.at("Name")).known if is_text and COMPONENT.fullmatch(str(reference)) else found

    def _held(self, schemas: Iterable[PlacedSchema], site: Site, hints: Iterable[str]) -> list[Type]:
        return [self._inside(one, site.at(hint)).known for one, hint in zip(schemas, hints, strict=False)]


def either(found: list[Type]) -> Type:
    """Join types; what may be anything takes all others up, and so does a lack of types."""
    return VALUE if not found or VALUE in found else types.union(ordered(found))


def conditional(found: list[Type]) -> Type:
    """Join types of which a value has one under some condition."""
    held = either(found)
    return held if held == VALUE else Generic("Conditional", (held,))
