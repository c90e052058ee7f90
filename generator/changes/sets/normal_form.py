"""Schemas into their normal form: references followed, `allOf` joined, unions spread out where that is exact."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from ..model import Direction
from .shapes import (
    ALL,
    ArrayPart,
    Bound,
    Fact,
    Kind,
    ObjectPart,
    Shape,
    Special,
    accepts_scalar,
    finish,
    fraction,
    kind_of,
    merge,
    property_conj,
)
from .side import ANY, NEVER, NULL, UNRESOLVED, Conj, Side, as_dict, bare, canonical, dump

_MOST_ALTERNATIVES = 64  # beyond these a union is compared as a whole
_MOST_DISJOINT = 40  # branches of a oneOf that are held against each other
_DEPTH = 3  # levels of properties in which two branches are told apart
_TYPES: dict[str, Kind] = {
    "null": "null",
    "boolean": "boolean",
    "integer": "number",
    "number": "number",
    "string": "string",
    "array": "array",
    "object": "object",
}
_NATURALS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_SILENT_FORMATS = frozenset(("password",))  # a hint for forms, not a set of strings


@dataclass(frozen=True, slots=True)
class Group:
    """A union among the conjuncts: each branch is a conjunction."""

    keyword: str
    pointer: str
    branches: tuple[Conj, ...]
    discriminated: bool = False


class Normaliser:
    """Normal forms of one document's schemas, remembered."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self._known: dict[Conj, tuple[Shape, ...]] = {}
        self._busy: set[Conj] = set()
        self._hidden: dict[Conj, tuple[bool, bool]] = {}

    def normal(self, conj: Conj) -> tuple[Shape, ...]:
        """The alternatives of a conjunction; none where it accepts nothing."""
        known = self._known.get(conj)
        if known is not None:
            return known
        if conj in self._busy:  # a union that is its own branch
            return (_opaque(conj),)
        self._busy.add(conj)
        try:
            shapes = self._build(conj)
        finally:
            self._busy.discard(conj)
        self._known[conj] = shapes
        return shapes

    def flat(self, conj: Conj) -> list[str]:
        """The pointers of all schema objects that hold together: references followed, `allOf` taken apart."""
        found: dict[str, None] = {}
        seen: set[str] = set()
        todo = list(reversed(conj))
        while todo:
            pointer = todo.pop()
            if pointer in seen:
                continue
            seen.add(pointer)
            raw = self.side.at(pointer)
            if not isinstance(raw, dict):
                found[pointer] = None
                continue
            ref = raw.get("$ref")
            if isinstance(ref, str):
                todo.append(self.side.resolve(ref))
                if self.side.is_30:  # siblings of a $ref mean nothing (OpenAPI 3.0.3, Reference Object)
                    continue
            nullable = self.side.is_30 and raw.get("nullable") is True
            if not nullable and isinstance(raw.get("allOf"), list):
                todo += [self.side.child(pointer, "allOf", str(i)) for i in reversed(range(len(raw["allOf"])))]
            found[pointer] = None
        return list(found)

    def hidden(self, conj: Conj, direction: Direction) -> bool:
        """Whether a property does not travel in that direction (readOnly in requests, writeOnly in responses)."""
        known = self._hidden.get(conj)
        if known is None:
            raws = [self.side.at(pointer) for pointer in self.flat(conj)]
            known = self._hidden[conj] = (
                any(isinstance(raw, dict) and raw.get("readOnly") is True for raw in raws),
                any(isinstance(raw, dict) and raw.get("writeOnly") is True for raw in raws),
            )
        return known[0] if direction == "request" else known[1]

    def _build(self, conj: Conj) -> tuple[Shape, ...]:
        base = Shape(pointer=conj[0] if conj else "")
        groups: list[Group] = []
        for pointer in self.flat(conj):
            raw = self.side.at(pointer)
            if raw is False:
                return ()
            if not isinstance(raw, dict):
                continue
            if self.side.is_30 and raw.get("nullable") is True:
                groups.append(Group("nullable", pointer, ((self.side.without_null(pointer),), NULL)))
                continue
            base = merge(base, _simple(self.side, pointer, raw))
            groups += _unions(self.side, pointer, raw)
        shapes = [base]
        for group in groups:
            if not self._exact(group):
                branches = tuple(self.side.conj(branch) for branch in group.branches)
                special = Special(kind="oneOf", pointer=group.pointer, branches=branches)
                shapes = [replace(shape, specials=(*shape.specials, special)) for shape in shapes]
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
        canon = self.side.conj(conj)
        pointer = conj[0] if conj else group.pointer
        label = component(canon)
        return [
            replace(shape, group=name, branch=pointer, label=label or _tag(self.side, shape))
            for shape in self.normal(canon)
        ]

    def _exact(self, group: Group) -> bool:
        """Whether the union of the branches is exactly what the group accepts."""
        if group.keyword != "oneOf" or group.discriminated or len(group.branches) == 1:
            return True
        if len(group.branches) > _MOST_DISJOINT:
            return False
        forms = [self.normal(self.side.conj(branch)) for branch in group.branches]
        return all(self._disjoint(left, right, _DEPTH) for i, left in enumerate(forms) for right in forms[i + 1 :])

    def _disjoint(self, left: tuple[Shape, ...], right: tuple[Shape, ...], depth: int) -> bool:
        """True where two normal forms certainly have no value in common."""
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
            a, b = property_conj(self.side, left, name), property_conj(self.side, right, name)
            if a is None or b is None:
                continue
            if NEVER in (a, b) and name in left.required and name in right.required:
                return True
            if (a == NEVER and name in right.required) or (b == NEVER and name in left.required):
                return True
            both = name in left.required and name in right.required
            worth = both and ANY not in (a, b) and not {a, b} & self._busy
            if worth and self._disjoint(self.normal(a), self.normal(b), depth - 1):
                return True
        return False


