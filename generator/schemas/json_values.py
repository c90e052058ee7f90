"""Values of JSON: which are equal, and of which types they are (JSON Schema 2020-12, Core 4.2)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any


def equal(left: Any, right: Any) -> bool:
    """Compare as JSON Schema does: 1 is 1.0, true is not 1."""
    return canonical(left) == canonical(right)


def in_both(left: Iterable[Any], right: Iterable[Any]) -> list[Any]:
    """List the values of one list that another one has, too."""
    known = {canonical(value) for value in right}
    return [value for value in left if canonical(value) in known]


def canonical(value: Any) -> str:
    """Write a JSON value so that equal values are written alike."""

    def plain(item: Any) -> Any:
        if isinstance(item, float) and item.is_integer():
            return int(item)
        if isinstance(item, dict):
            return {key: plain(one) for key, one in item.items()}
        return [plain(one) for one in item] if isinstance(item, list) else item

    return json.dumps(plain(value), sort_keys=True)


class _Unique:
    """Judges `uniqueItems` in time that grows as the array does: compiled code compares all integers of over 64 bits."""

    def __init__(self, _: Any, is_asked: Any, __: Any) -> None:
        self._is_asked = is_asked

    def validate(self, value: Any) -> None:
        """Raise ValueError for an array that has an item twice."""
        if self._is_asked is True and isinstance(value, list) and len(set(map(canonical, value))) < len(value):
            raise ValueError(f"{json.dumps(value)} has non-unique elements")


JUDGED_HERE: Mapping[str, Any] = {"uniqueItems": _Unique}
"""Keywords that validators leave to us."""


def type_names(value: Any) -> frozenset[str]:
    """Name the JSON Schema types of a value."""
    if value is None:
        return frozenset({"null"})
    if isinstance(value, bool):
        return frozenset({"boolean"})
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
        return frozenset({"integer", "number"})
    by_class = {float: "number", str: "string", list: "array", dict: "object"}
    return frozenset({by_class[type(value)]})
