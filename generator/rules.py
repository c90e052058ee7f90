"""The schemas that values are judged by, where a type can't hold them: self-contained JSON Schema 2020-12."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import names
from .document import Document
from .schemas import ANNOTATIONS, Flattener

ONE = frozenset({"additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then"}) | {
    "unevaluatedItems",
    "unevaluatedProperties",
}
"""Keywords that hold one schema (JSON Schema 2020-12, Core 10 and 11)."""
MANY = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
"""Keywords that hold an array of schemas."""
NAMED = frozenset({"dependentSchemas", "patternProperties", "properties"})
"""Keywords that hold schemas by name."""


def bundle(document: Document, rules: Mapping[str, str]) -> dict[str, Any]:
    """Write the schema of each rule (name → pointer), and those that they refer to; annotations and formats are left out."""
    flattener = Flattener(document.version, document.resolve)
    by_pointer = {pointer: name for name, pointer in rules.items()}
    result: dict[str, Any] = {}
    waiting = dict(rules)

    def name_of(pointer: str) -> str:
        if pointer not in by_pointer:
            by_pointer[pointer] = names.rule(pointer, taken={*by_pointer.values(), *waiting})
            waiting[by_pointer[pointer]] = pointer
        return by_pointer[pointer]

    def clean(schema: Any) -> Any:
        schema = flattener.node("", schema).schema
        if not isinstance(schema, dict):
            return schema
        found: dict[str, Any] = {}
        for key, value in schema.items():
            if key == "$ref" and isinstance(value, str):
                found[key] = f"#/$defs/{name_of(value)}"
            elif key in ONE and isinstance(value, bool | dict):
                found[key] = clean(value)
            elif key in MANY and isinstance(value, list):
                found[key] = [clean(one) for one in value]
            elif key in NAMED and isinstance(value, dict):
                found[key] = {name: clean(one) for name, one in value.items()}
            elif key not in ANNOTATIONS and key != "format" and not key.startswith("x-"):
                found[key] = value
        return found

    done: set[str] = set()
    while waiting:
        name, pointer = next(iter(waiting.items()))
        del waiting[name]
        if name not in done:
            done.add(name)
            result[name] = clean(flattener.at(pointer).schema)
    return result