def _join_values(shapes: list[Shape]) -> tuple[Shape, ...]:
    """Make one enum of the alternatives that only list scalars: a union of constants is an enum."""
    lists = [shape for shape in shapes if shape.values is not None and _only_scalars(shape)]
    if len(lists) < 2:
        return tuple(shapes)
    first = lists[0]
    values = {key: value for shape in lists for key, value in (shape.values or {}).items()}
    kinds = frozenset(kind for shape in lists for kind in shape.kinds)
    joined = replace(first, values=values, kinds=kinds, values_from=Fact("enum", first.pointer), group="", branch="")
    return tuple(joined if shape is first else shape for shape in shapes if shape is first or shape not in lists)


def _only_scalars(shape: Shape) -> bool:
    return not (shape.facts or shape.specials or shape.kinds & {"array", "object"})


def _ranges_apart(low: Shape, high: Shape) -> bool:
    upper, lower = low.facts.get("upper"), high.facts.get("lower")
    if upper is None or lower is None:
        return False
    touching = upper.value.value == lower.value.value and (upper.value.exclusive or lower.value.exclusive)
    return bool(upper.value.value < lower.value.value or touching)


def _tag(side: Side, shape: Shape) -> str:
    """A name for an inline branch: its required property that has one value, such as a discriminator's."""
    for name in sorted(shape.required):
        for part in shape.objects:
            raw = side.at(part.properties[name]) if name in part.properties else None
            if isinstance(raw, dict):
                values = raw["enum"] if isinstance(raw.get("enum"), list) else [raw["const"]] if "const" in raw else []
                if len(values) == 1:
                    return f"{name}={canonical(values[0])}"
    return ""


def component(conj: Conj) -> str:
    """The pointer of the component that a conjunction is, where it is nothing else."""
    if len(conj) == 1 and conj[0].startswith("#/components/") and conj[0].count("/") == 3:
        return conj[0]
    return ""


def _opaque(conj: Conj) -> Shape:
    return Shape(pointer=conj[0], specials=(Special(kind="opaque", pointer=conj[0], branches=(conj,)),))


