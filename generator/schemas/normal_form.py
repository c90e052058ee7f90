"""Schemas in one form: 3.1 terms, without `$ref` and `allOf`.

`Flattener.flat` intersects a schema with everything that its `$ref` and `allOf` bring. What the intersection can't hold
as keywords is named in `Flat.rest`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..parsing.limits import COMBINED, INHERITED, Spend
from ..pointer import join
from ..records import record
from .bounds import COUNTS, LARGEST, LOWER, UPPER, meet_types, tighter
from .json_values import equal, in_both
from .keywords import format_of, leftovers, words
from .patterns import judged_names
from .versions import modern

TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
COMPONENT = re.compile(r"#/components/schemas/[^/&!]+")
"""The pointer of a component, as the document has it."""
UNEVALUATED = frozenset({"unevaluatedProperties", "unevaluatedItems"})
BESIDE = "!without-"
"""Marks the pointer of a schema that was made of another by leaving keywords out."""
DEEPEST = 60
"""How many `allOf` and `$ref` may stand inside each other; deeper ones are taken to lead back to themselves."""


@record
class PlacedSchema:
    """A schema and where it stands."""

    pointer: str
    schema: Any


@dataclass(slots=True, kw_only=True)
class Flat:
    """One schema as an intersection: every field constrains on its own.

    `types` are those that are allowed; `typed` says that the schema named them. `unions` holds each `oneOf` and `anyOf`
    with its keyword. `evaluates`: some part says which further properties or items it has looked at, so that
    `unevaluatedProperties` does not mean `additionalProperties`. `patterns` and `names` are those of `patternProperties` and
    `propertyNames`. `rest` are the keywords that stay to be judged on the value itself, these among them.
    """

    node: PlacedSchema
    types: tuple[str, ...] = TYPES
    typed: bool = False
    bounds: dict[str, Any] = field(default_factory=dict)
    pattern: str | None = None
    format: str | None = None
    enum: list[Any] | None = None
    properties: dict[str, PlacedSchema] = field(default_factory=dict)
    required: dict[str, None] = field(default_factory=dict)
    additional: PlacedSchema | None = None
    patterns: dict[str, PlacedSchema] = field(default_factory=dict)
    names: PlacedSchema | None = None
    items: PlacedSchema | None = None
    prefix: list[PlacedSchema] = field(default_factory=list)
    unions: list[tuple[str, list[PlacedSchema]]] = field(default_factory=list)
    discriminator: Mapping[str, Any] | None = None
    evaluates: bool = False
    rest: set[str] = field(default_factory=set)

    @property
    def pointer(self) -> str:
        """Where the schema stands."""
        return self.node.pointer

    def constrains(self, kind: str) -> bool:
        """Whether something beside the type narrows the values of a type of JSON."""
        return {
            "string": self.pattern is not None or bool({"minLength", "maxLength"} & self.bounds.keys()),
            "number": not self.bounds.keys().isdisjoint(_OF_NUMBERS),
            "array": self.items is not None or bool(self.prefix) or bool({"minItems", "maxItems"} & self.bounds.keys()),
            "object": bool(self.properties or self.required)
            or self.additional is not None
            or bool({"minProperties", "maxProperties"} & self.bounds.keys()),
        }[kind]


_BOUNDS = (*LOWER, *UPPER, "multipleOf")
_OF_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")


class Flattener:
    """Reads schemas of one document."""

    def __init__(self, version: tuple[int, int], lookup: Callable[[str], Any], spend: Spend | None = None) -> None:
        """Take `lookup`, which gives the value at a pointer or raises KeyError; `spend` takes what is brought together."""
        self._spend = spend
        self._version = version
        self._lookup = lookup
        self._made: dict[str, Any] = {}
        self._combined: dict[str, dict[str, None]] = {}  # the pointers of what a schema was made of
        self._ways: dict[str, str] = {}
        self._found: dict[str, PlacedSchema] = {}
        self._known: dict[str, Flat] = {}
        self._cuts = 0

    def node(self, pointer: str, schema: Any) -> PlacedSchema:
        """Locate a schema, in 3.1 terms."""
        return PlacedSchema(pointer, modern(schema, self._version))

    def at(self, pointer: str) -> PlacedSchema:
        """Find a schema by its pointer; unknown ones accept everything."""
        if pointer in self._made:
            return PlacedSchema(pointer, self._made[pointer])
        if (known := self._found.get(pointer)) is None:
            try:
                known = self.node(pointer, self._lookup(pointer))
            except KeyError:
                known = PlacedSchema(pointer, True)
            self._found[pointer] = known
        return known

    def refer(self, node: PlacedSchema) -> dict[str, str]:
        """Refer to a node, also to one that the document does not have as it is."""
        self._made.setdefault(node.pointer, node.schema)
        return {"$ref": node.pointer}

    def both(self, left: PlacedSchema, right: PlacedSchema) -> PlacedSchema:
        """Make a schema of what two accept, described as the left one is; what stands in both of them is there once.

        Else schemas that lead back to themselves would be combined without end.
        """
        own, more = (self._combined.get(one.pointer, {one.pointer: None}) for one in (left, right))
        added = [one for one in more if one not in own]
        if not added or right.schema is True or right.schema == {}:
            return left
        pointer = "&".join((left.pointer, *added))
        if pointer not in self._made:
            self.spend(COMBINED, len(pointer), left.pointer)
            self._combined[pointer] = own | dict.fromkeys(added)
        new = [self.refer(right)] if len(added) == len(more) else [{"$ref": one} for one in added]
        return self._make(pointer, {**words(left.schema, right.schema), "allOf": [self.refer(left), *new]})

    def hidden(self, node: PlacedSchema, direction: str) -> bool:
        """Whether a property belongs to the other direction only (OpenAPI 3.1, readOnly and writeOnly)."""
        if node.pointer not in self._ways:  # a property of one schema is one of all that extend it
            self._ways[node.pointer] = self.way(node.schema)
        return self._ways[node.pointer] == ("readOnly" if direction else "writeOnly")

    def way(self, schema: Any) -> str:
        """Return which of `readOnly` and `writeOnly` is true of a property, nothing for none or both.

        OpenAPI 3.0.3 (4.7.24.1) forbids both. Each only advises against one direction, so neither is followed: the property
        would be in no message at all.
        """
        found = [keyword for keyword in ("readOnly", "writeOnly") if self.says(schema, keyword)]
        return found[0] if len(found) == 1 else ""

    def says(self, schema: Any, keyword: str) -> bool:
        """Whether an annotation is true of a schema: said here, in its `allOf`, or where its `$ref` leads.

        Where several parts say something, true counts (JSON Schema 2020-12, Validation 9.4).
        """
        if isinstance(schema, dict) and "$ref" not in schema and "allOf" not in schema:
            return schema.get(keyword) is True
        pending, met = [schema], set[str]()
        while pending:
            one = pending.pop()
            if not isinstance(one, dict):
                continue
            if one.get(keyword) is True:
                return True
            pending += one["allOf"] if isinstance(one.get("allOf"), list) else ()
            reference = one.get("$ref")
            if isinstance(reference, str) and reference not in met:
                met.add(reference)
                pending.append(self.at(reference).schema)
        return False

    def without(self, node: PlacedSchema, *keywords: str) -> PlacedSchema:
        """Make a schema of what one says beside some keywords."""
        schema = {key: value for key, value in node.schema.items() if key not in keywords}
        return self._make(f"{node.pointer}{BESIDE}{'&'.join(keywords)}", schema)

    def without_union(self, node: PlacedSchema, branch: PlacedSchema) -> PlacedSchema | None:
        """Make a schema of what one says beside the union that has a branch, also if that stands in its `$ref` or `allOf`.

        None where it has no such union.
        """
        schema, place = node.schema, node.pointer.partition(BESIDE)[0]
        for keyword in ("oneOf", "anyOf"):
            if isinstance(schema, dict) and keyword in schema and branch.pointer == join(place, keyword, "0"):
                return self.without(node, keyword, "discriminator")
        parts = list(self.parts(node))
        for index, part in enumerate(parts):
            left = self.without_union(part, branch)
            if left is not None:
                kept = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
                kept["allOf"] = [self.refer(one) for one in (*parts[:index], left, *parts[index + 1 :])]
                return self._make(f"{node.pointer}{BESIDE}{branch.pointer}", kept)
        return None

    def _make(self, pointer: str, schema: Any) -> PlacedSchema:
        self._made[pointer] = schema
        return PlacedSchema(pointer, schema)

    def flat(self, node: PlacedSchema, _open: frozenset[str] = frozenset()) -> Flat:
        """Intersect a schema with what its `$ref` and `allOf` bring; the result is shared and must not be changed."""
        if node.pointer in self._known:
            return self._known[node.pointer]
        if not _open and isinstance(node.schema, dict) and ("$ref" in node.schema or "allOf" in node.schema):
            self._flatten_parts(node)
            if node.pointer in self._known:
                return self._known[node.pointer]
        cuts = self._cuts
        result = self._intersected(node, _open)
        if not _open or cuts == self._cuts:  # nothing was left out for where we came from: the same whoever asks
            self._known[node.pointer] = result
        return result

    def spend(self, values: int, characters: int, pointer: str) -> None:
        """Take what is made of the schema at a pointer off the document's budget. Raises Refused where it is spent."""
        if self._spend:
            self._spend(values, characters, pointer.partition(BESIDE)[0].partition("&#")[0])

    def _flatten_parts(self, node: PlacedSchema) -> None:
        """Flatten what `$ref` and `allOf` bring, the far end first, so that nothing depends on how long such a chain is.

        What stands in a circle is left to who asks for it.
        """
        waiting, met = [(node, False)], set[str]()
        while waiting:
            one, below_is_done = waiting.pop()
            parts = list(self.parts(one))
            if below_is_done and all(part.pointer in self._known for part in parts if isinstance(part.schema, dict)):
                self._known[one.pointer] = self._intersected(one, frozenset())
            elif parts and one.pointer not in met and one.pointer not in self._known:
                met.add(one.pointer)
                waiting += [(one, True), *((part, False) for part in parts)]
            elif not parts and one.pointer not in self._known:
                self._known[one.pointer] = self._intersected(one, frozenset())

    def _intersected(self, node: PlacedSchema, _open: frozenset[str]) -> Flat:
        result = Flat(node=node)
        schema = node.schema
        if schema is False:
            result.types = ()
            result.typed = True
        if not isinstance(schema, dict):
            return result
        if len(schema) == 1 and "$ref" in schema and (target := self._known.get(str(schema["$ref"]))) is not None:
            return replace(target, node=node)  # nothing beside it: the same, under another name
        self._own(result, node.pointer.partition(BESIDE)[0], schema)
        for part in self._parts(node.pointer, schema):
            if part.pointer in _open or part.pointer == node.pointer or len(_open) > DEEPEST:
                self._cuts += 1
                continue  # leads back to itself: it adds nothing
            met = self.flat(part, _open | {node.pointer})
            if isinstance(part.schema, dict) and part.schema.keys() & UNEVALUATED:
                result.evaluates = True
            self._meet(result, met)
        _close(result, schema)
        return result

    def parts(self, node: PlacedSchema) -> Iterator[PlacedSchema]:
        """Yield what the `$ref` and `allOf` of a schema bring."""
        return self._parts(node.pointer, node.schema) if isinstance(node.schema, dict) else iter(())

    def _parts(self, pointer: str, schema: dict[str, Any]) -> Iterator[PlacedSchema]:
        if isinstance(schema.get("$ref"), str):
            yield self.at(schema["$ref"])
        parts = schema.get("allOf")
        for index, part in enumerate(parts if isinstance(parts, list) else ()):
            reference = part.get("$ref") if isinstance(part, dict) and len(part) == 1 else None
            where = join(pointer, "allOf", str(index))
            yield self.at(reference) if isinstance(reference, str) else self.node(where, part)

    def _own(self, flat: Flat, pointer: str, schema: dict[str, Any]) -> None:
        """Read the keywords that stand in the schema itself; malformed ones say nothing."""
        named = schema.get("type")
        kinds = [kind for kind in (named if isinstance(named, list) else [named]) if kind in TYPES]
        if kinds:
            flat.typed = True
            flat.types = tuple(dict.fromkeys(kinds))
        for key in _BOUNDS if not schema.keys().isdisjoint(_BOUNDS) else ():
            value = schema.get(key)
            if isinstance(value, int | float) and not isinstance(value, bool) and (key != "multipleOf" or value > 0):
                flat.bounds[key] = min(value, LARGEST) if key in COUNTS else value
        flat.pattern = schema["pattern"] if isinstance(schema.get("pattern"), str) else None
        flat.format = format_of(schema)
        if isinstance(schema.get("enum"), list):
            flat.enum = schema["enum"]
        if "const" in schema:
            const = schema["const"]
            flat.enum = [const] if flat.enum is None else [one for one in flat.enum if equal(one, const)]
        if isinstance(schema.get("discriminator"), dict):
            flat.discriminator = schema["discriminator"]
        flat.evaluates = bool(schema.keys() & {"additionalProperties", "if"})
        flat.rest = leftovers(schema)
        self._children(flat, pointer, schema)

    def _children(self, flat: Flat, pointer: str, schema: dict[str, Any]) -> None:
        """Read the keywords that hold schemas."""

        def child(value: Any, *tokens: str) -> PlacedSchema:
            return self.node(join(pointer, *tokens), value)

        properties = schema.get("properties")
        if isinstance(properties, dict):
            flat.properties = {name: child(one, "properties", name) for name, one in properties.items()}
        required = schema.get("required")
        names = [name for name in (required if isinstance(required, list) else ()) if isinstance(name, str)]
        flat.required = dict.fromkeys(names)
        if isinstance(schema.get("additionalProperties"), bool | dict):
            extra = child(schema["additionalProperties"], "additionalProperties")
            flat.additional = None if extra.schema is True else extra
        patterns = schema.get("patternProperties")
        if isinstance(patterns, dict):
            known = judged_names(patterns)
            flat.patterns = {plain: child(patterns[name], "patternProperties", name) for name, plain in known.items()}
        if "propertyNames" in flat.rest:
            flat.names = child(schema["propertyNames"], "propertyNames")
        if isinstance(schema.get("prefixItems"), list):
            found = enumerate(schema["prefixItems"])
            flat.prefix = [child(one, "prefixItems", str(index)) for index, one in found]
        if isinstance(schema.get("items"), bool | dict):
            flat.items = child(schema["items"], "items")
        for key in ("oneOf", "anyOf"):
            branches = schema.get(key)
            if isinstance(branches, list) and branches:
                flat.unions.append((key, [child(one, key, str(index)) for index, one in enumerate(branches)]))

    def _meet(self, flat: Flat, other: Flat) -> None:
        """Narrow `flat` to what `other` accepts too."""
        if other.typed:
            flat.types = meet_types(flat.types, other.types) if flat.typed else other.types
            flat.typed = True
        for key in other.bounds:
            mine, theirs = flat.bounds.get(key), other.bounds[key]
            flat.bounds[key] = theirs if mine is None else tighter(key, mine, theirs)
            if key == "multipleOf" and mine is not None and flat.bounds[key] not in (mine, theirs):
                flat.rest.add(key)
        if other.pattern is not None and flat.pattern not in (None, other.pattern):
            flat.rest.add("pattern")
        flat.pattern = flat.pattern or other.pattern
        flat.format = flat.format or other.format
        if flat.enum is not None and other.enum is not None:
            self.spend(len(flat.enum) + len(other.enum), 0, flat.pointer)
            flat.enum = in_both(flat.enum, other.enum)
        flat.enum = other.enum if flat.enum is None else flat.enum
        self._meet_objects(flat, other)
        if flat.items is None and not flat.prefix:
            flat.items, flat.prefix = other.items, other.prefix
        elif other.prefix or (flat.prefix and other.items is not None):
            flat.rest.add("prefixItems")
            flat.prefix, flat.items = [], None
        elif other.items is not None:
            flat.items = self.both(flat.items, other.items) if flat.items else other.items
        flat.unions += other.unions
        flat.discriminator = flat.discriminator or other.discriminator
        flat.evaluates |= other.evaluates
        flat.rest |= other.rest

    def _meet_objects(self, flat: Flat, other: Flat) -> None:
        """Join properties; where one side limits the others' additional ones, leave it to the judge."""
        for here, there in ((flat, other), (other, flat)):
            further = there.properties.keys() - here.properties.keys() or there.patterns.keys() - here.patterns.keys()
            if here.additional is not None and further:
                flat.rest.add("additionalProperties")
        if flat.additional is None:
            flat.additional = other.additional
        elif other.additional is not None and not equal(flat.additional.schema, other.additional.schema):
            flat.rest.add("additionalProperties")
        if "additionalProperties" in flat.rest:
            flat.additional = None
        self.spend(INHERITED * len(other.properties), 0, flat.pointer)
        for name, node in other.properties.items():
            known = flat.properties.get(name)
            flat.properties[name] = node if known is None else self.both(known, node)
        for pattern, node in other.patterns.items():
            flat.patterns[pattern] = self.both(flat.patterns[pattern], node) if pattern in flat.patterns else node
        if other.names is not None:
            flat.names = other.names if flat.names is None else self.both(flat.names, other.names)
        flat.required |= other.required


def _close(flat: Flat, schema: dict[str, Any]) -> None:
    """Read `unevaluatedProperties` and `unevaluatedItems` as what they mean if no part looks at values by itself."""
    others = flat.rest - UNEVALUATED - {"patternProperties", "propertyNames"}
    if others or flat.unions or flat.evaluates:
        return
    key = "unevaluatedProperties"
    if schema.get(key) is False and flat.additional is None:
        flat.rest.discard(key)
        flat.additional = PlacedSchema(join(flat.pointer, key), False)
    key = "unevaluatedItems"
    if schema.get(key) is False and flat.items is None:
        flat.rest.discard(key)
        flat.items = PlacedSchema(join(flat.pointer, key), False)
