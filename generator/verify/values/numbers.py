"""Numbers for schemas: within their bounds, multiples where these are asked for."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..document.merging import NoInstance

_LIMITS = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_SAFE = 2**53 - 1


def number(flat: Mapping[str, Any], level: int, rng: random.Random, *, whole: bool) -> int | float:
    """Return a number for a flat schema; `level` is as in Mode, `whole` asks for an integer. Raises NoInstance."""
    low, high = _range(flat, whole=whole)
    if flat.get("multipleOf"):
        return _multiple(flat["multipleOf"], low, high, level, rng)
    if whole:
        lowest, highest = int(-(-low // 1)), int(high // 1)
        if lowest > highest:
            raise NoInstance("no integer in the range")
        near = min(max(1, lowest), highest)
        usual = rng.randint(max(lowest, near - 50), min(highest, near + 50))
        return (near, usual, (highest, lowest)[rng.randrange(2)])[level]
    near_float = min(max(1.5, float(low)), float(high))
    if level == 2:
        extreme = [v for v in (float(low), float(high), 0.1, -0.001, 1e15, 3) if low <= v <= high]
        return rng.choice(extreme or [near_float])
    if level == 0:
        return near_float
    return round(rng.uniform(max(float(low), near_float - 50), min(float(high), near_float + 50)), 3)


def _range(flat: Mapping[str, Any], *, whole: bool) -> tuple[Decimal, Decimal]:
    """Return the bounds of a number, both within it."""
    smallest, largest = _LIMITS.get(str(flat.get("format")), (-_SAFE, _SAFE)) if whole else (-(10**9), 10**9)
    gap = Decimal(1) if whole else Decimal("0.001")
    lows = [Decimal(str(flat["minimum"]))] if "minimum" in flat else []
    highs = [Decimal(str(flat["maximum"]))] if "maximum" in flat else []
    lows += [Decimal(str(flat["exclusiveMinimum"])) + gap] if "exclusiveMinimum" in flat else []
    highs += [Decimal(str(flat["exclusiveMaximum"])) - gap] if "exclusiveMaximum" in flat else []
    low = max(lows) if lows else min([Decimal(smallest), *highs])
    high = min(highs) if highs else max([Decimal(largest), *lows])
    if low > high:
        raise NoInstance("the bounds exclude each other")
    return low, high


def _multiple(step: float, low: Decimal, high: Decimal, level: int, rng: random.Random) -> int | float:
    exact = Decimal(str(step))
    first, last = -(-low // exact), high // exact
    if low > 0 and first * exact < low:
        first += 1
    if first > last:
        raise NoInstance("no multiple in the range")
    lowest = max(int(first), min(int(last), -99))
    plain, usual = min(max(1, int(first)), int(last)), rng.randint(lowest, min(int(last), lowest + 99))
    value = (plain, usual, int(last))[level] * exact
    return int(value) if value == value.to_integral_value() else float(value)
