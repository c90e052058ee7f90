"""Strings for schemas: by format, by pattern, by length. Each call returns the same."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from ..schemas.normal_form import Flat
from ..schemas.patterns import matches

FORMATS = {
    "date-time": "2024-01-01T00:00:00Z",
    "date": "2024-01-01",
    "time": "00:00:00Z",
    "duration": "P1D",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "email": "user@example.com",
    "idn-email": "user@example.com",
    "hostname": "example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "url": "https://example.com/",
    "iri": "https://example.com/",
    "uri-reference": "/",
    "json-pointer": "/a",
    "byte": "ZXhhbXBsZQ==",
    "base64": "ZXhhbXBsZQ==",
    "base64url": "ZXhhbXBsZQ==",
}
"""A value of each format that has a form of its own (JSON Schema 2020-12, Validation 7.3; OpenAPI 3.0, 4.4)."""
WORD = "string"
LONGEST = 10_000
"""Characters: a schema that asks for more gets no value."""


def candidates(flat: Flat) -> list[str]:
    """List strings that may fit a schema, the plainest first."""
    low, high = int(flat.bounds.get("minLength", 0)), flat.bounds.get("maxLength")
    by_format = [FORMATS[flat.format]] if flat.format in FORMATS else []
    by_pattern = [] if flat.pattern is None or low > LONGEST else list(_matching(flat.pattern, low))
    found = [*by_format, *by_pattern, _sized(WORD, low, high)]
    return [text for text in found if low <= len(text) <= LONGEST and (high is None or len(text) <= high)]


def _sized(text: str, low: int, high: float | None) -> str:
    """Cut or fill a text to a length in code points."""
    if high is not None and len(text) > high:
        text = text[: max(int(high), 0)]
    return text + "x" * (min(low, LONGEST) - len(text))


@cache
def _matching(pattern: str, low: int) -> tuple[str, ...]:
    """Make strings that match a pattern: the shortest, and longer ones. Empty if it can't be read, or not be run."""
    # Undocumented; only reads a pattern, and what it can't read has no value. mypy knows it with a cold cache alone.
    from re import _parser  # type: ignore[attr-defined,unused-ignore]

    try:
        tree = _parser.parse(pattern, re.ASCII)
        texts = [_written(tree, more) for more in (0, 1, low)]
    except (re.error, RecursionError, OverflowError, _UnwritableError):
        return ()
    return tuple(text for text in dict.fromkeys(texts) if matches(pattern, text))


class _UnwritableError(Exception):
    """A pattern has a part for which no string is made, or asks for a long one."""


def _written(tree: Iterable[tuple[Any, Any]], more: int) -> str:
    """Write a short match; what can be repeated is repeated `more` times, within its bounds. Raises _UnwritableError."""
    text = ""
    for code, value in tree:
        name = str(code)
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, inner = value
            times, part = min(max(least, more), int(most)), _written(inner, min(more, 1))
        elif name in ("SUBPATTERN", "ATOMIC_GROUP"):
            times, part = 1, _written(value if name == "ATOMIC_GROUP" else value[-1], more)
        elif name == "BRANCH":  # the first alternative
            times, part = 1, _written(value[-1][0], more)
        elif name in ("AT", "ASSERT", "ASSERT_NOT"):  # whether these hold is seen when the whole is tried
            continue
        else:
            times, part = 1, _character(name, value)
        if len(text) + len(part) * times > LONGEST:  # before it is made
            raise _UnwritableError
        text += part * times
    return text


def _character(name: str, value: Any) -> str:
    """Write one character."""
    if name == "LITERAL":
        return chr(value)
    if name == "NOT_LITERAL":
        return _outside([(name, value)])
    if name not in ("ANY", "IN"):
        raise _UnwritableError
    return "a" if name == "ANY" else _one_of(value)


def _one_of(items: list[tuple[Any, Any]]) -> str:
    """Choose a character of a class: a letter or digit where it has one."""
    if str(items[0][0]) == "NEGATE":
        return _outside(items[1:])
    found = [char for item in items for char in _characters(item)]
    return next((char for char in found if char.isalnum()), found[0] if found else "a")


def _characters(item: tuple[Any, Any]) -> str:
    name, value = str(item[0]), item[1]
    if name in ("LITERAL", "NOT_LITERAL"):
        return chr(value)
    if name == "RANGE":
        return "".join(chr(code) for code in range(value[0], min(value[1], value[0] + 200) + 1))
    kinds = {"CATEGORY_DIGIT": "0123456789", "CATEGORY_WORD": "a0_", "CATEGORY_SPACE": " \t\n\r"}
    return kinds.get(str(value), "-" if "SPACE" not in str(value) else "a")


def _outside(items: list[tuple[Any, Any]]) -> str:
    """Choose a character that is in none of some classes."""
    taken = {char for item in items for char in _characters(item)}
    if any(str(value) == "CATEGORY_WORD" for _, value in items):
        taken |= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
    return next((char for char in "a0A -./!~\u00e9" if char not in taken), "\u4e00")