def _unions(side: Side, pointer: str, raw: dict[str, Any]) -> list[Group]:
    groups = []
    for keyword in ("anyOf", "oneOf"):
        listed = raw.get(keyword)
        if isinstance(listed, list) and listed:
            branches = tuple((side.child(pointer, keyword, str(i)),) for i in range(len(listed)))
            disc = raw.get("discriminator")
            discriminated = isinstance(disc, dict) and isinstance(disc.get("propertyName"), str)
            groups.append(Group(keyword, pointer, branches, discriminated))
    return groups


def _simple(side: Side, pointer: str, raw: dict[str, Any]) -> Shape:
    """The shape of one schema object without its references, `allOf`, `anyOf` and `oneOf`."""
    kinds, integer, known = _kinds(raw.get("type"))
    values, source = _values(pointer, raw)
    specials = _specials(side, pointer, raw)
    foreign = any(key in raw for key in ("$dynamicRef", "$recursiveRef", "additionalItems", UNRESOLVED))
    if not known or foreign or isinstance(raw.get("items"), list):
        specials.append(Special(kind="opaque", pointer=pointer, branches=((pointer,),)))
    required = raw.get("required")
    dependent = raw.get("dependentRequired")
    return Shape(
        pointer=pointer,
        kinds=kinds,
        integer=integer,
        values=values,
        values_from=source,
        facts=_facts(pointer, raw),
        required={name: pointer for name in required if isinstance(name, str)} if isinstance(required, list) else {},
        dependent={
            (name, each): pointer
            for name, wanted in (dependent.items() if isinstance(dependent, dict) else ())
            for each in (wanted if isinstance(wanted, list) else ())
        },
        objects=_object_part(side, pointer, raw),
        arrays=_array_part(side, pointer, raw),
        specials=tuple(specials),
    )


def _kinds(written: Any) -> tuple[frozenset[Kind], bool, bool]:
    """The types of a `type` keyword, whether numbers have to be integers, and whether all names are known."""
    if written is None:
        return ALL, False, True
    names = written if isinstance(written, list) else [written]
    known = all(isinstance(name, str) and name in _TYPES for name in names)
    if not known:
        return ALL, False, False
    return frozenset(_TYPES[name] for name in names), "integer" in names and "number" not in names, True


def _values(pointer: str, raw: dict[str, Any]) -> tuple[dict[str, Any] | None, Fact | None]:
    values: dict[str, Any] | None = None
    source = None
    if isinstance(raw.get("enum"), list):
        values = {canonical(value): value for value in raw["enum"]}
        source = Fact("enum", f"{pointer}/enum")
    if "const" in raw:
        key = canonical(raw["const"])
        values = {key: raw["const"]} if values is None or key in values else {}
        source = Fact("const", f"{pointer}/const")
    return values, source


def _facts(pointer: str, raw: dict[str, Any]) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for name in _NATURALS:
        value = raw.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            facts[name] = Fact(value, f"{pointer}/{name}")
    for name, end, sign in (("lower", "minimum", 1), ("upper", "maximum", -1)):
        found = _bound(raw, pointer, end, sign)
        if found is not None:
            facts[name] = found
    step = fraction(raw.get("multipleOf"))
    if step:
        facts["multipleOf"] = Fact({abs(step): None}, f"{pointer}/multipleOf")
    if isinstance(raw.get("pattern"), str):
        facts["pattern"] = Fact({raw["pattern"]: None}, f"{pointer}/pattern")
    written = raw.get("format")
    if isinstance(written, str) and written not in _SILENT_FORMATS:
        facts["format"] = Fact({written: None}, f"{pointer}/format")
    if raw.get("uniqueItems") is True:
        facts["uniqueItems"] = Fact(True, f"{pointer}/uniqueItems")
    return facts


