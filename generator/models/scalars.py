"""Numbers, strings and constants as annotations."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from ..python.escaping import py
from ..python.types import (
    STR,
    VALUE,
    Constraint,
    Field,
    Literal,
    Metadata,
    Name,
    Type,
    annotated,
    head,
    list_of,
    map_of,
    union,
)
from ..schemas.content import is_file
from ..schemas.directions import Direction
from ..schemas.json_values import type_names
from ..schemas.keywords import ANNOTATIONS
from ..schemas.normal_form import Flat
from ..schemas.patterns import linear

SCALAR = frozenset({"type", "format", "enum", "const", "minLength", "maxLength", "multipleOf"}) | {
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
}
"""Keywords of schemas whose annotation does not depend on where they stand."""
_WORDS = 1_000
"""Characters of constants that pydantic repeats in each error; of more, the runtime makes the words once."""
ENCODED = frozenset({"contentEncoding", "contentMediaType"})
"""Annotations that decide about a type all the same."""
FORMATS = {
    "date": "Date",
    "time": "Time",
    "uuid": "UUID",
    "byte": "Base64",
    "base64url": "Base64Url",
    "ipv4": "IPv4Address",
    "ipv6": "IPv6Address",
}
"""Formats of strings that become types; every other format documents only (JSON Schema 2020-12, Validation 7)."""
CONCEALED = Constraint("Concealed")
NUMBERS = ("int", "float")
BOUNDS = (("minimum", "Ge"), ("exclusiveMinimum", "Gt"), ("maximum", "Le"), ("exclusiveMaximum", "Lt"))


def is_password(flat: Flat) -> bool:
    """Whether no message shows a value (OpenAPI 3.1, 4.4.3)."""
    return flat.format == "password"


def concealed(one: Type, flat: Flat) -> Type:
    """Have no message show a password."""
    return annotated(one, [CONCEALED] if is_password(flat) else [])


def lengths(flat: Flat, low: str, high: str) -> list[Constraint]:
    """Write bounds of a length as constraints."""
    pairs = ((low, "MinLen", math.ceil), (high, "MaxLen", math.floor))
    return [
        Constraint(name, str(max(turn(flat.bounds[key]), 0)))
        for key, name, turn in pairs
        if key in flat.bounds and not (name == "MinLen" and flat.bounds[key] <= 0)
    ]


def impossible(flat: Flat, high: str) -> bool:
    """Whether a maximum length is below zero: nothing is that short."""
    return high in flat.bounds and flat.bounds[high] < 0


def number(kind: str, flat: Flat, rest: set[str]) -> Type:
    """Annotate integers or numbers; add to `rest` what the annotation lets through."""
    constraints: list[Constraint] = []
    for key, name in BOUNDS:
        if key in flat.bounds:
            value = flat.bounds[key]
            if kind == "integer":
                value = math.ceil(value) if name in ("Ge", "Lt") else math.floor(value)
            constraints.append(Constraint(name, repr(value)))
    multiple = flat.bounds.get("multipleOf")
    if multiple is not None:
        if kind != "integer" or multiple % 1:
            rest.add("multipleOf")
        elif multiple != 1:
            constraints.append(Constraint("MultipleOf", str(int(multiple))))
    return concealed(annotated(Name("int" if kind == "integer" else "float"), constraints), flat)


def string(flat: Flat, formats: Mapping[str, str], rest: set[str]) -> Type:
    """Annotate strings; a format becomes a type where nothing asks for more of the text."""
    constraints: list[Metadata] = [*lengths(flat, "minLength", "maxLength")]
    if impossible(flat, "maxLength"):
        rest.add("maxLength")
    if flat.pattern is not None:
        pattern = linear(flat.pattern)
        if pattern is None:
            rest.add("pattern")
        else:
            constraints.append(Field((("pattern", py(pattern)),)))
    special = formats.get(flat.format or "")
    if special is None and is_password(flat):
        constraints.append(CONCEALED)
    if special is None or constraints or rest & {"pattern", "maxLength"}:
        return annotated(STR, constraints)
    return Name(special)


def literal(values: list[Any]) -> Type | None:
    """Write constants other than null as a Literal; None where one of them can't stand in it."""
    if not all(isinstance(value, str | bool | int) for value in values):
        return None
    found = Literal(tuple(dict.fromkeys(py(value) for value in values)))
    is_long = sum(map(len, found.values)) > _WORDS
    return annotated(found, [Constraint("Exactly")] if is_long or any(isinstance(one, int) for one in values) else [])


def common(values: list[Any]) -> Type:
    """Join the types that constants other than null have."""
    numbers = [value for value in values if "number" in type_names(value)]
    number_ = Name("int" if all(isinstance(value, int) for value in numbers) else "float")
    known: dict[str, Type] = {**dict.fromkeys(("integer", "number"), number_), "boolean": Name("bool"), "string": STR}
    known |= {"array": list_of(VALUE), "object": map_of(VALUE)}
    return union(ordered(known[kind] for value in values for kind in sorted(type_names(value))))


def reduced(kinds: Iterable[str]) -> list[str]:
    """Drop `integer` beside `number`, which has it."""
    found = list(dict.fromkeys(kinds))
    return [kind for kind in found if kind != "integer" or "number" not in found]


def ordered(parts: Iterable[Type]) -> list[Type]:
    """Drop what repeats; put bool before numbers: a union in a union writes true by the first that takes it."""
    found = list(dict.fromkeys(parts))
    return sorted(found, key=lambda part: part != Name("bool")) if any(head(one) in NUMBERS for one in found) else found


def letters(index: int) -> str:
    """Count as spreadsheets do: A, B, … Z, AA."""
    return (letters(index // 26 - 1) if index >= 26 else "") + chr(ord("A") + index % 26)


def said(schema: object, direction: Direction) -> tuple[object, ...]:
    """What decides about the annotation of a schema of plain keywords; nothing for any other."""
    if not isinstance(schema, dict):
        return ()
    found = [(key, repr(value)) for key, value in schema.items() if key not in ANNOTATIONS or key in ENCODED]
    file = direction == "form" and is_file(schema)
    return (file, *found) if found and all(key in SCALAR for key, _ in found) else ()
