"""Schemas that types can't hold in full: values are judged by them as well."""

from __future__ import annotations

from typing import Any

from .rules import Rules

SCHEMAS: dict[str, Any] = {
    "DefaultOrderNotFound": {"oneOf": [{"$ref": "#/$defs/NoItem"}, {"$ref": "#/$defs/NoUser"}]},
    "NoItem": {"type": "object", "required": ["item"], "properties": {"item": {"type": "integer"}}},
    "NoUser": {"type": "object", "required": ["user"], "properties": {"user": {"type": "string"}}},
}

Rule = Rules(SCHEMAS)
