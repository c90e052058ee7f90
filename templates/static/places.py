"""What is wrong with a JSON text, and where in it."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json


def details(error: ValidationError, data: bytes) -> list[dict[str, Any]]:
    """List what a text was refused for: loc, msg and type, each once.

    Pydantic's names for the members of a union are no places in the text and are left out; a rule tells the path inside.
    """
    found = error.errors(include_url=False, include_input=False)
    whole: Any = None if found[0]["type"] == "json_invalid" else from_json(data)
    result: dict[Any, None] = {}
    for one in found:
        value: Any = whole
        loc: tuple[str | int, ...] = ()
        for part in one["loc"]:
            known = range(len(value)) if isinstance(value, list) else value if isinstance(value, dict) else ()
            if part in known:
                value, loc = value[part], (*loc, part)
        loc += one["loc"][-1:] if one["type"] == "missing" else tuple(one.get("ctx", {}).get("path", ()))
        result[loc, one["msg"], one["type"]] = None
    return [{"loc": [*loc], "msg": message, "type": type_} for loc, message, type_ in result]
