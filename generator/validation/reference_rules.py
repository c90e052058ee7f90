"""References that lead nowhere, to an object of another kind, or back to themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..document.index import Index
from ..document.objects import SECTIONS, PlacedObject
from ..pointer import Pointer, join
from .finding import SHOWN_NAME, Finding, Repair
from .repair_steps import NEUTRAL, remove, set_value

_Edge = tuple[Pointer, PlacedObject]  # where a reference or a part of an allOf stands, and what it brings in


def judge_references(index: Index) -> Iterator[Finding]:
    """Report references without a target, or with one that is of another kind than is expected there."""
    for node in index.references():
        ref = node.value["$ref"]
        problem = _problem(index, node, ref)
        if problem:
            hint = "" if ref.startswith("#") else "references to other addresses are not followed"
            repair = _without_reference(node.pointer, node.kind)
            yield Finding(pointer=node.pointer, message=problem, hint=hint, repair=repair)


def judge_dynamic_references(index: Index) -> Iterator[Finding]:
    """Report each `$dynamicRef` that led nowhere: others became references when the document was read (Core 8.2.3.2)."""
    for pointer, _, schema in index.of("schema") if index.document.version >= (3, 1) else ():
        ref = schema.get("$dynamicRef")
        if isinstance(ref, str):
            place = join(pointer, "$dynamicRef")
            message = index.lost.describe(index.document.root, ref, "schema", pointer)
            yield Finding(pointer=place, message=message, repair=remove(place))


def _problem(index: Index, node: PlacedObject, ref: str) -> str:
    shown = ref if len(ref) <= SHOWN_NAME else ref[:SHOWN_NAME] + "…"
    target, kind = index.target(node), node.kind
    if target is None:
        return index.lost.describe(index.document.root, ref, kind, node.pointer)
    found = index.kinds.get(target.pointer, kind)
    if found != kind:
        return f'the reference "{shown}" leads to a {found}; a {kind} is needed here'
    if not isinstance(target.value, dict | bool if kind == "schema" else dict):
        return f'the reference "{shown}" leads to a value that is no {kind}'
    return ""


def _without_reference(pointer: Pointer, kind: str) -> Repair | None:
    if kind in NEUTRAL:
        return set_value(pointer, *NEUTRAL[kind])
    if kind == "securityScheme" or (kind == "pathItem" and pointer.startswith("#/paths/")):
        return None
    return remove(pointer, f"the {kind} is left out")


def judge_circles(index: Index) -> Iterator[Finding]:
    """Report references that lead back to themselves with nothing in between but references and allOf."""
    done: set[Pointer] = set()
    for node in index.objects:
        if node.kind in SECTIONS and node.pointer not in done and ("$ref" in node.value or "allOf" in node.value):
            yield from _circles_from(index, node, done)


def _circles_from(index: Index, start: PlacedObject, done: set[Pointer]) -> Iterator[Finding]:
    # Depth first without recursion: a chain may be as long as the document.
    trail = [(start, _edges(index, start))]
    on_trail = {start.pointer}
    while trail:
        node, edges = trail[-1]
        step = next(edges, None)
        if step is None:
            done.add(node.pointer)
            on_trail.discard(node.pointer)
            trail.pop()
            continue
        place, target = step
        if target.pointer in on_trail:
            repair = _without_reference(place, target.kind)
            if "/allOf/" in place:
                repair = remove(place, "this part is left out")
            message = "the reference leads back to itself" if place == node.pointer else "allOf leads back to itself"
            yield Finding(pointer=place, message=message, repair=repair)
        elif target.pointer not in done:
            on_trail.add(target.pointer)
            trail.append((target, _edges(index, target)))


def _edges(index: Index, node: PlacedObject) -> Iterator[_Edge]:
    """Go to what an object stands for: through its reference, and through the parts of a schema's allOf."""
    target = index.target(node)
    if target is not None and isinstance(target.value, dict):
        yield node.pointer, target
    parts: Any = node.value.get("allOf") if node.kind == "schema" else None
    for number, part in enumerate(parts if isinstance(parts, list) else ()):
        if isinstance(part, dict):
            place = f"{node.pointer}/allOf/{number}"
            yield place, PlacedObject(place, "schema", part)
