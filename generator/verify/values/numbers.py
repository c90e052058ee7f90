"""Numbers for schemas: within their bounds, multiples where these are asked for."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ..document.merging import NoInstance

_LIMITS = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_SAFE = 2**53 - 1
_FLOAT = Fraction(sys.float_info.max)


def number(flat: Mapping[str, Any], level: int, rng: random.Random, *, whole: bool) -> int | float:
    """Return a number for a flat schema; `level` is as in Mode, `whole` asks for an integer. Raises NoInstance."""
    low, high = _range(flat, whole=whole)
    if flat.get("multipleOf"):
        step = Fraction(str(flat["multipleOf"]))
        return _multiple(Fraction(step.numerator) if whole else step, low, high, level, rng)
    if whole:
        lowest, highest = math.ceil(low), math.floor(high)
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


def _range(flat: Mapping[str, Any], *, whole: bool) -> tuple[Fraction, Fraction]:
    """Return the bounds of a number, both within it."""
    smallest, largest = _LIMITS.get(str(flat.get("format")), (-_SAFE, _SAFE)) if whole else (-(10**9), 10**9)
    lows = [_exact(flat["minimum"])] if "minimum" in flat else []
    highs = [_exact(flat["maximum"])] if "maximum" in flat else []
    if "exclusiveMinimum" in flat:
        lows.append(_exact(flat["exclusiveMinimum"]) + _gap(flat["exclusiveMinimum"], whole=whole))
    if "exclusiveMaximum" in flat:
        highs.append(_exact(flat["exclusiveMaximum"]) - _gap(flat["exclusiveMaximum"], whole=whole))
    low = max(lows) if lows else min([Fraction(smallest), *(high - abs(high) / 2 for high in highs)])
    high = min(highs) if highs else max([Fraction(largest), *(low + abs(low) / 2 for low in lows)])
    low, high = max(low, -_FLOAT), min(high, _FLOAT)
    if low > high:
        raise NoInstance("the bounds exclude each other")
    return low, high


def _exact(number: float) -> Fraction:
    """Read a bound: a whole one as the float is, another one as it is written."""
    return Fraction(number) if number == number // 1 else Fraction(str(number))


def _gap(bound: float, *, whole: bool) -> Fraction:
    """Return how far from an exclusive bound the nearest value stands that is made: a float must tell them apart."""
    return Fraction(1) if whole else max(Fraction(1, 1000), abs(_exact(bound)) / 10**12)


def _multiple(step: Fraction, low: Fraction, high: Fraction, level: int, rng: random.Random) -> int | float:
    first, last = math.ceil(low / step), math.floor(high / step)
    if first > last:
        raise NoInstance("no multiple in the range")
    lowest = max(first, min(last, -99))
    plain, usual = min(max(1, first), last), rng.randint(lowest, min(last, lowest + 99))
    value = (plain, usual, last)[level] * step
    return value.numerator if value.denominator == 1 else float(value)
