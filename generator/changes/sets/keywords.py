"""Reading the keywords of one schema object, without `$ref`, `allOf`, `anyOf` and `oneOf`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .compared_document import ANY, UNRESOLVED, ComparedDocument, Conj, as_dict, as_list, canonical, constraints
from .shapes import ALL, SIZES, Applicator, ArrayPart, Bound, Constraint, Kind, ObjectPart, Shape, fraction

_TYPES: dict[str, Kind] = {
    "null": "null",
    "boolean": "boolean",
    "integer": "number",
    "number": "number",
    "string": "string",
    "array": "array",
    "object": "object",
}
_SILENT_FORMATS = frozenset(("password", "byte", "base64url"))  # a hint for forms; words for contentEncoding
_ALL_MATCH = frozenset(("", "^", "$", ".*", "^.*", ".*$"))  # patterns that every string matches


def read_keywords(document: ComparedDocument, pointer: str, raw: dict[str, Any]) -> Shape:
    """The shape of one schema object, without `$ref`, `allOf`, `anyOf` and `oneOf`."""
    kinds, integer, known = _kinds(raw.get("type"))
    values, source = _values(pointer, raw)
    applicators = _applicators(document, pointer, raw)
    foreign = any(key in raw for key in ("$dynamicRef", "$recursiveRef", "additionalItems", UNRESOLVED))
    if not known or foreign or isinstance(raw.get("items"), list):
        applicators.append(Applicator(kind="opaque", pointer=pointer, branches=((pointer,),)))
    return Shape(
        pointer=pointer,
        kinds=kinds,
        integer=integer,
        values=values,
        values_from=source,
        constraints=_facts(pointer, raw),
        required={name: pointer for name in as_list(raw.get("required")) if isinstance(name, str)},
        dependent={
            (name, each): pointer
            for name, wanted in as_dict(raw.get("dependentRequired")).items()
            for each in as_list(wanted)
        },
        objects=_object_part(document, pointer, raw),
        arrays=_array_part(document, pointer, raw),
        applicators=tuple(applicators),
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


def _values(pointer: str, raw: dict[str, Any]) -> tuple[dict[str, Any] | None, Constraint | None]:
    values: dict[str, Any] | None = None
    source = None
    if isinstance(raw.get("enum"), list):
        values = {canonical(value): value for value in raw["enum"]}
        source = Constraint("enum", f"{pointer}/enum")
    if "const" in raw:
        key = canonical(raw["const"])
        values = {key: raw["const"]} if values is None or key in values else {}
        source = Constraint("const", f"{pointer}/const")
    return values, source


def _facts(pointer: str, raw: dict[str, Any]) -> dict[str, Constraint]:
    constraints: dict[str, Constraint] = {}
    for name in SIZES:
        value = raw.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            constraints[name] = Constraint(value, f"{pointer}/{name}")
    for name, end, sign in (("lower", "minimum", 1), ("upper", "maximum", -1)):
        found = _bound(raw, pointer, end, sign)
        if found is not None:
            constraints[name] = found
    step = fraction(raw.get("multipleOf"))
    if step:
        constraints["multipleOf"] = Constraint({abs(step): None}, f"{pointer}/multipleOf")
    if isinstance(raw.get("pattern"), str) and raw["pattern"] not in _ALL_MATCH:
        constraints["pattern"] = Constraint({raw["pattern"]: None}, f"{pointer}/pattern")
    written = raw.get("format")
    if isinstance(written, str) and written not in _SILENT_FORMATS:
        constraints["format"] = Constraint({written: None}, f"{pointer}/format")
    if raw.get("uniqueItems") is True:
        constraints["uniqueItems"] = Constraint(True, f"{pointer}/uniqueItems")
    return constraints


def _bound(raw: dict[str, Any], pointer: str, name: str, sign: int) -> Constraint | None:
    """`minimum` with `exclusiveMinimum` (or the maxima) in both forms: a boolean (3.0) and a number of its own (3.1)."""
    sister = "exclusive" + name.capitalize()
    value, other = fraction(raw.get(name)), fraction(raw.get(sister))
    found: list[tuple[Fraction, bool, str]] = []
    if value is not None:
        found.append((value, raw.get(sister) is True, name))
    if other is not None:
        found.append((other, True, sister))
    if not found:
        return None
    best, exclusive, keyword = max(found, key=lambda each: (sign * each[0], each[1]))
    return Constraint(Bound(best, exclusive), f"{pointer}/{keyword}")


def _object_part(document: ComparedDocument, pointer: str, raw: dict[str, Any]) -> tuple[ObjectPart, ...]:
    declared, patterns = raw.get("properties"), raw.get("patternProperties")
    additional = raw.get("additionalProperties")
    if not isinstance(declared, dict) and not isinstance(patterns, dict) and additional is None:
        return ()
    part = ObjectPart(
        pointer=pointer,
        properties={name: document.child(pointer, "properties", name) for name in as_dict(declared)},
        patterns={name: document.child(pointer, "patternProperties", name) for name in as_dict(patterns)},
        additional=document.child(pointer, "additionalProperties") if _restricts(additional) else None,
        closed=additional is False,
        welcome=additional is not None and not _restricts(additional),
    )
    return (part,)


def _restricts(schema: Any) -> bool:
    """Whether a schema is there and limits values."""
    return schema is False or (isinstance(schema, dict) and bool(constraints(schema)))


def _array_part(document: ComparedDocument, pointer: str, raw: dict[str, Any]) -> tuple[ArrayPart, ...]:
    prefix, items = raw.get("prefixItems"), raw.get("items")
    if not isinstance(prefix, list) and not isinstance(items, dict | bool):
        return ()
    part = ArrayPart(
        pointer=pointer,
        prefix=tuple(document.child(pointer, "prefixItems", str(i)) for i in range(len(as_list(prefix)))),
        items=document.child(pointer, "items") if _restricts(items) else None,
        closed=items is False,
    )
    return (part,)


def _applicators(document: ComparedDocument, pointer: str, raw: dict[str, Any]) -> list[Applicator]:
    def one(keyword: str) -> Conj:
        return (document.child(pointer, keyword),) if isinstance(raw.get(keyword), dict | bool) else ANY

    found = []
    if isinstance(raw.get("not"), dict | bool):
        found.append(Applicator(kind="not", pointer=f"{pointer}/not", branches=(one("not"),)))
    if isinstance(raw.get("if"), dict | bool) and ("then" in raw or "else" in raw):
        branches = (one("if"), one("then"), one("else"))
        found.append(Applicator(kind="if", pointer=f"{pointer}/if", branches=branches))
    if isinstance(raw.get("contains"), dict | bool):
        low, high = raw.get("minContains", 1), raw.get("maxContains")
        items = (one("contains"),)
        found.append(Applicator(kind="contains", pointer=f"{pointer}/contains", branches=items, low=low, high=high))
    if isinstance(raw.get("propertyNames"), dict | bool):
        names = (one("propertyNames"),)
        found.append(Applicator(kind="propertyNames", pointer=f"{pointer}/propertyNames", branches=names))
    for name in as_dict(raw.get("dependentSchemas")):
        below = document.child(pointer, "dependentSchemas", name)
        found.append(Applicator(kind="dependentSchema", pointer=below, name=name, branches=((below,),)))
    for name in ("unevaluatedProperties", "unevaluatedItems"):
        if isinstance(raw.get(name), dict | bool) and raw[name] is not True:
            whole = Applicator(kind="unevaluated", pointer=f"{pointer}/{name}", name=name, branches=((pointer,),))
            found.append(whole)
    return found
