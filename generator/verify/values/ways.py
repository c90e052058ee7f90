"""How often a validator would judge a value: anew for each way that leads to a schema, and there may be 2^n through n schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

_MOST = 100_000  # schemas for a value and its parts, each counted for each way to it
_DEEP = 5_000  # schemas that lead to one another: a validator needs a frame of the stack for each
_ALIKE = ("not", "if", "then", "else")
_LISTS = ("allOf", "anyOf", "oneOf")
_ELEMENTS = ("items", "contains", "unevaluatedItems")
_MEMBERS = ("additionalProperties", "unevaluatedProperties")


def too_many(closed: Any, value: Any) -> bool:
    """Whether there are too many ways to judge a value by a schema that has all targets in `$defs`."""
    defs = closed.get("$defs", {}) if isinstance(closed, Mapping) else {}
    waiting, count = [(closed, value, 0)], 0
    while waiting and count <= _MOST:
        schema, held, depth = waiting.pop()
        count = _MOST + 1 if depth > _DEEP else count + 1
        asked = _asked(schema, held, defs) if isinstance(schema, Mapping) else ()
        waiting += [(part, one, depth + 1) for part, one in islice(asked, _MOST + 1)]
    return count > _MOST


def _asked(schema: Mapping[str, Any], value: Any, defs: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the schemas that a schema asks, with what each is asked of."""
    if isinstance(ref := schema.get("$ref"), str):
        yield defs.get(ref.rpartition("/")[2]), value
    same = [schema[key] for key in _ALIKE if key in schema]
    same += [part for key in _LISTS for part in schema.get(key, ())]
    same += schema.get("dependentSchemas", {}).values()
    yield from ((part, value) for part in same)
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        yield from ((properties[name], value[name]) for name in value if name in properties)
        others = [*schema.get("patternProperties", {}).values(), *(schema[key] for key in _MEMBERS if key in schema)]
        yield from ((part, one) for part in others for one in value.values())
        yield from ((schema["propertyNames"], name) for name in value if "propertyNames" in schema)
    if isinstance(value, list):
        yield from zip(schema.get("prefixItems", ()), value, strict=False)
        yield from ((schema[key], one) for key in _ELEMENTS if key in schema for one in value)
