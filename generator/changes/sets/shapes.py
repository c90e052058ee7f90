"""The normal form of a schema: alternatives, each a set of JSON types with the constraints on each type."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

from .side import ANY, NEVER, Conj, Side

Kind = Literal["null", "boolean", "number", "string", "array", "object"]
KINDS: tuple[Kind, ...] = ("null", "boolean", "number", "string", "array", "object")
ALL: frozenset[Kind] = frozenset(KINDS)


@dataclass(frozen=True, slots=True)
class Fact:
    """The value of a constraint and where it stands."""

    value: Any
    pointer: str


@dataclass(frozen=True, slots=True, order=True)
class Bound:
    """One end of a range of numbers; ordered by how far it cuts when it is a lower one."""

    value: Fraction
    exclusive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectPart:
    """The three keywords of one schema object that look at each other (JSON Schema 2020-12, core, 10.3.2)."""

    pointer: str
    properties: Mapping[str, str]
    patterns: Mapping[str, str]
    additional: str | None
    """Pointer of `additionalProperties`; None where it is absent or says nothing."""
    closed: bool
    welcome: bool = False
    """`additionalProperties` allows everything in so many words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrayPart:
    """`prefixItems` and `items` of one schema object; None for absent items."""

    pointer: str
    prefix: tuple[str, ...]
    items: str | None
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Special:
    """A constraint that is compared with its like and is not taken apart further."""

    kind: Literal["oneOf", "not", "if", "contains", "dependentSchema", "propertyNames", "unevaluated", "opaque"]
    pointer: str
    name: str = ""
    branches: tuple[Conj, ...] = ()
    """oneOf: the branches; not, contains, …: the one schema; if: the three schemas."""
    low: int = 0
    high: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One alternative. Constraints on types that are not in `kinds` are gone."""

    pointer: str
    kinds: frozenset[Kind] = ALL
    integer: bool = False
    values: Mapping[str, Any] | None = None
    """The finite set of accepted values by canonical text, where an enum or a const gives one."""
    values_from: Fact | None = None
    """The keyword (`enum` or `const`) that the values come from."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    required: Mapping[str, str] = field(default_factory=dict)
    dependent: Mapping[tuple[str, str], str] = field(default_factory=dict)
    objects: tuple[ObjectPart, ...] = ()
    arrays: tuple[ArrayPart, ...] = ()
    specials: tuple[Special, ...] = ()
    group: str = ""
    """`any-of` or `one-of` where the alternative is a branch of one."""
    branch: str = ""
    label: str = ""


def tighter(name: str, left: Fact, right: Fact) -> Fact:
    """Of two facts of one name, both of which hold, the one that says more; sets are joined."""
    if name in {"lower", "minLength", "minItems", "minProperties"}:
        return left if left.value >= right.value else right
    if name == "upper":
        cut = (left.value.value, not left.value.exclusive) <= (right.value.value, not right.value.exclusive)
        return left if cut else right
    if name in {"maxLength", "maxItems", "maxProperties"}:
        return left if left.value <= right.value else right
    if name in {"pattern", "format", "multipleOf"}:
        return Fact({**left.value, **right.value}, left.pointer)
    return left


def merge(left: Shape, right: Shape) -> Shape:
    """The shape of what both accept; `right`'s branch labels go on."""
    facts = dict(left.facts)
    for name, fact in right.facts.items():
        facts[name] = tighter(name, facts[name], fact) if name in facts else fact
    values, source = left.values, left.values_from
    if values is None:
        values, source = right.values, right.values_from
    elif right.values is not None:
        values = {key: value for key, value in values.items() if key in right.values}
    return replace(
        left,
        kinds=left.kinds & right.kinds,
        integer=left.integer or right.integer,
        values=values,
        values_from=source,
        facts=facts,
        required={**left.required, **right.required},
        dependent={**left.dependent, **right.dependent},
        objects=left.objects + right.objects,
        arrays=left.arrays + right.arrays,
        specials=left.specials + right.specials,
        group=right.group or left.group,
        branch=right.branch or left.branch,
        label="|".join(filter(None, (left.label, right.label))),
    )


FACT_KINDS: Mapping[str, Kind] = {
    "lower": "number",
    "upper": "number",
    "multipleOf": "number",
    "minLength": "string",
    "maxLength": "string",
    "pattern": "string",
    "minItems": "array",
    "maxItems": "array",
    "uniqueItems": "array",
    "minProperties": "object",
    "maxProperties": "object",
}
_DECIDED = frozenset(("lower", "upper", "multipleOf", "minLength", "maxLength"))


