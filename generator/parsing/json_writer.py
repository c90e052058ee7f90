"""Values → JSON text, indented, by a compiled writer: `json.dumps` writes by compiled code only what is on one line."""

from __future__ import annotations

import json
from typing import Any

from ..pointer import CONTAINERS


def write(value: Any) -> str:
    """Write a JSON value as `json.dumps` with ``indent=2`` does, characters as they are, byte for byte.

    What the compiled writer can't write, or writes otherwise (nesting of 200 and more, floats such as 1e-07), is left to
    `json.dumps`. Raises ValueError for a float that JSON can't hold.
    """
    from pydantic_core import PydanticSerializationError, to_json

    if all(repr(number).encode() == to_json(number) for number in _floats(value)):
        try:
            return to_json(value, indent=2).decode()
        except PydanticSerializationError:
            pass
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)


def _floats(value: Any) -> list[float]:
    found: list[float] = []
    pending: list[Any] = [[value]]
    while pending:
        one = pending.pop()
        for inner in one.values() if type(one) is dict else one:
            if type(inner) in CONTAINERS:
                pending.append(inner)
            elif isinstance(inner, float):
                found.append(inner)
    return found
