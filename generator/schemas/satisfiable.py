"""Which schemas no value fits: contradictions that keywords alone show, and circles that never end."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..pointer import join
from ..records import record
from .acceptance import AcceptedTypes
from .json_values import equal, type_names
from .keywords import ANNOTATIONS
from .normal_form import Flat, Flattener, PlacedSchema
from .patterns import matches

MOST = 500_000
"""Schemas that are looked at, those that intersections make among them."""
_TRIES = 50  # of one schema, and parts of one schema: beyond, it counts as satisfiable
_PAIRS = {
    "string": (("minLength", "maxLength"),),
    "array": (("minItems", "maxItems"),),
    "object": (("minProperties", "maxProperties"),),
}


@record
class Misfit:
    """A schema that no value fits, and why; `inner` is the schema below it that has no value, "" if it is by itself."""

    pointer: str
    why: str
    inner: str = ""


def referred(node: PlacedSchema) -> str:
    """What a schema refers to that is nothing but a reference, with words beside it or without; else empty text."""
    schema = node.schema
    alone = isinstance(schema, dict) and "$ref" in schema and schema.keys() - ANNOTATIONS == {"$ref"}
    found = schema["$ref"] if alone else ""
    return found if isinstance(found, str) else ""


class Satisfiable:
    """Finds what a value fits: a schema is satisfiable once one of its JSON types is, with all that this must hold.

    On the safe side: what is not understood counts as satisfiable.
    """

    def __init__(self, flattener: Flattener, admits: AcceptedTypes, roots: Iterable[str]) -> None:
        """Look at the schemas at some pointers, and at all below them. Each is looked at again once for what it waits for."""
        self._flattener, self._admits = flattener, admits
        self.nodes: dict[str, PlacedSchema] = {}
        self._fine: set[str] = set()
        self._find([flattener.at(pointer) for pointer in roots])

    def misfits(self) -> Iterator[Misfit]:
        """List the schemas that nothing fits, in the order in which they were met."""
        for pointer, node in self.nodes.items():
            if pointer not in self._fine and node.schema is not False:
                yield next(self._problems(node), Misfit(pointer, "it is a part of itself, without end"))

    def _find(self, roots: list[PlacedSchema]) -> None:
        above: dict[str, list[PlacedSchema]] = {}
        waiting = deque(roots)
        while waiting and len(self.nodes) < MOST:
            node = waiting.popleft()
            if node.pointer in self.nodes:
                continue
            self.nodes[node.pointer] = node
            for child in self._children(node):
                above.setdefault(child.pointer, []).append(node)
                waiting.append(child)
        self._fine.update(node.pointer for node in waiting)  # of what was not looked at
        queue = deque(reversed(list(self.nodes.values())))
        tries = Counter[str]()
        while queue:
            node = queue.popleft()
            if node.pointer in self._fine:
                continue
            tries[node.pointer] += 1
            if tries[node.pointer] > _TRIES or next(self._problems(node), None) is None:
                self._fine.add(node.pointer)
                queue.extend(above.get(node.pointer, ()))

    def _children(self, node: PlacedSchema) -> Iterator[PlacedSchema]:
        if target := referred(node):
            yield self._flattener.at(target)
            return
        flat = self._flattener.flat(node)
        yield from flat.properties.values()
        yield from filter(None, (flat.items, flat.additional))
        yield from flat.prefix
        for _, branches in flat.unions:
            yield from branches

    def _problems(self, node: PlacedSchema) -> Iterator[Misfit]:
        """Say why nothing fits a schema; nothing where something does."""
        if target := referred(node):
            if target not in self._fine:
                yield Misfit(node.pointer, "nothing fits what it refers to", target)
            return
        flat = self._flattener.flat(node)
        if flat.enum is not None and not any(self._allows(flat, value) for value in flat.enum):
            yield Misfit(
                node.pointer,
                "none of its constants fits the rest of it"
                if flat.enum
                else "it has no constant that all of it allows",
            )
        for keyword, branches in flat.unions:
            if not any(branch.pointer in self._fine for branch in branches):
                yield Misfit(node.pointer, f"nothing fits any branch of its {keyword}", branches[0].pointer)
            alike = keyword == "oneOf" and flat.discriminator is None and len(branches) > 1
            if alike and all(self._same(branches[0], one) for one in branches[1:]):
                yield Misfit(node.pointer, "the branches of its oneOf are the same, so that none is the only one")
        kinds = self._admits.kinds(node)
        if not kinds:
            yield Misfit(node.pointer, "its parts have no JSON type in common")
        elif why := self._of_all(flat, sorted(kinds)):
            yield why

    def _of_all(self, flat: Flat, kinds: Iterable[str]) -> Misfit | None:
        """Say why no value of the first of some JSON types fits; None where one of some type does."""
        first = None
        for kind in kinds:
            why = next(self._of_kind(flat, kind), None)
            if why is None:
                return None
            first = first or why
        return first

    def _same(self, left: PlacedSchema, right: PlacedSchema) -> bool:
        return equal(left.schema, right.schema)

    def _of_kind(self, flat: Flat, kind: str) -> Iterator[Misfit]:
        """Say why no value of a JSON type fits."""
        bounds = flat.bounds
        for low, high in _PAIRS.get(kind, ()):
            if bounds.get(low, 0) > bounds.get(high, math.inf) or bounds.get(high, 0) < 0:
                yield Misfit(flat.pointer, f"{low} is above {high}" if low in bounds else f"{high} is below 0")
        if kind in ("integer", "number") and _is_empty_range(bounds, whole=kind == "integer"):
            yield Misfit(flat.pointer, "its lower bound is above its upper one")
        if kind == "array":
            yield from self._of_array(flat)
        if kind == "object":
            yield from self._of_object(flat)

    def _of_array(self, flat: Flat) -> Iterator[Misfit]:
        least = flat.bounds.get("minItems", 0)
        for index, one in enumerate([*flat.prefix, *([flat.items] if flat.items else [])]):
            if index < least and one.pointer not in self._fine:
                yield Misfit(flat.pointer, f"nothing fits its item {index + 1}, and minItems asks for it", one.pointer)
                return

    def _of_object(self, flat: Flat) -> Iterator[Misfit]:
        closed = list(self._closed(flat.node))
        last = flat.additional  # `unevaluatedProperties: false` where it is alone
        if last is not None and last.schema is False and last.pointer.endswith("/unevaluatedProperties"):
            closed += [] if flat.patterns else [("unevaluatedProperties", set(flat.properties))]
        names = set.intersection(*(known for _, known in closed)) if closed else None
        for name in flat.required:
            one = flat.properties.get(name)
            if one is not None and one.pointer not in self._fine:
                yield Misfit(flat.pointer, f'nothing fits the property "{name}", which is required', one.pointer)
            refusing = next((keyword for keyword, known in closed if name not in known), None)
            if refusing:
                yield Misfit(flat.pointer, f'the property "{name}" is required, and {refusing}: false refuses it')
        if names is not None and len(names) < flat.bounds.get("minProperties", 0):
            yield Misfit(flat.pointer, "minProperties asks for more properties than there are")
        if len(flat.required) > flat.bounds.get("maxProperties", math.inf):
            yield Misfit(flat.pointer, "maxProperties allows fewer properties than are required")

    def _closed(self, node: PlacedSchema) -> Iterator[tuple[str, set[str]]]:
        """List the properties that each part of a schema, by `$ref` and `allOf`, knows, if its keyword refuses all others."""
        waiting, met = [node], set[str]()
        while waiting and len(met) < _TRIES:
            one = waiting.pop()
            if one.pointer in met or not isinstance(one.schema, dict):
                continue
            met.add(one.pointer)
            known = one.schema.get("properties")
            if one.schema.get("additionalProperties") is False and "patternProperties" not in one.schema:
                yield "additionalProperties", set(known) if isinstance(known, dict) else set()
            reference, parts = one.schema.get("$ref"), one.schema.get("allOf")
            waiting += [self._flattener.at(reference)] if isinstance(reference, str) else []
            inner = enumerate(parts if isinstance(parts, list) else ())
            waiting += [self._flattener.node(join(one.pointer, "allOf", index), part) for index, part in inner]

    def _allows(self, flat: Flat, value: Any) -> bool:
        """Whether a constant fits the types, bounds and pattern beside it."""
        if not type_names(value) & {*flat.types}:
            return False
        if isinstance(value, str):
            fits = flat.pattern is None or matches(flat.pattern, value) is not False
            return fits and _within(flat.bounds, len(value), "Length")
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _is_in_range(flat.bounds, value)
        return True


def _within(bounds: Mapping[str, Any], size: int, what: str) -> bool:
    return bool(bounds.get(f"min{what}", 0) <= size <= bounds.get(f"max{what}", math.inf))


def _is_in_range(bounds: Mapping[str, Any], value: float) -> bool:
    return bool(
        bounds.get("minimum", -math.inf) <= value <= bounds.get("maximum", math.inf)
        and bounds.get("exclusiveMinimum", -math.inf) < value < bounds.get("exclusiveMaximum", math.inf)
    )


def _is_empty_range(bounds: Mapping[str, Any], *, whole: bool) -> bool:
    """Whether there is no number, or no whole one, between the bounds."""
    least, above = bounds.get("minimum", -math.inf), bounds.get("exclusiveMinimum", -math.inf)
    most, below = bounds.get("maximum", math.inf), bounds.get("exclusiveMaximum", math.inf)
    if whole:
        return max(_up(least), _up(above, beyond=True)) > -max(_up(-most), _up(-below, beyond=True))
    low, high = max(least, above), min(most, below)
    return bool(low > high or (low == high and math.isfinite(low) and (above == low or below == high)))


def _up(bound: float, *, beyond: bool = False) -> float:
    """The least whole number from a bound on, or beyond it."""
    if not math.isfinite(bound):
        return bound
    return math.floor(bound) + 1 if beyond else math.ceil(bound)
