"""Reading that ends at the first wrong part of an array or map: pydantic lists all problems, with up to a kilobyte for each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import CoreConfig, SchemaValidator

from .base import deep
from .exact import copied, inside

_HOLDING = frozenset({"dict", "frozenset", "list", "set", "tuple"})
_FEW, _MANY = 500, 10_000
"""Of so many objects, or of so many problems that they may have, all are told."""
_STRICT = CoreConfig(strict=True, allow_inf_nan=False)


def first_only(adapter: TypeAdapter[Any], data: bytes) -> SchemaValidator | None:
    """Return what reads a body and tells of each array and map what is wrong with its first wrong part; None where all is told."""
    objects = data.count(b"{")
    return _first_only(adapter) if objects > _FEW and objects * lacking(adapter) > _MANY else None


@cache  # adapters live as long as their module
@deep()
def lacking(adapter: TypeAdapter[Any]) -> int:
    """Count the problems that an object without properties may have: what is required, in each member of a union."""
    if not isinstance(adapter.validator, SchemaValidator):  # it has ways of its own (reading.py)
        return 0
    found = inside(adapter.core_schema)
    named = {one["ref"]: one for one in found if "ref" in one}
    known: dict[int, int] = {}
    return max(_lacks(one, named, known) for one in found)


def _lacks(schema: Any, named: Mapping[str, Any], known: dict[int, int]) -> int:
    if id(schema) not in known:
        known[id(schema)] = 0  # of what leads back to itself
        kind, held = schema["type"], schema.get("fields", schema.get("choices"))
        if kind == "model-fields":
            known[id(schema)] = sum(one["schema"]["type"] != "default" for one in held.values())
        elif kind in ("union", "tagged-union"):
            parts = held.values() if isinstance(held, dict) else held
            each = [_lacks(one[0] if isinstance(one, tuple) else one, named, known) for one in parts]
            known[id(schema)] = sum(each) if kind == "union" else max(each, default=0)
        elif kind == "definition-ref":
            known[id(schema)] = _lacks(named[schema["schema_ref"]], named, known)
        elif inner := schema.get("schema") or schema.get("json_schema"):
            known[id(schema)] = _lacks(inner, named, known)
    return known[id(schema)]


@cache
@deep()
def _first_only(adapter: TypeAdapter[Any]) -> SchemaValidator:
    def ending(one: Any) -> Any:
        return {**one, "fail_fast": True} if one["type"] in _HOLDING else one

    return SchemaValidator(copied(adapter.core_schema, ending), _STRICT, _use_prebuilt=False)
