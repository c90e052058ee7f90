"""The normal form of a schema: alternatives, each a set of JSON types with the constraints on each type."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import field, replace
from fractions import Fraction
from typing import Any, Literal, NamedTuple, TypeVar

from ...records import record
from ...schemas.patterns import matches
from .compared_document import NEVER, ComparedDocument, Conj

Kind = Literal["null", "boolean", "number", "string", "array", "object"]
KINDS: tuple[Kind, ...] = ("null", "boolean", "number", "string", "array", "object")
ALL: frozenset[Kind] = frozenset(KINDS)


@record
class Constraint:
    """The value of a keyword that limits values, and its pointer."""

    value: Any
    pointer: str


class Bound(NamedTuple):
    """One end of a range of numbers; the order is that of lower bounds, from the weakest."""

    value: Fraction
    exclusive: bool


@record(kw_only=True)
class ObjectPart:
    """The three keywords of one schema object that depend on each other (JSON Schema 2020-12, core, 10.3.2)."""

    pointer: str
    properties: Mapping[str, str]
    patterns: Mapping[str, str]
    additional: str | None
    """Pointer of `additionalProperties`; None if it is absent or allows everything."""
    closed: bool
    welcome: bool = False
    """`additionalProperties` is there and allows everything."""


@record(kw_only=True)
class ArrayPart:
    """`prefixItems` and `items` of one schema object; None for absent items."""

    pointer: str
    prefix: tuple[str, ...]
    items: str | None
    closed: bool


_Part = TypeVar("_Part", bound=ObjectPart | ArrayPart)


@record(kw_only=True)
class Applicator:
    """A keyword that applies subschemas (JSON Schema 2020-12, core, 10), compared only with one of its kind."""

    kind: Literal["oneOf", "not", "if", "contains", "dependentSchema", "propertyNames", "unevaluated", "opaque"]
    pointer: str
    name: str = ""
    branches: tuple[Conj, ...] = ()
    """oneOf: the branches; not, contains, …: the one schema; if: the three schemas."""
    low: int = 0
    high: int | None = None


@record(kw_only=True)
class Shape:
    """One alternative, without constraints on types that are not in `kinds`."""

    pointer: str
    kinds: frozenset[Kind] = ALL
    integer: bool = False
    values: Mapping[str, Any] | None = None
    """The accepted values by canonical text, if `enum` or `const` lists them."""
    values_from: Constraint | None = None
    """The keyword (`enum` or `const`) that the values come from."""
    constraints: Mapping[str, Constraint] = field(default_factory=dict)
    required: Mapping[str, str] = field(default_factory=dict)
    dependent: Mapping[tuple[str, str], str] = field(default_factory=dict)
    objects: tuple[ObjectPart, ...] = ()
    arrays: tuple[ArrayPart, ...] = ()
    applicators: tuple[Applicator, ...] = ()
    told_apart: Conj = ()
    """The schemas of unions with a discriminator that it is a branch of."""
    family: Conj = ()
    """The components that it is or extends, of those that a discriminator tells apart by extension."""
    group: str = ""
    """`any-of` or `one-of` if the alternative is a branch of one."""
    branch: str = ""
    label: str = ""

    @property
    def lists_scalars(self) -> bool:
        """Whether a list of scalars is all that it says."""
        some = self.constraints or self.applicators or self.kinds & {"array", "object"}
        return self.values is not None and not some


def tighter(name: str, left: Constraint, right: Constraint) -> Constraint:
    """The stricter of two constraints of one name that both hold; sets are joined."""
    if name in {"lower", "minLength", "minItems", "minProperties"}:
        return left if left.value >= right.value else right
    if name == "upper":
        cut = (left.value.value, not left.value.exclusive) <= (right.value.value, not right.value.exclusive)
        return left if cut else right
    if name in {"maxLength", "maxItems", "maxProperties"}:
        return left if left.value <= right.value else right
    if name in {"pattern", "format", "multipleOf"}:
        return Constraint({**left.value, **right.value}, left.pointer)
    return left


def merge(left: Shape, right: Shape) -> Shape:
    """The shape of what both accept; the branch is that of `right`, if it has one."""
    constraints = dict(left.constraints)
    for name, constraint in right.constraints.items():
        constraints[name] = tighter(name, constraints[name], constraint) if name in constraints else constraint
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
        constraints=constraints,
        required={**left.required, **right.required},
        dependent={**left.dependent, **right.dependent},
        objects=_both(left.objects, right.objects),
        arrays=_both(left.arrays, right.arrays),
        applicators=tuple(dict.fromkeys(left.applicators + right.applicators)),
        told_apart=tuple(dict.fromkeys(left.told_apart + right.told_apart)),
        family=tuple(dict.fromkeys(left.family + right.family)),
        group=right.group or left.group,
        branch=right.branch or left.branch,
        label="|".join(filter(None, (left.label, right.label))),
    )


def _both(left: tuple[_Part, ...], right: tuple[_Part, ...]) -> tuple[_Part, ...]:
    """Join the parts of two shapes: what several ways lead to is one, or there would be 2^n of n."""
    if not left or not right:
        return left or right
    known = {part.pointer for part in left}
    return (*left, *(part for part in right if part.pointer not in known))


SIZES: Mapping[str, Kind] = {
    "minLength": "string",
    "maxLength": "string",
    "minItems": "array",
    "maxItems": "array",
    "minProperties": "object",
    "maxProperties": "object",
}
CONSTRAINT_TYPES: Mapping[str, Kind] = {
    "lower": "number",
    "upper": "number",
    "multipleOf": "number",
    "pattern": "string",
    "uniqueItems": "array",
    **SIZES,
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
    """Drop constraints without effect (on absent types, minima of 0), filter listed values; None for the empty set."""
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
    constraints = {
        name: constraint
        for name, constraint in shape.constraints.items()
        # what could be decided by looking at the values says nothing more
        if _says_something(name, constraint, kinds) and (values is None or name not in _DECIDED)
    }
    has_object = "object" in kinds
    return replace(
        shape,
        kinds=kinds,
        values=values,
        values_from=shape.values_from if values is not None else None,
        constraints=constraints,
        integer=shape.integer and "number" in kinds,
        objects=shape.objects if has_object else (),
        required=shape.required if has_object else {},
        dependent=shape.dependent if has_object else {},
        arrays=shape.arrays if "array" in kinds else (),
        applicators=tuple(applicator for applicator in shape.applicators if _applies(applicator, kinds)),
    )


def _applies(applicator: Applicator, kinds: frozenset[Kind]) -> bool:
    if applicator.kind == "contains" or applicator.name == "unevaluatedItems":
        return "array" in kinds
    if applicator.kind in {"propertyNames", "dependentSchema"} or applicator.name == "unevaluatedProperties":
        return "object" in kinds
    return True


def _says_something(name: str, constraint: Constraint, kinds: frozenset[Kind]) -> bool:
    kind = CONSTRAINT_TYPES.get(name)
    if kind is not None and kind not in kinds:
        return False
    if name in {"minLength", "minItems", "minProperties"}:
        return bool(constraint.value > 0)
    return not (name == "format" and not kinds & {"number", "string"})


def accepts_scalar(shape: Shape, value: Any) -> bool | None:
    """Whether a scalar meets the shape's constraints; None if that is not decided here (patterns, formats, containers)."""
    kind = kind_of(value)
    if kind not in shape.kinds:
        return False
    if kind == "number" and shape.integer and not _integral(value):
        return False
    if kind in {"array", "object"}:
        return None
    sure: bool | None = None if shape.applicators else True
    for name, constraint in shape.constraints.items():
        if CONSTRAINT_TYPES.get(name, kind) != kind or (name == "format" and kind not in {"string", "number"}):
            continue
        holds = meets_constraint(name, constraint, value)
        if holds is False:
            return False
        if holds is None:
            sure = None
    return sure


