"""`$dynamicRef`s as references whose target is known (JSON Schema 2020-12, Core 8.2.3.2).

A `$dynamicRef` leads to the schema with its `$dynamicAnchor` in the outermost resource that evaluation came through. A
resource is a schema with an `$id`, or one that stands where OpenAPI has a place for schemas. Evaluation begins at such a
place; where what it comes to means something else than by itself, that gets a copy in its `$defs`: `UserPage`, which
refers to `Page` and binds its `item` to `User`, has a `Page` of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..pointer import Pointer, copy, from_fragment, get, join, split, to_fragment
from ..records import record
from ..schemas.keywords import ANNOTATIONS
from .objects import PlacedObject, children

Scope = Mapping[str, Pointer]
"""Where each `$dynamicAnchor` leads: that of the outermost resource that has it."""
Spend = Callable[[Any, Pointer], None]
"""Takes a value that is copied for a schema off what may be made of the document."""


@record(kw_only=True)
class Reference:
    """A `$ref`, or a `$dynamicRef` with the `name` of a `$dynamicAnchor`, and where it leads by itself."""

    target: Pointer | None
    name: str = ""  # empty for a `$ref`
    is_dynamic: bool = False


@dataclass(slots=True)
class _Resource:
    anchors: dict[str, Pointer] = field(default_factory=dict)
    begins: bool = False  # evaluation may begin here
    needs: set[str] = field(default_factory=set)  # the names on which depends what it means
    leads: set[Pointer] = field(default_factory=set)  # the resources that it refers to


def bind(
    root: dict[str, Any], references: Mapping[Pointer, Sequence[Reference]], spend: Spend
) -> tuple[dict[str, Any], dict[Pointer, Pointer]]:
    """Make a tree in which references are `$ref`s to pointers; `references` are those of each schema.

    Returns the places of copies too: pointer in the tree → pointer in the old one. Raises what `spend` does, which is told
    of each copy.
    """
    return _Binder(root, references, spend).run()


@record
class _Part:
    """A resource, at its place in the new tree: where it stands, or a copy; `start` is where evaluation began."""

    resource: Pointer
    place: Pointer
    scope: Scope
    start: Pointer


class _Binder:
    def __init__(self, root: dict[str, Any], references: Mapping[Pointer, Sequence[Reference]], spend: Spend) -> None:
        self._root = root
        self._made: dict[str, Any] = copy(root)
        self._references = references
        self._spend = spend
        self._resources: dict[Pointer, _Resource] = {}
        self._home: dict[Pointer, Pointer] = {}  # schema → its resource
        self._own: dict[Pointer, Scope] = {}  # resource → what it needs of the scope where it stands
        self._copies: dict[tuple[Pointer, Pointer, tuple[tuple[str, Pointer], ...]], Pointer] = {}
        self._places: dict[Pointer, Pointer] = {}
        self._waiting: deque[_Part] = deque()

    def run(self) -> tuple[dict[str, Any], dict[Pointer, Pointer]]:
        """Write the references where they stand, then those of copies, which may need more copies."""
        self._find_resources()
        self._find_needs()
        for pointer, one in self._resources.items():
            if one.begins:
                self._waiting.append(_Part(pointer, pointer, one.anchors, pointer))
                self._own |= {
                    at: self._needed(at, scope)
                    for at, scope in self._within(pointer, one.anchors)
                    if at in self._resources
                }
        while self._waiting:
            part = self._waiting.popleft()
            for schema, scope in self._within(part.resource, part.scope):
                for reference in self._references.get(schema, ()):
                    if target := self._bound(reference, scope):
                        here = part.place + schema[len(part.resource) :]
                        place = self._placed(target, scope, part.start, whole=here != part.start)
                        _write(get(self._made, here), place, reference)
        return self._made, self._places

    def _find_resources(self) -> None:
        """Find the resources, and the anchors in each."""
        pending = [(PlacedObject("#", "document", self._root), "")]
        while pending:
            node, home = pending.pop()
            if node.kind == "schema" and isinstance(node.value, dict):
                if not home or isinstance(node.value.get("$id"), str):
                    self._resources[node.pointer] = _Resource(begins=not home or _is_held(node.pointer))
                    home = node.pointer
                self._home[node.pointer] = home
                if isinstance(name := node.value.get("$dynamicAnchor"), str):
                    self._resources[home].anchors.setdefault(name, node.pointer)
            elif node.kind != "schema":
                home = ""
            if isinstance(node.value, dict):
                pending += [(child, home) for child in reversed(list(children(node)))]

    def _find_needs(self) -> None:
        """Find the names that the meaning of each resource depends on: its own `$dynamicRef`s, and those of what it leads to."""
        bound: dict[str, set[Pointer]] = {}
        for pointer, one in self._resources.items():
            for name in one.anchors:
                bound.setdefault(name, set()).add(pointer)
        for schema, references in self._references.items():
            one = self._resources[self._home[schema]]
            one.needs |= {each.name for each in references if each.is_dynamic}
            one.leads |= {self._home[each.target] for each in references if each.target in self._home}
            one.leads |= {f"${each.name}" for each in references if each.is_dynamic}
        for pointer, one in self._resources.items():  # what stands in a resource, to be applied, is a part of it
            if not one.begins:
                self._resources[self._around(pointer)].leads.add(pointer)
        self._spread({f"${name}": _Resource(begins=True, leads=pointers) for name, pointers in bound.items()})

    def _spread(self, names: dict[str, _Resource]) -> None:
        """Need what the resources need that one leads to; a name leads to all that bind it."""
        whole = {**self._resources, **names}
        led: dict[Pointer, list[Pointer]] = {}
        for pointer, one in whole.items():
            for other in one.leads:
                led.setdefault(other, []).append(pointer)
        pending = [pointer for pointer, one in whole.items() if one.needs]
        while pending:
            needs = whole[pointer := pending.pop()].needs
            for other in led.get(pointer, ()):
                if not needs <= whole[other].needs:
                    whole[other].needs |= needs
                    pending.append(other)

    def _around(self, pointer: Pointer) -> Pointer:
        """Find the resource around one that stands in another."""
        above = pointer.rpartition("/")[0]
        while above not in self._home:
            above = above.rpartition("/")[0]
        return self._home[above]

    def _needed(self, resource: Pointer, scope: Scope) -> Scope:
        return {name: scope[name] for name in self._resources[resource].needs if name in scope}

    def _within(self, resource: Pointer, scope: Scope) -> Iterator[tuple[Pointer, Scope]]:
        """Go through the schemas of a resource and of those that stand in it to be applied, each with its scope."""
        pending = [(PlacedObject(resource, "schema", get(self._root, resource)), scope)]
        while pending:
            node, scope = pending.pop()
            if node.kind != "schema" or not isinstance(node.value, dict):
                continue
            if node.pointer in self._resources and node.pointer != resource:
                if self._resources[node.pointer].begins:
                    continue
                scope = {**self._resources[node.pointer].anchors, **scope}
            yield node.pointer, scope
            pending += [(child, scope) for child in reversed(list(children(node)))]

    def _bound(self, reference: Reference, scope: Scope) -> Pointer | None:
        return scope.get(reference.name, reference.target) if reference.is_dynamic else reference.target

    def _placed(self, target: Pointer, scope: Scope, start: Pointer, *, whole: bool) -> Pointer:
        """Find where a target stands that means what it does in a scope: at its place, or in a copy.

        `whole`: the schema where evaluation began may be meant, if it only refers to the same.
        """
        home = self._home.get(target)
        if home is None:
            return target
        scope = {**self._resources[home].anchors, **scope}
        needed = self._needed(home, scope)
        if needed == self._own.get(home, needed):
            return target
        if whole and target == home and self._stands_for(start, home, needed):
            return start
        key = start, home, tuple(sorted(needed.items()))
        if key not in self._copies:
            place = self._copy(home, start)
            if place is None:
                return target
            self._copies[key] = place
            self._waiting.append(_Part(home, place, scope, start))
        return self._copies[key] + target[len(home) :]

    def _stands_for(self, start: Pointer, home: Pointer, needed: Scope) -> bool:
        """Whether a schema is nothing but a reference to a resource, which it gives a scope that has what is needed."""
        references = self._references.get(start, ())
        bound = {**self._resources[home].anchors, **self._resources[start].anchors}
        return (
            [one.target for one in references if not one.name] == [home]
            and get(self._root, start).keys() - ANNOTATIONS == {"$ref"}
            and self._needed(home, bound) == needed
        )

    def _copy(self, resource: Pointer, start: Pointer) -> Pointer | None:
        """Copy a resource into the `$defs` of another one; None if that has something else there."""
        held = get(self._made, start).setdefault("$defs", {})
        if not isinstance(held, dict):
            return None
        value = get(self._root, resource)
        self._spend(value, start)
        name = split(resource)[-1]
        while name in held:
            name += "_"
        held[name] = _unnamed(value)
        place = join(start, "$defs", name)
        self._places[place] = resource
        return place


def _is_held(pointer: Pointer) -> bool:
    """Whether a schema only waits for being referred to."""
    return split(pointer)[-2:-1] in (("$defs",), ("definitions",))


def _unnamed(value: dict[str, Any]) -> dict[str, Any]:
    """Copy a resource without its names, and without the resources in its `$defs`: these are referred to where they stand."""
    made: dict[str, Any] = copy(value)
    pending = [PlacedObject("#", "schema", made)]
    while pending:
        node = pending.pop()
        if node.kind != "schema" or not isinstance(node.value, dict):
            continue
        for name in ("$id", "$anchor", "$dynamicAnchor"):
            if isinstance(node.value.get(name), str):
                del node.value[name]
        for key in {"$defs", "definitions"} & node.value.keys():
            held = node.value[key]
            if isinstance(held, dict):
                node.value[key] = {name: one for name, one in held.items() if not _is_named(one)}
        pending += children(node)
    return made


def _is_named(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("$id"), str)


def _write(schema: dict[str, Any], target: Pointer, reference: Reference) -> None:
    """Put a reference that is known in the place of the one that stands in a schema."""
    if not reference.name:
        if from_fragment(schema["$ref"]) != target:
            schema["$ref"] = to_fragment(target)
        return
    del schema["$dynamicRef"]
    if "$ref" in schema:
        schema["allOf"] = [*schema.get("allOf", ()), {"$ref": to_fragment(target)}]
    else:
        schema["$ref"] = to_fragment(target)
