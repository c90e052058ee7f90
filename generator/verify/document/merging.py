"""Several schemas that hold together, as one schema: for making values, which are judged afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class NoInstance(Exception):  # noqa: N818
    """No value fits a schema, or none was found."""


_LARGER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_SMALLER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_BOTH = ("items", "additionalProperties", "propertyNames", "contains")


def merge(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema for what fits both. Raises NoInstance where nothing can."""
    if not first or not second:
        return dict(first or second)
    result = {**first, **second}
    if "type" in first and "type" in second:
        result["type"] = _types(first["type"], second["type"])
    _enums(first, second, result)
    _bounds(first, second, result)
    if "required" in first and "required" in second:
        result["required"] = list(dict.fromkeys([*first["required"], *second["required"]]))
    result.update({"uniqueItems": True} if first.get("uniqueItems") else {})
    if "properties" in first or "properties" in second:
        result["properties"] = _properties(first, second)
    for key in _BOTH:
        if key in first and key in second:
            result[key] = both(first[key], second[key])
    return result  # of two patterns the second one; the validator has the last word


def _enums(first: Mapping[str, Any], second: Mapping[str, Any], result: dict[str, Any]) -> None:
    if "enum" in first and "enum" in second:
        others = [(type(value), value) for value in second["enum"]]
        result["enum"] = [value for value in first["enum"] if (type(value), value) in others]
        if not result["enum"]:
            raise NoInstance("enums without a common value")


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
        raise NoInstance(f"no value is {' or '.join(mine)} and {' or '.join(others)}")
    return found


def _bounds(first: Mapping[str, Any], second: Mapping[str, Any], result: dict[str, Any]) -> None:
    for keys, choose in ((_LARGER, max), (_SMALLER, min)):
        for key in keys:
            if key in first and key in second:
                result[key] = choose(first[key], second[key])


def _properties(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    mine, others = first.get("properties", {}), second.get("properties", {})
    found: dict[str, Any] = {}
    for name in [*mine, *(n for n in others if n not in mine)]:
        if name in mine and name in others:
            found[name] = both(mine[name], others[name])
            continue
        # What only one of them knows is an additional property to the other one.
        known, rest = (mine, second) if name in mine else (others, first)
        found[name] = (
            both(known[name], rest.get("additionalProperties", True)) if _is_closed(rest, name) else known[name]
        )
    return {name: schema for name, schema in found.items() if schema is not False}


def _is_closed(schema: Mapping[str, Any], name: str) -> bool:
    return "additionalProperties" in schema and name not in schema.get("patternProperties", {})