def _bound(raw: dict[str, Any], pointer: str, name: str, sign: int) -> Fact | None:
    """`minimum` with its exclusive sister in both forms: a boolean (3.0) and a number of its own (3.1)."""
    sister = "exclusive" + name.capitalize()
    value, other = fraction(raw.get(name)), fraction(raw.get(sister))
    found: list[tuple[Fraction, bool, str]] = []
    if value is not None:
        found.append((value, raw.get(sister) is True, name))
    if other is not None:
        found.append((other, True, sister))
    if not found:
        return None
    best = max(found, key=lambda each: (sign * each[0], each[1]))
    return Fact(Bound(best[0], best[1]), f"{pointer}/{best[2]}")


def _object_part(side: Side, pointer: str, raw: dict[str, Any]) -> tuple[ObjectPart, ...]:
    declared, patterns = raw.get("properties"), raw.get("patternProperties")
    additional = raw.get("additionalProperties")
    if not isinstance(declared, dict) and not isinstance(patterns, dict) and additional is None:
        return ()
    part = ObjectPart(
        pointer=pointer,
        properties={name: side.child(pointer, "properties", name) for name in as_dict(declared)},
        patterns={name: side.child(pointer, "patternProperties", name) for name in as_dict(patterns)},
        additional=side.child(pointer, "additionalProperties") if _restricts(additional) else None,
        closed=additional is False,
        welcome=additional is not None and not _restricts(additional),
    )
    return (part,)


def _restricts(schema: Any) -> bool:
    """Whether a schema (or its absence) says anything about values."""
    return isinstance(schema, dict | bool) and schema is not True and bare(schema) != {}


def _array_part(side: Side, pointer: str, raw: dict[str, Any]) -> tuple[ArrayPart, ...]:
    prefix, items = raw.get("prefixItems"), raw.get("items")
    if not isinstance(prefix, list) and not isinstance(items, dict | bool):
        return ()
    count = len(prefix) if isinstance(prefix, list) else 0
    part = ArrayPart(
        pointer=pointer,
        prefix=tuple(side.child(pointer, "prefixItems", str(i)) for i in range(count)),
        items=side.child(pointer, "items") if _restricts(items) else None,
        closed=items is False,
    )
    return (part,)


def _specials(side: Side, pointer: str, raw: dict[str, Any]) -> list[Special]:
    def one(keyword: str) -> Conj:
        return (side.child(pointer, keyword),) if isinstance(raw.get(keyword), dict | bool) else ANY

    found = []
    if isinstance(raw.get("not"), dict | bool):
        found.append(Special(kind="not", pointer=f"{pointer}/not", branches=(one("not"),)))
    if isinstance(raw.get("if"), dict | bool) and ("then" in raw or "else" in raw):
        branches = (one("if"), one("then"), one("else"))
        found.append(Special(kind="if", pointer=f"{pointer}/if", branches=branches))
    if isinstance(raw.get("contains"), dict | bool):
        low, high = raw.get("minContains", 1), raw.get("maxContains")
        special = Special(
            kind="contains", pointer=f"{pointer}/contains", branches=(one("contains"),), low=low, high=high
        )
        found.append(special)
    if isinstance(raw.get("propertyNames"), dict | bool):
        found.append(
            Special(kind="propertyNames", pointer=f"{pointer}/propertyNames", branches=(one("propertyNames"),))
        )
    schemas = raw.get("dependentSchemas")
    for name in schemas if isinstance(schemas, dict) else ():
        below = side.child(pointer, "dependentSchemas", name)
        found.append(Special(kind="dependentSchema", pointer=below, name=name, branches=((below,),)))
    for name in ("unevaluatedProperties", "unevaluatedItems"):
        if isinstance(raw.get(name), dict | bool) and raw[name] is not True:
            whole = Special(kind="unevaluated", pointer=f"{pointer}/{name}", name=name, branches=((pointer,),))
            found.append(whole)
    return found


def bare_text(side: Side, conj: Conj) -> str:
    """Text that is equal only where schemas are, what annotates left out; references stay."""
    return dump([bare(side.at(pointer)) for pointer in conj])


__all__ = ["Normaliser", "bare_text", "component"]
