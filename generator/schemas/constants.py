"""Constants that a schema names or describes: `oneOf` of `const` with titles, and extensions of `enum`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..python.escaping import py

NAMES = ("x-enum-varnames", "x-enumNames", "x-enum-names")
WORDS = ("x-enum-descriptions", "x-enumDescriptions", "x-enum-comments")
DEEPEST = 4
_HOLDERS = frozenset(("enum", "const", "oneOf", "anyOf", "allOf", "items", "additionalProperties"))
"""Keywords without which a schema has no constants."""


def constants_in_words(schema: Any) -> str:
    """List the constants of a schema, each in a line with its name and what is said of it; empty if nothing is said."""
    if isinstance(schema, Mapping) and schema.keys().isdisjoint(_HOLDERS):
        return ""
    found = list(_constants(schema, 0))
    if not any(name or words for _, name, words in found):
        return ""
    lines = ["Values:"]
    for value, name, words in found:
        known = f"{value} ({name})" if name and words else str(value)
        lines.append(f"- {known}: {words or name}" if name or words else f"- {value}")
    return "\n".join(dict.fromkeys(lines))


def _constants(schema: Any, depth: int) -> Iterator[tuple[str, str, str]]:
    """Yield each constant as Python text with its name and its description, also of branches and of items."""
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return
    if isinstance(schema.get("enum"), list):
        found = list(_listed(schema, schema["enum"]))
        if (
            depth and len(found) == 1 and found[0][1:] == ("", "")
        ):  # a branch of one value, as of before there was const
            found = [(found[0][0], _line(schema.get("title")), _line(schema.get("description")))]
        yield from found
    elif "const" in schema:
        yield _text(schema["const"]), _line(schema.get("title")), _line(schema.get("description"))
    for key in ("oneOf", "anyOf", "allOf"):
        for branch in schema[key] if isinstance(schema.get(key), list) else ():
            yield from _constants(branch, depth + 1)
    if depth == 0:
        for key in ("items", "additionalProperties"):
            yield from _constants(schema.get(key), depth + 1)


def _listed(schema: Mapping[str, Any], values: list[Any]) -> Iterator[tuple[str, str, str]]:
    names = next((schema[key] for key in NAMES if key in schema), None)
    words = next((schema[key] for key in WORDS if key in schema), None)
    by_value = {}
    microsoft = schema.get("x-ms-enum")
    entries = microsoft.get("values") if isinstance(microsoft, Mapping) else None
    for one in entries if isinstance(entries, list) else ():
        if isinstance(one, Mapping):
            by_value[_text(one.get("value"))] = (_line(one.get("name")), _line(one.get("description")))
    for index, value in enumerate(values):
        text = _text(value)
        name, description = by_value.get(text, ("", ""))
        yield text, _at(names, index, value) or name, _at(words, index, value) or description


def _at(said: Any, index: int, value: Any) -> str:
    """Read what a list says of the constant at its index, or a mapping of the constant itself."""
    if isinstance(said, list):
        return _line(said[index]) if index < len(said) else ""
    return _line(said.get(str(value))) if isinstance(said, Mapping) else ""


def _text(value: Any) -> str:
    return py(value)


def _line(words: Any) -> str:
    return " ".join(words.split()) if isinstance(words, str) else ""
