"""A value for a schema: an example of the document, else the simplest value. Nothing is random, nothing is validated.

Types, bounds and properties are followed. Whether other keywords (`not`, `if`, `contains`…) accept the value is validated
in `answers.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from ..records import record
from ..schemas.json_values import canonical, equal, type_names
from ..schemas.normal_form import Flat, Flattener, PlacedSchema
from . import strings

DEEPEST = 24
"""How deep values may nest."""
FULL = 3
"""How deep objects may nest and still have optional properties."""
LARGEST = 200
"""Values in one body; optional properties with more are left out, required ones up to ten times as many."""


class NoValueError(Exception):
    """No value was found that fits."""


@record
class Choice:
    """Which of the values that fit.

    `full`: with optional properties; `examples`: the document's examples first; `index`: which of several alternatives
    (types, enum values, branches, strings) is taken.
    """

    full: bool = True
    examples: bool = True
    index: int = 0


def given(schema: Any) -> Iterator[Any]:
    """Yield the examples and the default of a schema (JSON Schema 2020-12, Validation 9; OpenAPI 3.0, 4.7.24.1)."""
    if isinstance(schema, dict):
        examples = schema.get("examples")
        yield from (schema[key] for key in ("example",) if key in schema)
        yield from examples if isinstance(examples, list) else ()
        yield from (schema[key] for key in ("default",) if key in schema)


class Samples:
    """Makes values for responses. `known` are the valid examples and defaults of the document, by pointer."""

    def __init__(self, flattener: Flattener, known: Mapping[str, Any], choice: Choice) -> None:
        self._flattener = flattener
        self._known = known if choice.examples else {}
        self._choice = choice
        self._made: dict[tuple[str, int, int], tuple[Any, int] | NoValueError] = {}

    def make(self, node: PlacedSchema) -> Any:
        """Make a value for a schema. Raises NoValueError."""
        return self._value(node, 0, 0)[0]

    def _value(self, node: PlacedSchema, depth: int, objects: int) -> tuple[Any, int]:
        """Make a value and count the values in it; each schema is asked once for each depth."""
        key = (node.pointer, depth, objects)
        if key not in self._made:
            try:
                self._made[key] = self._new(node, depth, objects)
            except NoValueError as error:
                self._made[key] = error
        found = self._made[key]
        if isinstance(found, NoValueError):
            raise found
        return found

    def _new(self, node: PlacedSchema, depth: int, objects: int) -> tuple[Any, int]:
        if depth > DEEPEST:
            raise NoValueError("the schema has no end")
        same: PlacedSchema | None = node
        for _ in range(DEEPEST):
            if same and same.pointer in self._known:
                value = self._known[same.pointer]
                return value, _size(value)
            target = _same(same) if same else None
            same = self._flattener.at(target) if target else None
        flat = self._flattener.flat(node)
        value, size = self._alternative(flat, depth, objects) if flat.unions else self._plain(flat, depth, objects)
        if size > LARGEST * 10:
            raise NoValueError("the smallest value is too large")
        return value, size

    def _plain(self, flat: Flat, depth: int, objects: int) -> tuple[Any, int]:
        """Make a value of a schema without `oneOf` and `anyOf`."""
        if flat.enum is not None:
            return self._one_of(flat), 1
        kind = self._kind(flat)
        if kind == "object":
            return self._object(flat, depth, objects)
        if kind == "array":
            return self._array(flat, depth, objects)
        if kind == "string":
            found = strings.candidates(flat)
            if not found:
                raise NoValueError("no text was found")
            return found[self._choice.index % len(found)], 1
        if kind in ("integer", "number"):
            return _number(flat, whole=kind == "integer"), 1
        return (None if kind == "null" else False), 1

    def _one_of(self, flat: Flat) -> Any:
        values = [one for one in flat.enum or () if type_names(one) & {*flat.types}]
        values = [one for one in values if one is not None] or values
        if not values:
            raise NoValueError("no value of the enum has the type")
        return values[self._choice.index % len(values)]

    def _kind(self, flat: Flat) -> str:
        """Choose one of the types; if the schema has no `type`, one that its keywords constrain."""
        kinds = [kind for kind in flat.types if kind != "null"]
        if not flat.typed:
            kinds = [kind for kind in ("object", "array", "string", "number") if flat.constrains(kind)] or ["object"]
        if not flat.types:
            raise NoValueError("the schema accepts nothing")
        return kinds[self._choice.index % len(kinds)] if kinds else "null"

    def _alternative(self, flat: Flat, depth: int, objects: int) -> tuple[Any, int]:
        """Make a value of one branch of each `oneOf` and `anyOf`, with the properties beside them."""
        beside: dict[str, Any] = {}
        found: Any = None
        size = 1
        if flat.properties or flat.required:
            beside, size = self._object(flat, depth, objects)
        for _, branches in flat.unions:
            ordered = sorted(
                branches, key=lambda one: isinstance(one.schema, dict) and one.schema.get("type") == "null"
            )
            start = self._choice.index % len(ordered)
            found, more = self._first(flat, [*ordered[start:], *ordered[:start]], depth, objects)
            size += more
            if isinstance(found, dict):
                beside = found = {**beside, **found}
        return found, size

    def _first(self, flat: Flat, branches: list[PlacedSchema], depth: int, objects: int) -> tuple[Any, int]:
        """Make a value of the first branch that has one of the right type, with its tag."""
        for node in branches:
            try:
                value, size = self._value(node, depth + 1, objects)
            except NoValueError:
                continue
            if not type_names(value) & {*flat.types}:
                continue
            name = (flat.discriminator or {}).get("propertyName")
            if isinstance(value, dict) and isinstance(name, str) and isinstance(node.schema, dict):
                tag = _tag(flat, node, value.get(name))
                declared = self._flattener.flat(node).properties.get(name)
                constants = self._flattener.flat(declared).enum if declared is not None else None
                if constants is None or tag in constants:  # else the schema's own value is what tells it apart
                    value = {**value, name: tag}
            return value, size
        raise NoValueError("no alternative has a value")

    def _object(self, flat: Flat, depth: int, objects: int) -> tuple[dict[str, Any], int]:
        shown = {name: one for name, one in flat.properties.items() if not self._flattener.hidden(one, "")}
        required = [name for name in flat.required if name in shown or name not in flat.properties]
        most = flat.bounds.get("maxProperties", math.inf)
        least = flat.bounds.get("minProperties", 0)
        wide = self._choice.full and objects < FULL and len(shown) <= most
        found: dict[str, Any] = {}
        size = 1
        for name, one in shown.items():
            if name in required:
                found[name], more = self._value(one, depth + 1, objects + 1)
                size += more
            elif wide or len(found) + len([n for n in required if n not in found]) < least:
                try:
                    value, more = self._value(one, depth + 1, objects + 1)
                except NoValueError:
                    continue
                if size + more <= LARGEST:
                    found[name] = value
                    size += more
        extra = flat.additional
        for name in [*required, *(f"key{index}" for index in range(1, min(int(least), 20) + 1))]:
            if name not in found and (name in required or len(found) < least):
                found[name], more = self._value(extra, depth + 1, objects + 1) if extra else ("string", 1)
                size += more
        return found, size

    def _array(self, flat: Flat, depth: int, objects: int) -> tuple[list[Any], int]:
        least = int(flat.bounds.get("minItems", 0))
        count = max(least, len(flat.prefix), 1 if self._choice.full and objects < FULL else 0)
        count = int(min(count, flat.bounds.get("maxItems", count)))
        if least > LARGEST:
            raise NoValueError("an array with that many items")
        found: list[Any] = []
        size = 1
        for index in range(count):
            node = flat.prefix[index] if index < len(flat.prefix) else flat.items or PlacedSchema("", schema=True)
            try:
                value, more = self._value(node, depth + 1, objects) if node.pointer else ("string", 1)
                if "uniqueItems" in flat.rest:
                    value = _another(self._flattener.flat(node), value, found)
            except NoValueError:
                if index < least:
                    raise
                break
            found.append(value)
            size += more
        return found, size


def _size(value: Any) -> int:
    """Count the values in a value."""
    if isinstance(value, dict):
        return 1 + sum(map(_size, value.values()))
    return 1 + sum(map(_size, value)) if isinstance(value, list) else 1


def _same(node: PlacedSchema) -> str | None:
    """Return the target of a schema that is only a reference, or an `allOf` of only one."""
    schema = node.schema
    if not isinstance(schema, dict):
        return None
    parts = schema.get("allOf")
    if isinstance(parts, list) and len(parts) == 1 and isinstance(parts[0], dict) and "$ref" not in schema:
        schema = parts[0] if schema.keys() <= {"allOf", "description", "title"} else {}
    target = schema.get("$ref")
    return target if isinstance(target, str) else None


def _tag(flat: Flat, node: PlacedSchema, own: Any) -> Any:
    """Return the value of the discriminator for a branch (OpenAPI 3.1, 4.8.25): its key in the mapping, else its component's name."""
    mapping = (flat.discriminator or {}).get("mapping")
    target = node.schema.get("$ref", node.pointer)
    name = target.rpartition("/")[2]
    keys = [key for key, one in (mapping if isinstance(mapping, dict) else {}).items() if one in (target, name)]
    return own if own in keys else (keys or [name])[0]