def kind_of(value: Any) -> Kind:
    """The JSON type of a value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def finish(shape: Shape) -> Shape | None:
    """Drop what says nothing (facts on absent types, minima of 0), decide finite sets; None for the empty set."""
    kinds = shape.kinds
    values = shape.values
    if values is not None:
        values = {
            key: value
            for key, value in values.items()
            if kind_of(value) in kinds and accepts_scalar(shape, value) is not False
        }
        kinds = kinds & {kind_of(value) for value in values.values()}
    if not kinds:
        return None
    facts = {name: fact for name, fact in shape.facts.items() if _says_something(name, fact, kinds)}
    if values is not None:  # what could be decided by looking at the values says nothing more
        facts = {name: fact for name, fact in facts.items() if name not in _DECIDED}
    integer = shape.integer and "number" in kinds
    has_object = "object" in kinds
    return replace(
        shape,
        kinds=kinds,
        values=values,
        values_from=shape.values_from if values is not None else None,
        facts=facts,
        integer=integer,
        objects=shape.objects if has_object else (),
        required=shape.required if has_object else {},
        dependent=shape.dependent if has_object else {},
        arrays=shape.arrays if "array" in kinds else (),
        specials=tuple(special for special in shape.specials if _applies(special, kinds)),
    )


def _applies(special: Special, kinds: frozenset[Kind]) -> bool:
    if special.kind == "contains" or special.name == "unevaluatedItems":
        return "array" in kinds
    if special.kind in {"propertyNames", "dependentSchema"} or special.name == "unevaluatedProperties":
        return "object" in kinds
    return True


def _says_something(name: str, fact: Fact, kinds: frozenset[Kind]) -> bool:
    kind = FACT_KINDS.get(name)
    if kind is not None and kind not in kinds:
        return False
    if name in {"minLength", "minItems", "minProperties"}:
        return bool(fact.value > 0)
    return not (name == "format" and not kinds & {"number", "string"})


def accepts_scalar(shape: Shape, value: Any) -> bool | None:
    """Whether the shape's facts let a scalar pass; None where that can't be told (patterns, formats, containers)."""
    kind = kind_of(value)
    if kind not in shape.kinds:
        return False
    if kind == "number" and shape.integer and not _integral(value):
        return False
    if kind in {"array", "object"}:
        return None
    sure: bool | None = None if shape.specials else True
    for name, fact in shape.facts.items():
        if FACT_KINDS.get(name, kind) != kind or (name == "format" and kind not in {"string", "number"}):
            continue
        holds = fact_holds(name, fact, value)
        if holds is False:
            return False
        if holds is None:
            sure = None
    return sure


def _integral(value: float) -> bool:
    return isinstance(value, int) or (math.isfinite(value) and value.is_integer())


def fraction(value: Any) -> Fraction | None:
    """A JSON number exactly as it was written; None for what is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return Fraction(value) if isinstance(value, int) else Fraction(repr(value))


def fact_holds(name: str, fact: Fact, value: Any) -> bool | None:
    """Whether a scalar meets one fact; None where that can't be told."""
    if name in {"minLength", "maxLength"}:
        return bool(len(value) >= fact.value if name == "minLength" else len(value) <= fact.value)
    exact = fraction(value)
    if exact is None:
        return None
    if name == "lower":
        return bool(exact > fact.value.value or (exact == fact.value.value and not fact.value.exclusive))
    if name == "upper":
        return bool(exact < fact.value.value or (exact == fact.value.value and not fact.value.exclusive))
    if name == "multipleOf":
        return all(exact % step == 0 for step in fact.value)
    return None


def property_conj(side: Side, shape: Shape, name: str) -> Conj | None:
    """What the value of a property has to meet, `NEVER` where it is not allowed; None where it can't be told."""
    found: list[str] = []
    for part in shape.objects:
        own = [part.properties[name]] if name in part.properties else []
        for pattern, pointer in part.patterns.items():
            try:
                if re.search(pattern, name):
                    own.append(pointer)
            except (re.error, RecursionError, OverflowError):
                return None
        if not own and part.closed:
            return NEVER
        if not own and part.additional is not None:
            own = [part.additional]
        found += own
    return side.conj(found)


def rest_conj(side: Side, shape: Shape) -> Conj:
    """What the value of a property that no keyword names has to meet; `NEVER` where there may be none."""
    if any(part.closed for part in shape.objects):
        return NEVER
    return side.conj(part.additional for part in shape.objects if part.additional is not None)


def item_conj(side: Side, shape: Shape, index: int) -> Conj:
    """What the item at an index has to meet; an index beyond every prefix asks for the rest."""
    found = []
    for part in shape.arrays:
        if index < len(part.prefix):
            found.append(part.prefix[index])
        elif part.closed:
            return NEVER
        elif part.items is not None:
            found.append(part.items)
    return side.conj(found) if found else ANY
