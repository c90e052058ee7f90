"""How the set of values that a schema accepts changed, as the comparison shows it."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from generator.changes.model import Flow
from generator.changes.sets.comparator import Comparator
from generator.changes.sets.compared_document import ComparedDocument, display

Relation = Literal["equal", "wider", "narrower", "different", "unknown"]
"""`equal`: no difference found by a complete comparison; `wider`: all that was accepted still is;
`narrower`: all that is accepted was so before; `different`: changes of both kinds; `unknown`: can't be shown."""


def relation(old: dict[str, Any], new: dict[str, Any], pointer: str, flow: Flow) -> Relation:
    """Compare the schemas at one JSON pointer of two documents' trees; unknown as soon as one effect is."""
    comparator = Comparator(ComparedDocument(old), ComparedDocument(new), date.max)
    context = comparator.context
    left, right = context.old.resolve(pointer), context.new.resolve(pointer)
    assert display(left), pointer
    assert display(right), pointer
    found = [each for each, _ in comparator.differences((context.old.conj((left,)), context.new.conj((right,)), flow))]
    effects = {each.effect if each.sure else "unknown" for each in found if each.effect != "none"}
    if not effects:
        return "equal"
    if "unknown" in effects:
        return "unknown"
    if len(effects) > 1 or "different" in effects:
        return "different"
    return "wider" if "wider" in effects else "narrower"
