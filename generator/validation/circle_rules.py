"""Unions that lead back to themselves: by schemas that extend the one which lists them, or by nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..circles import circles
from ..diagnostics.diagnostic import Refused, Severity
from ..document.edits import Edit
from ..document.index import Index
from ..document.objects import PlacedObject
from ..parsing.limits import weigh
from ..pointer import Pointer, join
from ..schemas.keywords import ANNOTATIONS
from .finding import Finding
from .repair_steps import remove, set_value

_UNIONS = ("oneOf", "anyOf")
_LONGEST = 1_000
"""Schemas that lead to one another, one of which is a union, to judge one value: people need a few dozens."""


@dataclass(slots=True)
class _Circle:
    """Schemas that lead to each other by references, `allOf`, `oneOf` and `anyOf`, all of which judge the same value."""

    schemas: dict[Pointer, dict[str, Any]]
    refers: dict[Pointer, Pointer] = field(default_factory=dict)
    branches: dict[Pointer, dict[str, list[Pointer]]] = field(default_factory=dict)  # by schema and keyword


def judge_unions(index: Index) -> Iterator[Finding]:
    """Report schemas that extend the one which lists them, and unions that come to nothing but themselves.

    The former have an obvious meaning: the parent without the list. JSON Schema leaves both undefined (2020-12, Core 9.4.1).
    Raises Refused where too much would be repeated.
    """
    document = index.document
    for circle in _circles(index):
        extensions = list(_extensions(index, circle))
        for finding, base in extensions:
            document.spend(*weigh(base), finding.pointer)
            yield finding
        if not extensions:
            yield from _circular(circle)


def _circles(index: Index) -> Iterator[_Circle]:
    """Find the circles that some union is a part of. Raises Refused for a chain that is too long to be followed."""
    nodes = {one.pointer: one for one in index.of("schema") if any(key in one.value for key in _UNIONS)}
    edges: dict[Pointer, list[tuple[str, PlacedObject]]] = {}
    waiting = list(nodes.values())
    while waiting:
        node = waiting.pop()
        edges[node.pointer] = list(_edges(index, node))
        for _, other in edges[node.pointer]:
            if other.pointer not in nodes:
                nodes[other.pointer] = other
                waiting.append(other)
    names = list(nodes)
    numbers = {pointer: number for number, pointer in enumerate(names)}
    mentioned = [sorted(numbers[other.pointer] for _, other in edges[name]) for name in names]
    levels: dict[int, int] = {}
    for found in circles(mentioned):  # each after what it mentions
        levels |= dict.fromkeys(
            found, 1 + max((levels.get(to, 0) for one in found for to in mentioned[one]), default=0)
        )
        _require_few(index, names[found[0]], levels[found[0]])
        inside = {names[number] for number in found}
        circle = _Circle({pointer: nodes[pointer].value for pointer in sorted(inside)})
        for pointer in circle.schemas:
            for keyword, other in edges[pointer]:
                if other.pointer in inside and keyword == "$ref":
                    circle.refers[pointer] = other.pointer
                elif other.pointer in inside and keyword in _UNIONS:
                    circle.branches.setdefault(pointer, {}).setdefault(keyword, []).append(other.pointer)
        if circle.branches:
            yield circle


def _require_few(index: Index, pointer: Pointer, count: int) -> None:
    """Raise Refused for a schema that leads through too many others, each of which judges the same value."""
    if count > _LONGEST:
        message = f"it takes more than {_LONGEST:,} schemas that lead to one another to judge a value"
        hint = "have the schema refer to the last ones"
        raise Refused(index.document.diagnostic("error", message, pointer, hint))


def _edges(index: Index, node: PlacedObject) -> Iterator[tuple[str, PlacedObject]]:
    """Go to the schemas that judge the same value as a schema, each with the keyword that leads there."""
    target = index.target(node)
    if target is not None and isinstance(target.value, dict):
        yield "$ref", target
        if index.document.version == (3, 0):
            return
    for keyword in ("allOf", *_UNIONS):
        parts = node.value.get(keyword)
        for number, part in enumerate(parts if isinstance(parts, list) else ()):
            if isinstance(part, dict):
                yield keyword, PlacedObject(join(node.pointer, keyword, number), "schema", part)


def _extensions(index: Index, circle: _Circle) -> Iterator[tuple[Finding, dict[str, Any]]]:
    """Find the references to a schema by those that it lists and that extend it; with what replaces each."""
    for pointer in circle.refers:
        parent = _meant(circle, pointer)
        keywords = circle.branches.get(parent, {})
        if not keywords or not _extends(index, circle, pointer, parent):
            continue
        schema, base = circle.schemas[pointer], _base(circle.schemas[parent], keywords)
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        whole = {**beside, "allOf": [*beside.get("allOf", ()), base]} if _beside(index, schema) else base
        keyword = " and ".join(keywords)
        finding = Finding(
            pointer=pointer,
            message=f"the schema extends {parent}, whose {keyword} leads back to itself",
            severity="warning",
            repair=((Edit(kind="set", pointer=pointer, value=whole),), f"what that has beside its {keyword} is meant"),
        )
        yield finding, base


def _meant(circle: _Circle, pointer: Pointer) -> Pointer:
    """Follow a reference, and those that are nothing but a reference again."""
    target = circle.refers[pointer]
    met = {pointer}
    while target in circle.refers and target not in met and not circle.schemas[target].keys() - ANNOTATIONS - {"$ref"}:
        met.add(target)
        target = circle.refers[target]
    return target


def _extends(index: Index, circle: _Circle, pointer: Pointer, parent: Pointer) -> bool:
    """Whether a reference to a parent is a part of a schema that says something, or of a parent that does."""
    if _beside(index, circle.schemas[pointer]):
        return True
    above, _, number = pointer.rpartition("/")
    holder, _, keyword = above.rpartition("/")
    if keyword != "allOf" or holder not in circle.schemas:
        return False
    said = circle.schemas[holder].keys() - ANNOTATIONS - {"allOf"}
    parts = [part for at, part in enumerate(circle.schemas[holder]["allOf"]) if str(at) != number]
    said |= {key for part in parts if isinstance(part, dict) for key in part.keys() - ANNOTATIONS}
    return bool(said or _base(circle.schemas[parent], circle.branches[parent]))


def _beside(index: Index, schema: dict[str, Any]) -> set[str]:
    """Name what refuses values beside a reference; in 3.0 nothing counts there (3.0.3, section 4.7.23)."""
    return set() if index.document.version == (3, 0) else schema.keys() - ANNOTATIONS - {"$ref"}


def _base(parent: dict[str, Any], keywords: dict[str, list[Pointer]]) -> dict[str, Any]:
    """What a parent says beside the list of the schemas that extend it, without its words."""
    left_out = (ANNOTATIONS - {"nullable"}) | keywords.keys()
    return {key: value for key, value in parent.items() if key not in left_out}


def _circular(circle: _Circle) -> Iterator[Finding]:
    """Report the first union of a circle that means nothing."""
    pointer, keywords = next(iter(circle.branches.items()))
    keyword, (place, *_) = next(iter(keywords.items()))
    others = len(circle.schemas[pointer][keyword]) > len(keywords[keyword])
    message = f"{keyword} leads back to itself"
    if not others and not circle.schemas[pointer].keys() - ANNOTATIONS - {keyword}:
        yield Finding(pointer=place, message=message, repair=set_value(pointer, {}, "any value is accepted"))
    elif not others:
        yield Finding(
            pointer=place, message=message, repair=remove(join(pointer, keyword), f"the {keyword} is left out")
        )
    else:
        # What such a branch accepts, the other branches of the schema accept already.
        itself = place in circle.refers and _meant(circle, place) == pointer
        severity: Severity = "warning" if itself else "error"
        repair = remove(place, "this branch is left out")
        yield Finding(pointer=place, message=message, severity=severity, repair=repair)
