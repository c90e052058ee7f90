"""Several schemas that hold together, as one schema: for making values, which are judged afterwards."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any


class NoInstance(Exception):  # noqa: N818
    """No value fits a schema, or none was found."""


class Impossible(NoInstance):
    """No value fits a schema: it contradicts itself."""


class Undecided(NoInstance):
    """Whether a value fits a schema can't be told: a pattern with look-around may leave none."""


class TooLarge(Undecided):
    """A value has more values or characters than are made."""


def merge(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema for what fits both. Raises Impossible where nothing can."""
    if not first or not second:
        return dict(first or second)
    result = {**first, **second}
    for key, joined in _JOINED.items():
        if key in first and key in second:
            result[key] = joined(first[key], second[key])
    if "properties" in first or "properties" in second:
        result["properties"] = _properties(first, second)
    return result  # of two patterns the second one; the validator has the last word


def both(first: Any, second: Any) -> Any:
    """Return a schema that asks for two, either of which may be true or false."""
    if first is False or second is False:
        return False
    if first is True or not first or first == second:
        return second
    return first if second is True or not second else {"allOf": [first, second]}


def types(declared: Any) -> list[str]:
    """Return the types that a `type` keyword allows."""
    return list(declared) if isinstance(declared, list) else [declared]


def _types(first: Any, second: Any) -> list[str]:
    mine, others = types(first), types(second)
    found = [t for t in mine if t in others or (t == "integer" and "number" in others)]
    found += [t for t in others if t == "integer" and "number" in mine and t not in found]
    if not found:
        raise Impossible(f"no value is {' or '.join(mine)} and {' or '.join(others)}")
    return found


def _enum(first: list[Any], second: list[Any]) -> list[Any]:
    others = [(type(value), value) for value in second]
    found = [value for value in first if (type(value), value) in others]
    if not found:
        raise Impossible("enums without a common value")
    return found


_JOINED: dict[str, Callable[[Any, Any], Any]] = {
    "type": _types,
    "enum": _enum,
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"), min),
    "required": lambda first, second: list(dict.fromkeys([*first, *second])),
    "uniqueItems": operator.or_,
    **dict.fromkeys(("items", "additionalProperties", "propertyNames", "contains"), both),
}
"""What two values of a keyword ask for together."""


def _properties(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    mine, others = first.get("properties", {}), second.get("properties", {})
    found: dict[str, Any] = {}
    for name in [*mine, *(n for n in others if n not in mine)]:
        if name in mine and name in others:
            found[name] = both(mine[name], others[name])
            continue
        # What only one of them knows is an additional property to the other one.
        known, rest = (mine, second) if name in mine else (others, first)
        is_pattern = name in rest.get("patternProperties", {})
        found[name] = known[name] if is_pattern else both(known[name], rest.get("additionalProperties", True))
    return {name: schema for name, schema in found.items() if schema is not False}
