"""Schemas that types can't hold in full: values are judged by them as well."""

from __future__ import annotations

from typing import Any

from .rules import Rules

SCHEMAS: dict[str, Any] = {
    "Loud": {
        "oneOf": [
            {"type": "object", "properties": {"a": {"type": "string"}}},
            {"type": "object", "properties": {"b": {"type": "string"}}},
        ]
    },
}

Rule = Rules(SCHEMAS)
