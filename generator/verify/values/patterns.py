"""Texts that match a pattern. Python's engine, which may take exponential time, never runs a document's pattern."""

from __future__ import annotations

import random
import re
import warnings
from collections.abc import Iterable
from functools import cache
from typing import Any

from jsonschema_rs import Draft202012Validator, FancyRegexOptions

_TRIES = 24
_LONGEST = 2_000  # characters of a text that is made
_STEPS = 10_000  # that a pattern with look-around may take
_GUESSES = """a A 0 1 A1 abc ABC 123 12345 2024-01-01 12:30 #ffffff a@example.com /a""".split()
_KINDS = {"DIGIT": "0123456789", "WORD": "aZ_09", "SPACE": " \t"}
_EMPTY = re.compile(r"(\\.|\[\^?(?:\\.|[^\]\\^])(?:\\.|[^\]\\])*\])|\[(\^?)\]", re.DOTALL)
_HIGH = re.compile(r"\{(\d*),\d{3,}\}")
_OTHERS = "b Q5-._/:,@#é漢"


@cache
def _engine(pattern: str) -> Draft202012Validator | None:
    for one in (pattern, _smaller(pattern)):
        try:
            return Draft202012Validator({"pattern": one}, pattern_options=FancyRegexOptions(backtrack_limit=_STEPS))
        except ValueError:
            continue
    return None


def _smaller(pattern: str) -> str:
    """Write `[^]` and `[]` as an engine takes them, and no bound for a high one: texts that are made are shorter."""
    plain = _EMPTY.sub(lambda found: found[1] or (r"[\s\S]" if found[2] else r"[^\s\S]"), pattern)
    return _HIGH.sub(r"{\1,}", plain)


def matches(pattern: str, text: str) -> bool:
    """Tell whether a text matches a pattern; true if no engine can tell."""
    engine = _engine(pattern)
    return engine is None or engine.is_valid(text)


@cache
def matching(pattern: str) -> tuple[str, ...]:
    """Return different texts that match a pattern, the shortest first; none if none is found."""
    from re import _parser  # undocumented; it only reads the pattern

    made: list[str] = []
    rng = random.Random(pattern)  # noqa: S311 - the same texts each time
    try:
        with warnings.catch_warnings(action="ignore"):  # FutureWarning: what later Pythons read otherwise
            tree = _parser.parse(_python(_smaller(pattern)), re.ASCII)
        for attempt in range(_TRIES):
            try:
                made.append(_write(tree, rng, attempt))
            except _TooLongError:
                continue
    except (re.error, RecursionError, OverflowError):
        return tuple(guess for guess in _GUESSES if matches(pattern, guess))
    return tuple(text for text in dict.fromkeys((*made, *_GUESSES)) if matches(pattern, text))


class _TooLongError(Exception):
    """A match has more characters than are made."""


def _write(tree: Iterable[tuple[Any, Any]], rng: random.Random, more: int) -> str:
    """Write a text for a parsed pattern: what repeats does so as seldom as it may, or up to `more` times more often."""
    text = ""
    for code, value in tree:
        name, times = str(code), 1
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, inner = value
            times = min(least + (rng.randrange(more % 6 + 1) if more else 0), int(most))
            if times > _LONGEST:
                raise _TooLongError
            parts = [_write(inner, rng, more // 2) for _ in range(min(times, 8))]
            part = "".join(parts) + (parts[-1] * (times - len(parts)) if parts else "")
        elif name in ("SUBPATTERN", "ATOMIC_GROUP"):
            part = _write(value if name == "ATOMIC_GROUP" else value[-1], rng, more)
        elif name == "BRANCH":
            part = _write(value[-1][0] if not more else rng.choice(value[-1]), rng, more)
        elif name in ("AT", "ASSERT", "ASSERT_NOT"):
            part = ""
        else:
            part = _character(name, value, rng, first=not more)
        text += part
        if len(text) > _LONGEST:
            raise _TooLongError
    return text


def _character(name: str, value: Any, rng: random.Random, *, first: bool) -> str:
    """Write one character; what is no character (a back-reference) as nothing."""
    if name == "LITERAL":
        return chr(value)
    if name == "NOT_LITERAL":
        return _other({chr(value)}, rng, first=first)
    if name == "ANY":
        return "a" if first else rng.choice("aZ5 -é")
    if name != "IN":
        return ""
    negated = str(value[0][0]) == "NEGATE"
    found = {character for item in value[negated:] for character in _members(item)}
    if negated:
        return _other(found, rng, first=first)
    return min(found) if first and found else rng.choice(sorted(found) or ["a"])


def _members(item: tuple[Any, Any]) -> Iterable[str]:
    name, value = str(item[0]), item[1]
    if name == "LITERAL":
        return chr(value)
    if name == "RANGE":
        low, high = value
        return (chr(code) for code in {low, high, *range(low, min(high, low + 60) + 1)})
    kind = str(value).removeprefix("CATEGORY_")
    if not kind.startswith("NOT_"):
        return _KINDS.get(kind, "a")
    without = set(_KINDS.get(kind.removeprefix("NOT_"), ""))
    return (
        character
        for character in _OTHERS
        if character not in without and not (kind == "NOT_WORD" and character.isalnum())
    )


def _other(taken: set[str], rng: random.Random, *, first: bool) -> str:
    """Write a character that is none of these."""
    found = [character for character in f"aZ5{_OTHERS}" if character not in taken] or ["\u4e01"]
    return found[0] if first else rng.choice(found)


def _python(pattern: str) -> str:
    r"""Return an ECMA-262 pattern in Python's spelling, as far as is needed for making texts."""
    letters, digits = ("a-zA-Z", "0-9") if "[" in pattern else ("[a-zA-Z]", "[0-9]")
    pattern = re.sub(r"\\p\{(L|Letter|Alpha|Alphabetic|IsAlphabetic)\}", letters, pattern)
    pattern = re.sub(r"\\p\{(N|Nd|Number|Digit)\}", digits, pattern)
    pattern = re.sub(r"\\u\{([0-9a-fA-F]+)\}", lambda found: chr(int(found[1], 16)), pattern)
    return pattern.replace("(?<", "(?P<").replace("(?P<=", "(?<=").replace("(?P<!", "(?<!")
