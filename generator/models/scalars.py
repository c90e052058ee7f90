"""Numbers, strings and constants as annotations."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from ..schemas.normal_form import Flat, type_names
from ..schemas.patterns import linear

BOUNDS = (("minimum", "Ge"), ("exclusiveMinimum", "Gt"), ("maximum", "Le"), ("exclusiveMaximum", "Lt"))


def constrained(text: str, constraints: list[str]) -> str:
    """Add constraints to an annotation: classes of annotated_types, which cost less at import than Field does."""
    return f"Annotated[{', '.join([text, *constraints])}]" if constraints else text


def lengths(flat: Flat, low: str, high: str) -> list[str]:
    """Write bounds of a length as constraints."""
    pairs = ((low, "MinLen", math.ceil), (high, "MaxLen", math.floor))
    return [
        f"{name}({max(turn(flat.bounds[key]), 0)})"
        for key, name, turn in pairs
        if key in flat.bounds and not (name == "MinLen" and flat.bounds[key] <= 0)
    ]


def impossible(flat: Flat, high: str) -> bool:
    """Whether a maximum length is below zero: nothing is that short."""
    return high in flat.bounds and flat.bounds[high] < 0


def number(kind: str, flat: Flat, rest: set[str]) -> str:
    """Annotate integers or numbers; add to `rest` what the annotation lets through."""
    constraints: list[str] = []
    for key, name in BOUNDS:
        if key in flat.bounds:
            value = flat.bounds[key]
            if kind == "integer":
                value = math.ceil(value) if name in ("Ge", "Lt") else math.floor(value)
            constraints.append(f"{name}({value!r})")
    multiple = flat.bounds.get("multipleOf")
    if multiple is not None:
        if kind != "integer" or multiple % 1:
            rest.add("multipleOf")
        elif multiple != 1:
            constraints.append(f"MultipleOf({int(multiple)})")
    return constrained("int" if kind == "integer" else "float", constraints)


def string(flat: Flat, formats: Mapping[str, str], rest: set[str]) -> str:
    """Annotate strings; a format becomes a type where nothing asks for more of the text."""
    constraints = lengths(flat, "minLength", "maxLength")
    if impossible(flat, "maxLength"):
        rest.add("maxLength")
    if flat.pattern is not None:
        pattern = linear(flat.pattern)
        if pattern is None:
            rest.add("pattern")
        else:
            constraints.append(f"Field(pattern={pattern!r})")
    special = formats.get(flat.format or "")
    if special is None or constraints or rest & {"pattern", "maxLength"}:
        return constrained("str", constraints)
    return special


def literal(values: list[Any]) -> str | None:
    """Write constants other than null as a Literal; None where one of them can't stand in it."""
    if all(isinstance(value, str | bool | int) for value in values):
        text = f"Literal[{', '.join(dict.fromkeys(repr(value) for value in values))}]"
        return f"Annotated[{text}, Exactly]" if any(isinstance(value, int) for value in values) else text
    return None


def common(values: list[Any]) -> str:
    """Name the type that constants share."""
    kinds = frozenset[str]().union(*(type_names(value) for value in values))
    if kinds <= {"number", "integer"}:
        return "float"
    return {frozenset({"array"}): "list[Value]", frozenset({"object"}): "dict[str, Value]"}.get(kinds, "Value")


def reduced(kinds: Iterable[str]) -> list[str]:
    """Drop `integer` beside `number`, which has it."""
    found = list(dict.fromkeys(kinds))
    return [kind for kind in found if kind != "integer" or "number" not in found]


def ordered(parts: Iterable[str]) -> list[str]:
    """Drop what is said twice; put bool before numbers: a union in a union writes true by the first that takes it."""
    found = list(dict.fromkeys(parts))
    numeric = any(part.removeprefix("Annotated[").startswith(("int", "float")) for part in found)
    return sorted(found, key=lambda part: part != "bool") if numeric else found


def letters(index: int) -> str:
    """Count as spreadsheets do: A, B, … Z, AA."""
    return (letters(index // 26 - 1) if index >= 26 else "") + chr(ord("A") + index % 26)
