"""Regular expressions of documents (ECMA-262) for the engine that Pydantic runs (Rust's, in linear time)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator, FancyRegexOptions

# ECMA-262 knows ASCII digits and letters where Rust's engine takes those of all scripts.
_INSIDE = {"d": "0-9", "w": "0-9A-Za-z_", "D": "[^0-9]", "W": "[^0-9A-Za-z_]"}
_OUTSIDE = {"d": "[0-9]", "w": "[0-9A-Za-z_]", "D": "[^0-9]", "W": "[^0-9A-Za-z_]", "Z": r"\z"}
_TOKEN = re.compile(r"\\(.)|(\[\^?\]?)|(\])|(&&|--|~~)|(.)", re.DOTALL)

BACKTRACKS = 10_000
"""Steps that a pattern with look-around may take. Each may pass over the whole text, so that is bounded too."""
LONGEST = 1_000
"""Characters of a text that a pattern with look-around is held against."""


_GROUPED = 200_000
"""Groups of a pattern times its characters with all counts written out: engines keep a place of each group at each of them."""
_COUNTED_OUT = 1_000
"""Characters, counted so, that one step of a pattern with look-around may be held against a text."""
_PIECE = re.compile(
    r"\\.|\[(?:\\.|[^\]\\])*\]|(\()(?:\?(?:<?[=!]|:|<\w+>))?|(\))|\{(\d{1,9})(,?)(\d{0,9})\}|[*+?|]|.", re.DOTALL
)


_UNICODE = re.compile(r"\\[wWpP]")
_RANGES = 6


@cache
def _size(pattern: str) -> tuple[int, int]:
    """Count the groups of a pattern, and its characters with counts written out: `(a{3}b){2}` has one and eight."""
    groups, last, around = 0, 0, [0]
    for found in _PIECE.finditer(pattern):
        opening, closing, least, comma, most = found.groups()
        if opening:
            groups += 1
            around.append(0)
        elif closing and len(around) > 1:
            last = around.pop()
            around[-1] += last
        elif least is not None:
            times = max(int(most or least) + (bool(comma) and not most), 1)
            around[-1] += last * (times - 1)
            last *= times
        elif found[0] not in "*+?|":
            last = 1
            around[-1] += 1
    return groups, sum(around)


def size_of(pattern: str) -> int:
    """Say how much a step of a pattern may cost for each character of a text: classes of Unicode have many ranges."""
    return max(_size(pattern)[1], 1) * (_RANGES if _UNICODE.search(pattern) else 1)


def _is_dear(pattern: str) -> bool:
    """Whether to hold a pattern against a text takes more memory than there should be."""
    groups, size = _size(pattern)
    return groups * size > _GROUPED


def linear(pattern: str) -> str | None:
    """Write a pattern for Pydantic, or give None where its engine has no such thing (look-around, back-references).

    None also for one that takes too much memory.
    """
    written = None if _is_dear(pattern) else _written(pattern)
    return written if written is not None and _runs(written) else None


def _written(pattern: str) -> str | None:
    """Spell out what the engines read differently; None where Rust has no way to say it."""
    result: list[str] = []
    inside = False
    for escaped, opening, closing, operator, plain in _TOKEN.findall(pattern):
        if escaped:
            result.append((_INSIDE if inside else _OUTSIDE).get(escaped, "\\" + escaped))
        elif opening and inside:
            result.append("\\" + opening)
            inside = not opening.endswith("]")
        elif opening:
            if opening.endswith("]"):  # ECMA-262: an empty class, which matches nothing or everything
                return None
            result.append(opening)
            inside = True
        elif closing:
            result.append("]" if inside else r"\]")
            inside = False
        elif operator:
            result.append("".join("\\" + char for char in operator) if inside else operator)
        else:
            result.append(plain)
    return "".join(result)


@cache
def _runs(pattern: str) -> bool:
    from pydantic_core import SchemaError, SchemaValidator, core_schema

    try:
        SchemaValidator(core_schema.str_schema(pattern=pattern))
    except SchemaError:
        return False
    return True


def is_judged_pattern(pattern: str) -> bool:
    """Whether the judge of what is left over can run a pattern."""
    return _engine(pattern) is not None


def matches_all(pattern: str) -> bool:
    """Whether every text matches a pattern, as far as that is plain: `.*`, `^.*`, the empty pattern.

    `^.*$` is none: a dot is no line break.
    """
    return re.fullmatch(r"\^?(\.|\[\\s\\S\]|\[\^\])\*\??|(\.\*)?\$|\^|(\^?\[\\s\\S\]\*\$)?", pattern) is not None


def matches(pattern: str, text: str) -> bool | None:
    """Whether a text matches a pattern (somewhere in it: JSON Schema Validation 6.3.3); None if that can't be told.

    Time is bounded whatever the pattern is: Python's own engine never sees a document's pattern.
    """
    engine = _engine(pattern)
    if engine is None or (len(text) > LONGEST and linear(pattern) is None):
        return None
    return engine.is_valid(text)


def bounded_engine() -> FancyRegexOptions:
    """Have patterns of a document run with a bound of steps for each text."""
    from jsonschema_rs import FancyRegexOptions

    return FancyRegexOptions(backtrack_limit=BACKTRACKS)


@cache
def _engine(pattern: str) -> Draft202012Validator | None:
    from jsonschema_rs import Draft202012Validator

    if _is_dear(pattern) or (_size(pattern)[1] > _COUNTED_OUT and linear(pattern) is None):
        return None
    try:
        return Draft202012Validator({"pattern": pattern}, pattern_options=bounded_engine())
    except ValueError:
        return None


_EMPTY_CLASS = re.compile(r"(\\.|\[(?:\^|(?!\^))(?:\\.|[^\]\\])+\])|\[(\^?)\]", re.DOTALL)
_NUL = re.compile(r"(\\[^0])|\\0(?![0-9])", re.DOTALL)
_COUNTED = re.compile(r"\{\d{3,}|,\d{3,}\}")
_ONE = (
    r"(?:\\[pP]\{[^{}]*\}|\\u\{[0-9A-Fa-f]+\}|\\u[0-9A-Fa-f]{4}|\\x[0-9A-Fa-f]{2}|\\[^bBkcuxpP0-9]"
    r"|\[(?:\\.|[^\]\\])+\]|[^\\^$.|?*+()\[\]{}]|\.)"
)
"""What matches one character: an escape, a class, a character, the dot."""
_SINGLE = rf"(?:{_ONE}|\((?:\?:)?{_ONE}(?:\|{_ONE})*\))"
_WHOLE = re.compile(rf"\^({_SINGLE}*?)({_SINGLE})\{{(\d+)(,?)(\d*)\}}({_SINGLE}*)\$", re.DOTALL)


@cache
def simpler(pattern: str) -> tuple[tuple[str, Any], ...]:
    """Say in keywords of a schema what a pattern says that an engine can't take; nothing where it takes it, or nothing does.

    ECMA-262's empty classes are written out. A text of one counted character has its length counted, not its states.
    """
    if len(pattern) > LONGEST or not (_EMPTY_CLASS.search(pattern) or _COUNTED.search(pattern) or "\\0" in pattern):
        return ()
    if linear(pattern) is not None and is_judged_pattern(pattern):
        return ()
    plain = _EMPTY_CLASS.sub(lambda found: found[1] or (r"[\s\S]" if found[2] else r"[^\s\S]"), pattern)
    plain = _NUL.sub(lambda found: found[1] or r"\x00", plain)
    found: dict[str, Any] = {"pattern": plain}
    whole = _WHOLE.fullmatch(plain)
    if whole is not None and not is_judged_pattern(plain):
        before, one, least, comma, most, after = whole.groups()
        beside = len(re.findall(_SINGLE, before)) + len(re.findall(_SINGLE, after))
        found = {"pattern": f"^{before}{one}*{after}$", "minLength": int(least) + beside}
        if most or not comma:
            found["maxLength"] = int(most or least) + beside
    return tuple(found.items()) if found["pattern"] != pattern and is_judged_pattern(found["pattern"]) else ()


def judged_names(names: Iterable[str]) -> dict[str, str]:
    """Give the names in a `patternProperties` that an engine takes, each as it takes it; others are left out."""
    listed = list(names)
    taken = {name for name in listed if is_judged_pattern(name)}
    found: dict[str, str] = {}
    for name in listed:
        said = {"pattern": name} if name in taken else dict(simpler(name))
        if said.keys() == {"pattern"} and (name in taken or said["pattern"] not in taken):
            taken.add(said["pattern"])
            found[name] = said["pattern"]
    return found
