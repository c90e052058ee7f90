"""Schemas that types can't hold in full: values are judged by them as well."""

from __future__ import annotations

from typing import Any

from .rules import Rules

SCHEMAS: dict[str, Any] = {
    "DefaultListTagsTag": {"type": "array", "uniqueItems": True, "items": {"type": "string"}},
    "Tags": {"type": "array", "uniqueItems": True, "items": {"type": "string"}},
    "Either": {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
    },
    "Looks": {
        "type": "string",
        "allOf": [{"if": {"maxLength": 1000}, "then": {"pattern": "^(?!a)b"}, "else": {"maxLength": 1000}}],
    },
    "Prefixed": {"type": "object", "patternProperties": {"^x": {"type": "string"}}, "additionalProperties": False},
    "Step": {"type": "number", "multipleOf": 0.01},
}

Rule = Rules(SCHEMAS)
