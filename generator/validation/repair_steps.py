"""Where a value stands in an OpenAPI document, and what can stand in its place when it is of no use."""

from __future__ import annotations

import json
from typing import Any

from ..document.edits import Edit
from ..document.objects import METHODS, place_of
from ..pointer import Pointer, Tokens, join
from .finding import Repair

NEUTRAL: dict[str, tuple[Any, str]] = {
    "schema": ({}, "any value is accepted"),
    "response": ({"description": ""}, "a response without a body is assumed"),
    "requestBody": ({"content": {"application/octet-stream": {}}}, "any body is accepted"),
    "header": ({"schema": {}}, "any value is accepted"),
    "mediaType": ({}, "any value is accepted"),
}
"""Kind of an object that is of no use → what is read in its place, in words too; the rest of the operation stays."""
# Objects that can go as a whole: one of several, or an annotation.
_DROPPED = {"parameter", "server", "tag", "link", "example", "callback", "encoding", "discriminator"}
# Members that make an object what it is → what is read in their place, None where it is of no use without them.
_ESSENTIAL: dict[str, dict[str, Any]] = {
    "document": {"info": {"title": "API", "version": "0"}, "paths": None, "components": {}, "security": None},
    "info": {"title": "API", "version": "0"},
    "pathItem": {**dict.fromkeys(METHODS), "additionalOperations": None, "$ref": None},
    "operation": {
        "responses": {"default": {"description": ""}},
        "requestBody": {"content": {"application/octet-stream": {}}},
        "security": None,
    },
    "requestBody": {"content": {"application/octet-stream": {}}},
    "parameter": {"name": None, "in": None, "schema": {}},
    "header": {"schema": {}},
    "tag": {"name": None},
    "server": {"url": None},
    "discriminator": {"propertyName": None},
    "securityScheme": dict.fromkeys(("type", "name", "in", "scheme")),
    **{kind: {"$ref": None} for kind in ("response", "example", "link", "callback", "mediaType")},
}

# Members that are assumed to be empty where they are missing, though not where they are wrong.
_MISSING: dict[str, dict[str, Any]] = {"response": {"description": ""}, "document": {"paths": {}}}


def give_up(path: Tokens) -> Repair | None:
    """Put something neutral in the place of a value that is of no use, or leave it out.

    None where that would lose an operation, or open one to everybody.
    """
    kind, member, below = place_of(path)
    pointer = join("#", *path)
    if "security" in path and kind == "requirement":
        # A requirement keeps naming its schemes, whatever the scopes.
        return set_value(join("#", *path[: len(path) - below]), [], "no scopes are asked for") if member else None
    if not path or (kind == "securityScheme" and (not member or member in _ESSENTIAL[kind])):
        return None
    if not member:
        if kind in NEUTRAL:
            return set_value(pointer, *NEUTRAL[kind])
        return remove(pointer, f"the {kind} is left out") if kind in _DROPPED else None
    if below or member not in _ESSENTIAL.get(kind, {}):
        return remove(pointer)
    neutral = _ESSENTIAL[kind][member]
    if neutral is not None:
        return set_value(pointer, neutral, f"{show_neutral(neutral)} is assumed")
    return give_up(path[:-1]) if kind not in {"document", "pathItem", "operation"} else None


def missing(kind: str, member: str) -> Any:
    """Give what is assumed for a member that is missing; None for nothing."""
    if member in _MISSING.get(kind, {}):
        return _MISSING[kind][member]
    return _ESSENTIAL.get(kind, {}).get(member)


def set_value(pointer: Pointer, value: Any, words: str) -> Repair:
    """Put a value in the place of another."""
    return (Edit(kind="set", pointer=pointer, value=value),), words


def add_value(pointer: Pointer, value: Any, words: str) -> Repair:
    """Add a member."""
    return (Edit(kind="add", pointer=pointer, value=value),), words


def remove(pointer: Pointer, words: str = "it is left out") -> Repair:
    """Leave a value out."""
    return (Edit(kind="drop", pointer=pointer),), words


def rename(pointer: Pointer, name: str) -> Repair:
    """Give a member another name."""
    return (Edit(kind="rename", pointer=pointer, value=name),), f'it is read as "{name}"'


def convert(value: Any, kind: str, written: str | None = None) -> Any:
    """Read a value as another JSON type where there is no doubt; None where there is.

    A text is what stands in the file, where ``written`` gives that: `1.10`, not 1.1.
    """
    if kind == "string" and type(value) in {int, float, bool}:
        return written if written is not None and _is_written(value, written) else json.dumps(value)
    if kind == "boolean" and isinstance(value, str | int):
        return {"true": True, "false": False, "1": True, "0": False}.get(str(value).strip().lower())
    if kind in {"integer", "number"}:
        return _to_number(value, kind)
    if kind == "array" and isinstance(value, dict | str) and value:
        return [value]
    if kind == "object" and value == []:
        return {}
    return None


def _is_written(value: Any, text: str) -> bool:
    """Tell whether a text is a value as JSON or YAML write it: the file may have another one in its place by now."""
    if isinstance(value, bool):
        return text.lower() == json.dumps(value)
    try:
        based = text[:2] in {"0o", "0x"}
        return bool((int(text, 0) if based else float(text)) == value)
    except (ValueError, OverflowError):
        return False


def _to_number(value: Any, kind: str) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, str | float):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    if number.is_integer() and abs(number) < 2**53:
        return int(number)
    return number if kind == "number" and abs(number) < float("inf") else None


def unique(values: Any) -> Any:
    """Leave out the items of a list that repeat an earlier one."""
    if not isinstance(values, list):
        return values
    seen: dict[str, Any] = {}
    for value in values:
        seen.setdefault(json.dumps(value, sort_keys=True), value)
    return list(seen.values())


def show_neutral(value: Any) -> str:
    """Show a value that is filled in."""
    return json.dumps(value, ensure_ascii=False)
