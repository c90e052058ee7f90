"""Comparing two schemas: how the set of accepted values changed, and by which differences.

Schemas are compared in their normal form, constraint by constraint. As a schema accepts what meets *all* its
constraints, it only grew where each constraint was kept or loosened, and only shrank where each was kept or tightened;
a union grew where each alternative was kept or grew, and so on. Recursion is assumed to hold (coinduction): a pair
that is met again adds nothing. Where an alternative acts on the whole in a way that
can't be decided (overlapping `oneOf`, `if`, `maxContains`), changes below are `unknown`, never compatible.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from ..model import Effect, Flow
from . import containers, scalars, unions
from .compared_document import ANNOTATIONS, ComparedDocument, Conj, as_dict, has_ref
from .differences import Key, SchemaPair
from .discriminators import compare_discriminators, compare_extensions, compare_families
from .normal_form import Context, Normaliser
from .propagation import PairGraph, PlacedDifference
from .shapes import ALL, KINDS, Kind, Shape, kind_of

# Keywords with which a schema's own text does not tell what it accepts, apart from the properties and items it names.
_COMPOSING = frozenset(
    "$ref allOf anyOf oneOf not if then else contains prefixItems patternProperties propertyNames dependentSchemas "
    "unevaluatedProperties unevaluatedItems $dynamicRef $recursiveRef additionalItems".split()
)
_HOLDERS = {"items": "[]", "additionalProperties": "*"}


class Comparator:
    """Compares schemas of two documents, each pair once."""

    def __init__(self, old: ComparedDocument, new: ComparedDocument, today: date) -> None:
        self.context = Context(old, new, today)
        self._pairs: dict[Key, SchemaPair] = {}
        self._differences: dict[Key, tuple[PlacedDifference, ...]] = {}
        self._graphs: dict[Flow, PairGraph] = {
            flow: PairGraph(self._pair, self._same) for flow in ("request", "response")
        }  # apart: a verdict of one flow is none of the other's

    def differences(self, key: Key) -> tuple[PlacedDifference, ...]:
        """Every difference that a pair leads to, nearest first, with its effect on the whole and the path to it."""
        known = self._differences.get(key)
        if known is None:
            known = self._differences[key] = tuple(self._graphs[key[2]].differences(key))
        return known

    def _same(self, key: Key) -> bool:
        known = self._pairs.get(key)
        if known is not None:
            return not (known.differences or known.edges)
        return self.context.sameness.same_all(key[0], key[1])

    def _pair(self, key: Key) -> SchemaPair:
        known = self._pairs.get(key)
        if known is None:
            old, new, flow = key
            known = self._pairs[key] = SchemaPair(old, new, flow)
            if not self.context.sameness.same_all(old, new) and not self._same_here(known):
                self._compare(known)
        return known

    def _same_here(self, pair: SchemaPair) -> bool:
        """Compare schemas that differ in the targets of their references only: go on to these.

        False, with nothing added, if the schemas have to be compared in full.
        """
        if len(pair.old) != 1 or len(pair.new) != 1 or not self.context.sameness.same_text(pair.old[0], pair.new[0]):
            return False
        if pair.old[0] in self.context.old.families or pair.new[0] in self.context.new.families:
            return False
        raw = self.context.old.at(pair.old[0])
        below = self._below(pair, raw) if isinstance(raw, dict) else None
        if below is None:
            return False
        found = []
        for segment, tokens in below:
            old = self.context.old.conj((self.context.old.child(pair.old[0], *tokens),))
            new = self.context.new.conj((self.context.new.child(pair.new[0], *tokens),))
            if self.context.before.hidden(old, pair.flow) or self.context.after.hidden(new, pair.flow):
                return False
            if not self.context.sameness.same_all(old, new):
                found.append((segment, old, new))
        for segment, old, new in found:
            pair.add_edge(segment, old, new)
        return True

    def _below(self, pair: SchemaPair, raw: dict[str, Any]) -> list[tuple[str, tuple[str, ...]]] | None:
        """The segments and tokens that lead to parts with references; None if the schemas have to be compared in full."""
        composed = raw.keys() & _COMPOSING
        below: list[tuple[str, tuple[str, ...]]] = []
        if not composed:
            properties = as_dict(raw.get("properties")).items()
            below = [(name, ("properties", name)) for name, each in properties if has_ref(each)]
            return below + [(segment, (key,)) for key, segment in _HOLDERS.items() if has_ref(raw.get(key))]
        key = next(iter(composed))
        if len(composed) > 1 or key not in {"anyOf", "oneOf"} or not raw.keys() <= {key, *ANNOTATIONS}:
            return None
        if not isinstance(raw[key], list):
            return None
        below = [("", (key, str(index))) for index, each in enumerate(raw[key]) if has_ref(each)]
        if key == "oneOf" and not (len(below) == 1 and self._only_null_beside(pair, raw[key], below[0][1])):
            return None
        return below

    def _only_null_beside(self, pair: SchemaPair, branches: list[Any], tokens: tuple[str, ...]) -> bool:
        """Whether a `oneOf` is of one schema and null, and that schema does not accept null itself."""
        if sum(branch == {"type": "null"} for branch in branches) != len(branches) - 1:
            return False
        documents = (self.context.before, pair.old[0]), (self.context.after, pair.new[0])
        return not any(
            "null" in shape.kinds
            for normaliser, pointer in documents
            for shape in normaliser.normal(normaliser.document.conj((normaliser.document.child(pointer, *tokens),)))
        )

    def _compare(self, pair: SchemaPair) -> None:
        if compare_extensions(pair, self.context):
            return
        olds, news = self.context.before.normal(pair.old), self.context.after.normal(pair.new)
        unions.compare_annotations(pair, self.context)
        if not olds or not news:
            if olds:
                pair.add("became-forbidden", "narrower")
            elif news:
                pair.add("became-allowed", "wider")
            return
        if unions.compare_wrapped(pair, self.context, olds, news):
            return
        if self._all_listed(pair, olds, news):
            return
        self._types(pair, olds, news)
        for kind in KINDS:
            left = [shape for shape in olds if kind in shape.kinds]
            right = [shape for shape in news if kind in shape.kinds]
            if left and right:
                self._kind(pair, kind, left, right)

    def _all_listed(self, pair: SchemaPair, olds: tuple[Shape, ...], news: tuple[Shape, ...]) -> bool:
        """Two enums (null aside) are compared as sets, whatever the types of their values."""
        if len(olds) != 1 or len(news) != 1:
            return False
        old, new = olds[0], news[0]
        if not (old.lists_scalars and new.lists_scalars) or old.kinds == new.kinds:
            return False
        _null(pair, old.kinds, new.kinds)
        before, after = (
            {key: value for key, value in (shape.values or {}).items() if value is not None} for shape in (old, new)
        )
        scalars.report_values(pair, before, after, old, new)
        return True

    def _types(self, pair: SchemaPair, olds: tuple[Shape, ...], news: tuple[Shape, ...]) -> None:
        """Report types that one document only accepts."""
        before = frozenset(kind for shape in olds for kind in shape.kinds)
        after = frozenset(kind for shape in news for kind in shape.kinds)
        if ALL not in (before, after) or before == after:
            _null(pair, before, after)
            removed, added = before - after - {"null"}, after - before - {"null"}
        else:
            removed, added = before - after, after - before
        whole = _integers(olds, news)
        removed = unions.report_branches(pair, olds, removed, after, "removed")
        added = unions.report_branches(pair, news, added, before, "added")
        if removed or added or whole:
            loses, gains = bool(removed) or whole == "narrower", bool(added) or whole == "wider"
            effect: Effect = "different" if loses and gains else "narrower" if loses else "wider"
            several = max(len(before - {"null"}), len(after - {"null"})) > 1 and ALL not in (before, after)
            overlap = bool(before & after - {"null"})
            kind = scalars.type_kind(pair, effect)
            if (removed or added) and several and overlap and effect != "different":
                kind = "list-of-types-" + ("widened" if effect == "wider" else "narrowed")
            where = _type_pointer(self.context.before, pair.old), _type_pointer(self.context.after, pair.new)
            pair.add(kind, effect, *where, name="type", old=type_names(olds), new=type_names(news))

    def _kind(self, pair: SchemaPair, kind: Kind, olds: list[Shape], news: list[Shape]) -> None:
        matched, gone, come = unions.align(self.context, olds, news)
        for old, new in matched:
            if kind == "number" and (len(olds) > 1 or len(news) > 1):
                scalars.compare_integers(pair, old, new)
            if not scalars.compare_values(pair, old, new, kind):
                scalars.compare_constraints(pair, old, new, kind)
            if kind == "object":
                containers.compare_objects(pair, self.context, old, new)
                compare_families(pair, self.context, old.family, new.family)
            elif kind == "array":
                containers.compare_arrays(pair, self.context, old, new)
            unions.compare_applicators(pair, self.context, old, new)
        for told_apart in dict.fromkeys((old.told_apart, new.told_apart) for old, new in matched):
            compare_discriminators(pair, self.context, *told_apart)
        for shape in gone:
            unions.report_branch(pair, shape, "removed")
        for shape in come:
            unions.report_branch(pair, shape, "added")


def _integers(olds: tuple[Shape, ...], news: tuple[Shape, ...]) -> Effect | None:
    """The effect of a change between `integer` and `number`, if each document has one alternative for numbers."""
    left, right = ([shape for shape in shapes if "number" in shape.kinds] for shapes in (olds, news))
    if len(left) != 1 or len(right) != 1 or left[0].integer == right[0].integer:
        return None
    if left[0].values is not None or right[0].values is not None:
        return None
    return "wider" if left[0].integer else "narrower"


def type_names(shapes: tuple[Shape, ...]) -> list[str]:
    """The accepted types by their names in `type`; `any` alone if all are."""
    kinds = {kind for shape in shapes for kind in shape.kinds}
    if kinds == ALL:
        return ["any"]
    integers = all(shape.integer or _whole(shape) for shape in shapes if "number" in shape.kinds)
    return [("integer" if integers else kind) if kind == "number" else kind for kind in KINDS if kind in kinds]


def _whole(shape: Shape) -> bool:
    numbers = [value for value in (shape.values or {}).values() if kind_of(value) == "number"]
    return bool(numbers) and all(isinstance(value, int) for value in numbers)


def _null(pair: SchemaPair, before: frozenset[Kind], after: frozenset[Kind]) -> None:
    if "null" in before and "null" not in after:
        pair.add("became-not-nullable", "narrower")
    elif "null" in after and "null" not in before:
        pair.add("became-nullable", "wider")


def _type_pointer(normaliser: Normaliser, conj: Conj) -> str:
    for pointer in normaliser.flat(conj):
        raw = normaliser.document.at(pointer)
        if isinstance(raw, dict) and "type" in raw:
            return f"{pointer}/type"
    return conj[0] if conj else ""
