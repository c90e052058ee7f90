"""Bounds and types of two schemas, intersected."""

from __future__ import annotations

import math
from typing import Any

LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
COUNTS = frozenset({*LOWER[2:], *UPPER[2:]})
LARGEST = 2**53  # of what is counted: no value has more characters, items or properties


def meet_types(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[str, ...]:
    """Intersect two sets of types: every integer is a number."""
    met = [kind for kind in left if kind in right or (kind == "integer" and "number" in right)]
    if "integer" in right and "number" in left and "integer" not in met:
        met.append("integer")
    return tuple(met)


def tighter(key: str, left: Any, right: Any) -> Any:
    """Choose the tighter of two bounds; -1 for two steps that have no common one."""
    if key in LOWER:
        return max(left, right)
    if key in UPPER:
        return min(left, right)
    if isinstance(left, int) and isinstance(right, int):
        return math.lcm(left, right)
    large, small = max(left, right), min(left, right)
    return large if small and (large / small).is_integer() else -1
