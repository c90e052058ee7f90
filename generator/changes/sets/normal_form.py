"""The normal form of schemas: references followed, `allOf` joined, unions expanded if that is exact."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from ...records import record
from ..model import Flow
from .compared_document import (
    ANY,
    NEVER,
    NULL,
    ComparedDocument,
    Conj,
    Sameness,
    as_dict,
    bare,
    canonical,
    display,
    dump,
)
from .keywords import read_keywords
from .shapes import Applicator, Constraint, Kind, Shape, accepts_scalar, finish, kind_of, merge, property_conj

_MOST_ALTERNATIVES = 64  # beyond these a union is compared as a whole
_MOST_DISJOINT = 40  # branches of a oneOf that are compared with each other
_MOST_INSIDE = 50  # schemas whose forms wait for one: deeper ones are compared as a whole
_DEPTH = 3  # levels of properties in which two branches are told apart


@record
class Group:
    """One `anyOf`, `oneOf` or `nullable`; each branch is a conjunction."""

    keyword: str
    pointer: str
    branches: tuple[Conj, ...]
    discriminated: bool = False


class Normaliser:
    """The normal forms of one document's schemas, each computed once."""

    def __init__(self, document: ComparedDocument, other: ComparedDocument) -> None:
        """Take the other document too: a union that has a discriminator in one of them is expanded in both."""
        self.document, self._other = document, other
        self._known: dict[Conj, tuple[Shape, ...]] = {}
        self._read: dict[str, Shape] = {}  # the keywords of each schema object
        self._busy: set[Conj] = set()
        self._hidden: dict[Conj, tuple[bool, bool]] = {}

    def normal(self, conj: Conj) -> tuple[Shape, ...]:
        """The alternatives of a conjunction; none if it accepts nothing."""
        known = self._known.get(conj)
        if known is not None:
            return known
        if conj in self._busy or len(self._busy) == _MOST_INSIDE:  # a union that is its own branch, or is too deep
            return (_opaque(conj),)
        self._busy.add(conj)
        try:
            shapes = self._build(conj)
        finally:
            self._busy.discard(conj)
        self._known[conj] = shapes
        return shapes

    def flat(self, conj: Conj) -> list[str]:
        """The pointers of all schema objects that apply: references followed, `allOf` expanded."""
        found: dict[str, None] = {}
        seen: set[str] = set()
        todo = list(reversed(conj))
        while todo:
            pointer = todo.pop()
            if pointer in seen:
                continue
            seen.add(pointer)
            raw = self.document.at(pointer)
            if not isinstance(raw, dict):
                found[pointer] = None
                continue
            ref = raw.get("$ref")
            if isinstance(ref, str):
                todo.append(self.document.resolve(ref))
                if self.document.is_30:  # siblings of a $ref mean nothing (OpenAPI 3.0.3, Reference Object)
                    continue
            nullable = self.document.is_30 and raw.get("nullable") is True
            if not nullable and isinstance(raw.get("allOf"), list):
                todo += [self.document.child(pointer, "allOf", str(i)) for i in reversed(range(len(raw["allOf"])))]
            found[pointer] = None
        return list(found)

    def hidden(self, conj: Conj, flow: Flow) -> bool:
        """Whether a property is left out of such bodies: `readOnly` of requests, `writeOnly` of responses, neither if it is both."""
        known = self._hidden.get(conj)
        if known is None:
            raws = [self.document.at(pointer) for pointer in self.flat(conj)]
            read = any(isinstance(raw, dict) and raw.get("readOnly") is True for raw in raws)
            write = any(isinstance(raw, dict) and raw.get("writeOnly") is True for raw in raws)
            known = self._hidden[conj] = (read and not write, write and not read)
        return known[0] if flow == "request" else known[1]

    def _build(self, conj: Conj) -> tuple[Shape, ...]:
        base = Shape(pointer=conj[0] if conj else "", family=self.document.extended(conj))
        groups: list[Group] = []
        for pointer in self.flat(conj):
            raw = self.document.at(pointer)
            if raw is False:
                return ()
            if not isinstance(raw, dict):
                continue
            if self.document.is_30 and raw.get("nullable") is True:
                groups.append(Group("nullable", pointer, ((self.document.without_null(pointer),), NULL)))
                continue
            if pointer not in self._read:
                self._read[pointer] = read_keywords(self.document, pointer, raw)
            base = merge(base, self._read[pointer])
            groups += _unions(self.document, pointer, raw)
        told_apart = tuple(dict.fromkeys(group.pointer for group in groups if group.discriminated))
        shapes = [replace(base, told_apart=(*base.told_apart, *told_apart))]
        for group in groups:
            if not self._exact(group):
                branches = tuple(self.document.conj(branch) for branch in group.branches)
                applicator = Applicator(kind="oneOf", pointer=group.pointer, branches=branches)
                shapes = [replace(shape, applicators=(*shape.applicators, applicator)) for shape in shapes]
                continue
            spread = [branch for conj_ in group.branches for branch in self._branch(group, conj_)]
            if len(shapes) * len(spread) > _MOST_ALTERNATIVES:
                return (_opaque(conj),)
            shapes = [merge(shape, branch) for shape in shapes for branch in spread]
        return _join_values([done for shape in shapes if (done := finish(shape)) is not None])

    def _branch(self, group: Group, conj: Conj) -> list[Shape]:
        if group.keyword == "nullable":
            return list(self.normal(conj))
        name = "any-of" if group.keyword == "anyOf" else "one-of"
        canon = self.document.conj(conj)
        pointer = conj[0] if conj else group.pointer
        label = component(canon)
        return [
            replace(shape, group=name, branch=pointer, label=label or _tag(self.document, shape))
            for shape in self.normal(canon)
        ]

    def _exact(self, group: Group) -> bool:
        """Whether the union of the branches is exactly what the group accepts."""
        if group.keyword != "oneOf" or group.discriminated or len(group.branches) == 1:
            return True
        if _is_discriminated(self._other.at(self._other.resolve(display(group.pointer)))):
            return True
        if len(group.branches) > _MOST_DISJOINT:
            return False
        forms = [self.normal(self.document.conj(branch)) for branch in group.branches]
        return all(self._disjoint(left, right, _DEPTH) for i, left in enumerate(forms) for right in forms[i + 1 :])

    def _disjoint(self, left: tuple[Shape, ...], right: tuple[Shape, ...], depth: int) -> bool:
        """True if two normal forms certainly have no value in common."""
        return all(self._apart(a, b, kind, depth) for a in left for b in right for kind in a.kinds & b.kinds)

    def _apart(self, left: Shape, right: Shape, kind: Kind, depth: int) -> bool:
        if left.values is not None or right.values is not None:
            some = left if left.values is not None else right
            other = right if some is left else left
            mine = {key: value for key, value in (some.values or {}).items() if kind_of(value) == kind}
            if other.values is not None:
                return not any(key in other.values for key in mine)
            return all(accepts_scalar(other, value) is False for value in mine.values())
        if kind == "number":
            return _ranges_apart(left, right) or _ranges_apart(right, left)
        return kind == "object" and depth > 0 and self._objects_apart(left, right, depth)

    def _objects_apart(self, left: Shape, right: Shape, depth: int) -> bool:
        for name in left.required.keys() | right.required.keys():
            a, b = property_conj(self.document, left, name), property_conj(self.document, right, name)
            if a is None or b is None:
                continue
            if (a == NEVER and name in right.required) or (b == NEVER and name in left.required):
                return True
            both = name in left.required and name in right.required
            worth = both and ANY not in (a, b) and not {a, b} & self._busy
            if worth and self._disjoint(self.normal(a), self.normal(b), depth - 1):
                return True
        return False


