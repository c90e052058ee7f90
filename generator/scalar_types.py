"""Numbers, strings and constants as annotations."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from .patterns import linear
from .schemas import Flat, type_names

BOUNDS = (("minimum", "ge"), ("exclusiveMinimum", "gt"), ("maximum", "le"), ("exclusiveMaximum", "lt"))


def constrained(text: str, arguments: list[str]) -> str:
    """Add constraints to an annotation."""
    return f"Annotated[{text}, Field({', '.join(arguments)})]" if arguments else text


def lengths(flat: Flat, low: str, high: str) -> list[str]:
    """Write bounds of a length as arguments of Field."""
    pairs = ((low, "min_length", math.ceil), (high, "max_length", math.floor))
    return [
        f"{argument}={max(turn(flat.bounds[key]), 0)}"
        for key, argument, turn in pairs
        if key in flat.bounds and not (argument == "min_length" and flat.bounds[key] <= 0)
    ]


def impossible(flat: Flat, high: str) -> bool:
    """Whether a maximum length is below zero: nothing is that short."""
    return high in flat.bounds and flat.bounds[high] < 0


def number(kind: str, flat: Flat, rest: set[str]) -> str:
    """Annotate integers or numbers; add to `rest` what the annotation lets through."""
    arguments: list[str] = []
    for key, argument in BOUNDS:
        if key in flat.bounds:
            value = flat.bounds[key]
            if kind == "integer":
                value = math.ceil(value) if argument in ("ge", "lt") else math.floor(value)
            arguments.append(f"{argument}={value!r}")
    multiple = flat.bounds.get("multipleOf")
    if multiple is not None:
        if kind != "integer" or not float(multiple).is_integer():
            rest.add("multipleOf")
        elif multiple != 1:
            arguments.append(f"multiple_of={int(multiple)}")
    return constrained("int" if kind == "integer" else "float", arguments)


def string(flat: Flat, formats: Mapping[str, str], rest: set[str]) -> str:
    """Annotate strings; a format becomes a type where nothing asks for more of the text."""
    arguments = lengths(flat, "minLength", "maxLength")
    if impossible(flat, "maxLength"):
        rest.add("maxLength")
    if flat.pattern is not None:
        pattern = linear(flat.pattern)
        if pattern is None:
            rest.add("pattern")
        else:
            arguments.append(f"pattern={pattern!r}")
    special = formats.get(flat.format or "")
    if special is None or arguments or rest & {"pattern", "maxLength"}:
        return constrained("str", arguments)
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
