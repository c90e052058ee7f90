"""How often a validator would judge a value: anew for each way that leads to a schema, and there may be 2^n through n schemas.

`unevaluated…` asks the schemas beside it once more, for what they have looked at; so it is built for all of the ways to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

_MOST = 100_000  # schemas for a value and its parts, each counted for each way to it
_BUILT = 10_000  # ways to the schemas beside one `unevaluated…`
_DEEP = 5_000  # schemas that lead to one another: a validator needs a frame of the stack for each
_ALIKE = ("not", "if", "then", "else")
_LISTS = ("allOf", "anyOf", "oneOf")
_ELEMENTS = ("items", "contains", "unevaluatedItems")
_MEMBERS = ("additionalProperties", "unevaluatedProperties")


def too_many(closed: Any, value: Any) -> bool:
    """Whether there are too many ways to judge a value by a schema that has all targets in `$defs`."""
    defs = closed.get("$defs", {}) if isinstance(closed, Mapping) else {}
    return _count(closed, value, defs) > _MOST


def too_many_built(closed: Any) -> bool:
    """Whether a validator by a schema that has all targets in `$defs` would be built for too many ways."""
    defs = closed.get("$defs", {}) if isinstance(closed, Mapping) else {}
    return any(_count(schema, None, defs) > _BUILT for schema in _all(closed) if _is_blind(schema))


def _count(schema: Any, value: Any, defs: Mapping[str, Any]) -> int:
    """Count the schemas that judge a value and its parts, up to some more than the bound."""
    waiting, count = [(schema, value, 0, False)], 0
    while waiting and count <= _MOST:
        schema, held, depth, is_told = waiting.pop()
        count = _MOST + 1 if depth > _DEEP else count + 1
        if not isinstance(schema, Mapping):
            continue
        if not is_told:
            waiting += [(part, one, depth + 1, False) for part, one in islice(_asked(schema, held, defs), _MOST + 1)]
        if is_told or _is_blind(schema):
            waiting.append((_target(schema, defs), held, depth + 1, True))
            waiting += [(part, held, depth + 1, again) for part in _same(schema) for again in (False, True)]
    return count


def _is_blind(schema: Mapping[str, Any]) -> bool:
    return "unevaluatedProperties" in schema or "unevaluatedItems" in schema


def _all(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects in a value."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            yield one
        waiting += one.values() if isinstance(one, Mapping) else one if isinstance(one, list) else ()


def _target(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> Any:
    ref = schema.get("$ref")
    return defs.get(ref.rpartition("/")[2]) if isinstance(ref, str) else None


def _same(schema: Mapping[str, Any]) -> list[Any]:
    """List the schemas in one that judge the same value."""
    same = [schema[key] for key in _ALIKE if key in schema]
    same += [part for key in _LISTS for part in schema.get(key, ())]
    return [*same, *schema.get("dependentSchemas", {}).values()]


def _asked(schema: Mapping[str, Any], value: Any, defs: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the schemas that a schema asks, with what each is asked of."""
    yield from ((part, value) for part in (_target(schema, defs), *_same(schema)))
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        yield from ((properties[name], value[name]) for name in value if name in properties)
        others = [*schema.get("patternProperties", {}).values(), *(schema[key] for key in _MEMBERS if key in schema)]
        yield from ((part, one) for part in others for one in value.values())
        yield from ((schema["propertyNames"], name) for name in value if "propertyNames" in schema)
    if isinstance(value, list):
        yield from zip(schema.get("prefixItems", ()), value, strict=False)
        yield from ((schema[key], one) for key in _ELEMENTS if key in schema for one in value)
