"""What a schema lets through at most: its types, null, and whether two schemas have a value in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from .json_values import canonical, type_names
from .normal_form import TYPES, Flat, Flattener, PlacedSchema


class AcceptedTypes:
    """Answers from keywords alone, on the safe side: more may seem to be admitted than is."""

    def __init__(self, flattener: Flattener) -> None:
        """Read schemas through a flattener."""
        self._flattener = flattener
        self._kinds: dict[str, frozenset[str]] = {}
        self._null: dict[str, bool] = {}

    def null(self, node: PlacedSchema) -> bool:
        """Whether null is accepted, leftovers aside."""
        if node.pointer not in self._null:
            self._null[node.pointer] = False  # a schema that leads back to itself adds nothing
            flat = self._flattener.flat(node)
            listed = flat.enum is None or None in flat.enum
            self._null[node.pointer] = (
                "null" in flat.types
                and listed
                and all(any(self.null(branch) for branch in branches) for _, branches in flat.unions)
            )
        return self._null[node.pointer]

    def kinds(self, node: PlacedSchema) -> frozenset[str]:
        """Name the types of JSON that are accepted, at most."""
        passed = list[str]()
        while _only_refers(node) and node.pointer not in self._kinds:
            passed.append(node.pointer)  # one that many refer to is looked at once
            self._kinds[node.pointer] = frozenset(TYPES)
            node = self._flattener.at(node.schema["$ref"])
        if passed:
            self._kinds.update(dict.fromkeys(passed, self.kinds(node)))
        if node.pointer not in self._kinds:
            self._kinds[node.pointer] = frozenset(TYPES)
            flat = self._flattener.flat(node)
            found = frozenset(flat.types)
            if "number" in found:
                found |= {"integer"}
            if flat.enum is not None:
                found &= frozenset[str]().union(*(type_names(value) for value in flat.enum))
            for _, branches in flat.unions:
                found &= frozenset[str]().union(*(self.kinds(branch) for branch in branches))
            self._kinds[node.pointer] = found
        return self._kinds[node.pointer]

    def exclusive(self, branches: Sequence[PlacedSchema]) -> bool:
        """Whether no value is accepted by two of some schemas."""
        return all(self._disjoint(left, right) for left, right in combinations(branches, 2))

    def _disjoint(self, left: PlacedSchema, right: PlacedSchema, depth: int = 0) -> bool:
        """Whether no value is accepted by both, as far as types, constants and closed objects show."""
        shared = self.kinds(left) & self.kinds(right)
        if not shared:
            return True
        if left.pointer == right.pointer or depth > 3:
            return False
        one, two = self._flattener.flat(left), self._flattener.flat(right)
        if one.enum is not None and two.enum is not None:
            return not {canonical(value) for value in one.enum} & {canonical(value) for value in two.enum}
        if shared != {"object"}:
            return False
        told_apart = any(
            self._disjoint(one.properties[name], two.properties[name], depth + 1)
            for name in one.required
            if name in two.required and name in one.properties and name in two.properties
        )
        return told_apart or _shut_out(one, two) or _shut_out(two, one)

    def tags(self, branches: Sequence[PlacedSchema], name: str) -> list[list[str]] | None:
        """List the texts that a property has in each branch, where they alone tell the branches apart."""
        found = list(self._tags(branches, name))
        every = [tag for tags in found for tag in tags]
        apart = len(set(every)) == len(every) and all(found)
        return found if apart and len(found) == len(branches) else None

    def _tags(self, branches: Sequence[PlacedSchema], name: str) -> Iterator[list[str]]:
        for branch in branches:
            flat = self._flattener.flat(branch)
            if self.kinds(branch) != {"object"} or name not in flat.required or name not in flat.properties:
                return
            enum = self._flattener.flat(flat.properties[name]).enum or []
            if not all(isinstance(value, str) for value in enum):
                return
            yield [value for value in dict.fromkeys(enum) if isinstance(value, str)]


def _only_refers(node: PlacedSchema) -> bool:
    return isinstance(node.schema, dict) and node.schema.keys() == {"$ref"} and isinstance(node.schema["$ref"], str)


def _shut_out(closed: Flat, other: Flat) -> bool:
    """Whether a closed object has no place for what another one must have."""
    return (
        closed.additional is not None
        and closed.additional.schema is False
        and "patternProperties" not in closed.rest
        and bool(set(other.required) - closed.properties.keys())
    )
