"""Schemas that types can't hold in full: values are judged by them as well."""

from __future__ import annotations

from typing import Any

from .rules import Rules

SCHEMAS: dict[str, Any] = {
    "Odd": {"enum": [1.5, {"a": 1}]},
}

Rule = Rules(SCHEMAS)