def _another(flat: Flat, value: Any, taken: list[Any]) -> Any:
    """Return the value, or a similar one that is not taken. Raises NoValueError."""
    known = {canonical(one) for one in taken}
    choices: list[Any] = [value, *(flat.enum or ())]
    if flat.enum is None and isinstance(value, int | float) and not isinstance(value, bool):
        step = flat.bounds.get("multipleOf", 1)
        choices += [value + step * len(taken), value - step * len(taken)]
    if flat.enum is None and isinstance(value, str):
        choices += [f"{value}{len(taken)}", f"{value[:-1]}{len(taken)}"]
    if isinstance(value, bool):
        choices.append(not value)
    for one in choices:
        if canonical(one) not in known:
            return one
    raise NoValueError("no different values were found")


def _number(flat: Flat, *, whole: bool) -> int | float:
    """Return 0, or the nearest number within the bounds. Raises NoValueError."""
    bounds = flat.bounds
    low, high = bounds.get("minimum", -math.inf), bounds.get("maximum", math.inf)
    above, below = bounds.get("exclusiveMinimum", -math.inf), bounds.get("exclusiveMaximum", math.inf)
    step = bounds.get("multipleOf", 1 if whole else 0)
    choices: list[float | Fraction] = [0]
    for edge in (low, above, high, below):
        if math.isinf(edge):
            continue
        near = (
            [Fraction(step) * (math.floor(Fraction(edge) / Fraction(step)) + more) for more in (0, 1, -1)]
            if step
            else []
        )
        choices += [*near, edge, edge + 1, edge - 1, edge + Fraction(1, 2), edge - Fraction(1, 2)]
    if not math.isinf(max(low, above)) and not math.isinf(min(high, below)):
        choices.append((Fraction(max(low, above)) + Fraction(min(high, below))) / 2)
    for choice in choices:
        number = _plain(choice)
        if number is None or (whole and not isinstance(number, int)):
            continue
        if low <= number <= high and above < number < below and (not step or _multiple(number, step)):
            return number
    raise NoValueError("no number was found within the bounds")


def _plain(number: float | Fraction) -> int | float | None:
    """Write a number as JSON has it: whole numbers as such; None for one that a float can't be."""
    if isinstance(number, float) and not math.isfinite(number):
        return None
    exact = Fraction(number)
    if exact.denominator == 1:
        return exact.numerator
    try:
        return float(exact)
    except OverflowError:
        return None


def _multiple(number: float, step: float) -> bool:
    """Tell whether a number is a multiple, by the quotient of floats, as validators do (JSON Schema Validation 6.2.1)."""
    ratio = Fraction(number) / Fraction(step)
    try:
        return equal(float(ratio), round(ratio))
    except OverflowError:
        return ratio.denominator == 1
