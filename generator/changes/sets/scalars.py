"""Comparing the constraints on numbers, strings, and the sizes of arrays and objects; and finite sets of values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ..model import Effect
from .differences import SchemaPair, kebab
from .shapes import SIZES, Bound, Constraint, Kind, Shape, accepts_scalar, kind_of

# Formats whose values are among those of another one; a format that is not listed stands for itself.
_FORMAT_INSIDE: Mapping[str, tuple[str, ...]] = {
    "int8": ("int16", "int32", "int64"),
    "int16": ("int32", "int64"),
    "int32": ("int64",),
    "uint8": ("int16", "int32", "int64", "uint16", "uint32", "uint64"),
    "uint16": ("int32", "int64", "uint32", "uint64"),
    "uint32": ("int64", "uint64"),
    "float": ("double",),
    "uri": ("uri-reference", "iri", "iri-reference"),
    "uri-reference": ("iri-reference",),
    "iri": ("iri-reference",),
    "email": ("idn-email",),
    "hostname": ("idn-hostname",),
}
_KNOWN_FORMATS = frozenset(_FORMAT_INSIDE) | {
    *("int64", "uint64", "double", "iri-reference", "idn-email", "idn-hostname", "date", "date-time", "time"),
    *("duration", "ipv4", "ipv6", "uuid", "regex", "json-pointer", "relative-json-pointer", "uri-template"),
    *("byte", "binary", "decimal"),
}


def compare_constraints(pair: SchemaPair, old: Shape, new: Shape, kind: Kind) -> None:
    """Compare every constraint keyword that applies to one JSON type."""
    if kind == "number":
        _range(pair, old, new, "lower", "min", 1)
        _range(pair, old, new, "upper", "max", -1)
        _multiple_of(pair, old.constraints.get("multipleOf"), new.constraints.get("multipleOf"))
    for name, applies in SIZES.items():
        if applies == kind:
            _size(pair, old.constraints.get(name), new.constraints.get(name), name)
    if kind == "string":
        _pattern(pair, old.constraints.get("pattern"), new.constraints.get("pattern"))
    if kind in {"number", "string"}:
        _format(pair, old.constraints.get("format"), new.constraints.get("format"))
    if kind == "array":
        before, after = old.constraints.get("uniqueItems"), new.constraints.get("uniqueItems")
        if before is None and after is not None:
            pair.add_constraint("unique-items-set", "narrower", before, after)
        elif before is not None and after is None:
            pair.add_constraint("unique-items-unset", "wider", before, after)


def compare_integers(pair: SchemaPair, old: Shape, new: Shape) -> None:
    """Compare whether numbers have to be integers, for a pair of alternatives among several."""
    if old.integer == new.integer or old.values is not None or new.values is not None:
        return
    names = {True: "integer", False: "number"}
    effect: Effect = "wider" if old.integer else "narrower"
    kind = type_kind(pair, effect)
    pair.add(kind, effect, old.pointer, new.pointer, name="type", old=names[old.integer], new=names[new.integer])


def type_kind(pair: SchemaPair, effect: Effect) -> str:
    """The kind of a change of type or format: in responses, fewer values are a specialization."""
    if effect == "wider":
        return "type-generalized"
    return "type-specialized" if effect == "narrower" and pair.flow == "response" else "type-changed"


def _size(pair: SchemaPair, old: Constraint | None, new: Constraint | None, name: str) -> None:
    if old is None and new is None:
        return
    if old is None or new is None:
        kind, narrows = ("set", True) if old is None else ("unset", False)
    elif old.value == new.value:
        return
    else:
        up = new.value > old.value
        kind, narrows = "increased" if up else "decreased", up == name.startswith("min")
    values = {"old": old.value if old else None, "new": new.value if new else None}
    pair.add_constraint(f"{kebab(name)}-{kind}", "narrower" if narrows else "wider", old, new, **values)


def _inclusive(shape: Shape, constraint: Constraint | None, sign: int) -> Bound | None:
    """A bound; for integers the last integer inside, so that `> 3` and `>= 4` are equal."""
    if constraint is None:
        return None
    bound: Bound = constraint.value
    if not shape.integer:
        return bound
    value = bound.value * sign
    whole = math.floor(value) + 1 if bound.exclusive else math.ceil(value)
    return Bound(Fraction(whole * sign), False)


def _range(pair: SchemaPair, old: Shape, new: Shape, name: str, title: str, sign: int) -> None:
    before, after = old.constraints.get(name), new.constraints.get(name)
    a, b = _inclusive(old, before, sign), _inclusive(new, after, sign)
    if a == b:
        return
    shown = {"old": _bound_number(before), "new": _bound_number(after)}
    if a is None or b is None:
        present = before or after
        prefix = "exclusive-" if present is not None and present.value.exclusive else ""
        kind = f"{prefix}{title}-" + ("set" if a is None else "unset")
        pair.add_constraint(kind, "narrower" if a is None else "wider", before, after, **shown)
        return
    cuts_more = (sign * b.value, b.exclusive) > (sign * a.value, a.exclusive)
    effect: Effect = "narrower" if cuts_more else "wider"
    if a.value == b.value:
        kind = f"exclusive-{title}-" + ("set" if cuts_more else "unset")
    else:
        prefix = "exclusive-" if after is not None and after.value.exclusive else ""
        kind = f"{prefix}{title}-" + ("increased" if b.value > a.value else "decreased")
    pair.add_constraint(kind, effect, before, after, **shown)


def _bound_number(constraint: Constraint | None) -> float | None:
    return None if constraint is None else number(constraint.value.value)


def number(value: Fraction) -> float:
    """A fraction as a JSON number."""
    return int(value) if value.denominator == 1 else float(value)


def _multiple_of(pair: SchemaPair, old: Constraint | None, new: Constraint | None) -> None:
    before, after = (list(constraint.value) if constraint else [] for constraint in (old, new))
    wider = all(any(o % n == 0 for o in before) for n in after)
    narrower = all(any(n % o == 0 for n in after) for o in before)
    if wider and narrower:  # both empty, too
        return
    effect: Effect = "wider" if wider else "narrower" if narrower else "different"
    action = "changed"
    if not before or not after:
        action = "unset" if before else "set"
    elif effect == "wider" and pair.flow == "request":
        action = "generalized"
    elif effect == "narrower" and pair.flow == "response":
        action = "specialized"
    values = {"old": [number(step) for step in before], "new": [number(step) for step in after]}
    pair.add_constraint(f"multiple-of-{action}", effect, old, new, **values)


def _pattern(pair: SchemaPair, old: Constraint | None, new: Constraint | None) -> None:
    before, after = (set(constraint.value) if constraint else set() for constraint in (old, new))
    if before == after:
        return
    values = {"old": sorted(before), "new": sorted(after)}
    if before < after:
        pair.add_constraint("pattern-added", "narrower", old, new, **values)
    elif after < before:
        pair.add_constraint("pattern-removed", "wider", old, new, **values)
    else:
        pair.add_constraint("pattern-changed", "unknown", old, new, **values)


def _format(pair: SchemaPair, old: Constraint | None, new: Constraint | None) -> None:
    before, after = (set(constraint.value) if constraint else set() for constraint in (old, new))
    if before == after:
        return
    effect: Effect
    if (before ^ after) - _KNOWN_FORMATS:
        effect = "unknown"  # the values of a format that is not registered are not known
    else:
        wider = all(any(_inside(o, n) for o in before) for n in after)
        narrower = all(any(_inside(n, o) for n in after) for o in before)
        if wider and narrower:
            return
        effect = "wider" if wider else "narrower" if narrower else "different"
    values = {"old": "/".join(sorted(before)) or None, "new": "/".join(sorted(after)) or None}
    pair.add_constraint(type_kind(pair, effect), effect, old, new, name="format", **values)


def _inside(inner: str, outer: str) -> bool:
    return inner == outer or outer in _FORMAT_INSIDE.get(inner, ())


def finite(shape: Shape, kind: Kind) -> dict[str, Any] | None:
    """The values of one type by canonical text; None if they are not limited by a list."""
    if shape.values is None:
        return None
    values = {key: value for key, value in shape.values.items() if kind_of(value) == kind}
    whole = {"boolean": 2, "null": 1}.get(kind)
    return None if whole == len(values) else values  # both booleans: no restriction


def compare_values(pair: SchemaPair, old: Shape, new: Shape, kind: Kind) -> bool:
    """Compare `enum` and `const` for one type; True if nothing else has to be compared."""
    before, after = finite(old, kind), finite(new, kind)
    if before is None and after is None:
        return False
    if before is not None and after is not None:
        report_values(pair, before, after, old, new)
        return not (old.constraints or new.constraints or kind in {"array", "object"})
    if before is None and after is not None:
        effect = _list_against(after, old, "narrower")
        kind_ = "const-added" if _is_const(new) else "became-enum"
        pair.add_constraint(kind_, effect, None, new.values_from, new=list(after.values()))
    elif before is not None:
        effect = _list_against(before, new, "wider")
        kind_ = "const-removed" if _is_const(old) else "became-not-enum"
        pair.add_constraint(kind_, effect, old.values_from, None, old=list(before.values()))
    return kind not in {"array", "object"}


def _list_against(values: dict[str, Any], other: Shape, effect: Effect) -> Effect:
    """The effect of a list in place of constraints, or the reverse: as given if all its values meet them."""
    verdicts = [accepts_scalar(other, value) for value in values.values()]
    if all(verdict is True for verdict in verdicts):
        return effect
    return "different" if any(verdict is False for verdict in verdicts) else "unknown"


def _is_const(shape: Shape) -> bool:
    return shape.values_from is not None and shape.values_from.value == "const"


def report_values(pair: SchemaPair, before: dict[str, Any], after: dict[str, Any], old: Shape, new: Shape) -> None:
    """Report the values that only one of two lists has."""
    removed = [value for key, value in before.items() if key not in after]
    added = [value for key, value in after.items() if key not in before]
    if not removed and not added:
        return
    source, target = old.values_from, new.values_from
    if removed and added and _is_const(old) and _is_const(new):
        pair.add_constraint("const-changed", "different", source, target, old=removed[0], new=added[0])
        return
    if removed:
        pair.add_constraint("enum-value-removed", "narrower", source, target, old=removed)
    if added:
        pair.add_constraint("enum-value-added", "wider", source, target, new=added)