def _join_values(shapes: list[Shape]) -> tuple[Shape, ...]:
    """Join the alternatives that only list scalars: a union of constants is an enum."""
    lists = [shape for shape in shapes if shape.lists_scalars]
    if len(lists) < 2:
        return tuple(shapes)
    first = lists[0]
    values = {key: value for shape in lists for key, value in (shape.values or {}).items()}
    kinds = frozenset(kind for shape in lists for kind in shape.kinds)
    source = Constraint("enum", first.pointer)
    joined = replace(first, values=values, kinds=kinds, values_from=source, group="", branch="")
    return tuple(joined if shape is first else shape for shape in shapes if shape is first or shape not in lists)


def _ranges_apart(low: Shape, high: Shape) -> bool:
    upper, lower = low.constraints.get("upper"), high.constraints.get("lower")
    if upper is None or lower is None:
        return False
    touching = upper.value.value == lower.value.value and (upper.value.exclusive or lower.value.exclusive)
    return bool(upper.value.value < lower.value.value or touching)


def _tag(document: ComparedDocument, shape: Shape) -> str:
    """A name for an inline branch: its required property that has one value, such as a discriminator's."""
    for name in sorted(shape.required):
        for part in shape.objects:
            raw = document.at(part.properties[name]) if name in part.properties else None
            if isinstance(raw, dict):
                values = raw["enum"] if isinstance(raw.get("enum"), list) else [raw["const"]] if "const" in raw else []
                if len(values) == 1:
                    return f"{name}={canonical(values[0])}"
    return ""


def component(conj: Conj) -> str:
    """The pointer of the component, if a conjunction is that component alone; otherwise empty."""
    if len(conj) == 1 and conj[0].startswith("#/components/") and conj[0].count("/") == 3:
        return conj[0]
    return ""


def _opaque(conj: Conj) -> Shape:
    return Shape(pointer=conj[0], applicators=(Applicator(kind="opaque", pointer=conj[0], branches=(conj,)),))


def _unions(document: ComparedDocument, pointer: str, raw: dict[str, Any]) -> list[Group]:
    groups = []
    for keyword in ("anyOf", "oneOf"):
        listed = raw.get(keyword)
        if isinstance(listed, list) and listed:
            branches = tuple((document.child(pointer, keyword, str(i)),) for i in range(len(listed)))
            groups.append(Group(keyword, pointer, branches, _is_discriminated(raw)))
    return groups


def _is_discriminated(raw: Any) -> bool:
    return isinstance(as_dict(as_dict(raw).get("discriminator")).get("propertyName"), str)


def bare_text(document: ComparedDocument, conj: Conj) -> str:
    """Text that is equal only for equal schemas; without annotations, and references not followed."""
    return dump([bare(document.at(pointer)) for pointer in conj])


class Context:
    """Both documents of a comparison, with the normal forms of their schemas."""

    def __init__(self, old: ComparedDocument, new: ComparedDocument, today: date) -> None:
        self.old, self.new, self.today = old, new, today
        self.before, self.after = Normaliser(old, new), Normaliser(new, old)
        self.sameness = Sameness(old, new)