def _integral(value: float) -> bool:
    return isinstance(value, int) or (math.isfinite(value) and value.is_integer())


def fraction(value: Any) -> Fraction | None:
    """The exact value of a JSON number; None for what is no finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return Fraction(value) if isinstance(value, int) else Fraction(repr(value))


def meets_constraint(name: str, constraint: Constraint, value: Any) -> bool | None:
    """Whether a scalar meets one constraint; None if that is not decided here."""
    if name in {"minLength", "maxLength"}:
        return bool(len(value) >= constraint.value if name == "minLength" else len(value) <= constraint.value)
    exact = fraction(value)
    if exact is None:
        return None
    if name in {"lower", "upper"}:
        bound: Bound = constraint.value
        if exact == bound.value:
            return not bound.exclusive
        return exact > bound.value if name == "lower" else exact < bound.value
    if name == "multipleOf":
        return all(exact % step == 0 for step in constraint.value)
    return None


def property_conj(document: ComparedDocument, shape: Shape, name: str) -> Conj | None:
    """The schemas of a property's value, `NEVER` if it is not allowed; None for a pattern that can't be run."""
    found: list[str] = []
    for part in shape.objects:
        own = [part.properties[name]] if name in part.properties else []
        for pattern, pointer in part.patterns.items():
            matched = matches(pattern, name)
            if matched is None:
                return None
            if matched:
                own.append(pointer)
        if not own and part.closed:
            return NEVER
        if not own and part.additional is not None:
            own = [part.additional]
        found += own
    return document.conj(found)


def rest_conj(document: ComparedDocument, shape: Shape) -> Conj:
    """The schemas of a property that no keyword names; `NEVER` if there may be none."""
    if any(part.closed for part in shape.objects):
        return NEVER
    return document.conj(part.additional for part in shape.objects if part.additional is not None)


def item_conj(document: ComparedDocument, shape: Shape, index: int) -> Conj:
    """The schemas of the item at an index; an index beyond every prefix asks for the rest."""
    found = []
    for part in shape.arrays:
        if index < len(part.prefix):
            found.append(part.prefix[index])
        elif part.closed:
            return NEVER
        elif part.items is not None:
            found.append(part.items)
    return document.conj(found)
