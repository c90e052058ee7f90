"""What is wrong with a value, in words: pydantic's error types with the value and the constraint."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import ErrorDetails

from ..exceptions import DecodeError, tells
from ..models.base import LONGEST, place

SHOWN = 60  # characters of a text
_KINDS: dict[type, str] = {dict: "an object", list: "an array", tuple: "an array", bytes: "a bytes value"}
# Classes that stand for texts of JSON, or numbers.
_MODULES = {
    **dict.fromkeys(("date", "datetime", "time", "timedelta"), "datetime."),
    "Decimal": "decimal.",
    "UUID": "uuid.",
}
_SCALARS = frozenset({bool, float, int, type(None)})
# What pydantic calls types, in errors and where it writes.
NAMES = {
    **dict.fromkeys(("string", "str"), "text"),
    **dict.fromkeys(("float", "decimal"), "number"),
    **dict.fromkeys(("list", "tuple"), "array"),
    **dict.fromkeys(("dict", "model", "model_attributes"), "object"),
    **dict.fromkeys(("time_delta", "timedelta"), "duration"),
    "int": "integer",
    "bool": "boolean",
    "date": "date",
    "time": "time",
    "datetime": "date-time",
    "uuid": "UUID",
    "url": "URL",
    "bytes": "bytes value",
}
WORDS: Mapping[str, str] = {
    **{f"{kind}_type": f"{{value}} is no {name}" for kind, name in NAMES.items()},
    **{f"{kind}_parsing": f"{{value}} is no {name}: {{error}}" for kind, name in NAMES.items()},
    "int_parsing": "{value} is no integer",
    "int_from_float": "{value} is no integer",
    "float_parsing": "{value} is no number",
    "decimal_parsing": "{value} is no number",
    "bool_parsing": "{value} is no boolean",
    "finite_number": "{value} is no finite number",
    "literal_error": "{value} is not one of {expected}",
    "enum": "{value} is not one of {expected}",
    "none_required": "{value} is not null",
    "is_instance_of": "{module}{class} is needed, not {given}",  # of what Python gives
    "greater_than": "{value} is not above {gt}",
    "greater_than_equal": "{value} is below {ge}",
    "less_than": "{value} is not below {lt}",
    "less_than_equal": "{value} is above {le}",
    "multiple_of": "{value} is no multiple of {multiple_of}",
    "string_too_short": "{value} has fewer than {min_length} characters",
    "string_too_long": "{value} has more than {max_length} characters",
    "bytes_too_short": "{value} has fewer than {min_length} bytes",
    "bytes_too_long": "{value} has more than {max_length} bytes",
    "too_short": "{value} has fewer than {min_length} items",
    "too_long": "{value} has more than {max_length} items",
    "string_pattern_mismatch": "{value} does not match the pattern {pattern}",
    "string_unicode": "{value} has lone surrogates",
    "timezone_aware": "{value} has no offset",
    "missing": "a value is needed",
    "extra_forbidden": "there is no such property",
    "json_invalid": "this is no JSON: {error}",
    "value_error": "{value}: {error}",
}


def brief(value: Any) -> str:
    """Return a value as messages have it: scalars in Python's way, texts cut; of others, what they are."""
    if isinstance(value, str):
        return repr(value[:SHOWN] + "…" * (len(value) > SHOWN))
    is_long = isinstance(value, int) and abs(value) >= 10**SHOWN
    if not is_long and (type(value) in _SCALARS or type(value).__module__ in ("datetime", "decimal", "uuid")):
        return str(value)
    return _KINDS.get(type(value), f"a value of type {type(value).__name__}")


def cut(part: Any) -> Any:
    """Cut a long text of a problem: a schema's list of values, or the name of a property, stands in each of a thousand."""
    return f"{part[:LONGEST]}…" if isinstance(part, str) and len(part) > LONGEST else part


def worded(one: ErrorDetails, value: Any, secret: bool) -> str:
    """Say what is wrong with a value; a secret one is `…`. Types of errors that are not known have pydantic's words."""
    context = {"given": type(value).__name__, **{key: str(each) for key, each in one.get("ctx", {}).items()}}
    expected = re.sub(r"(?<=['\d]) or (?=['\d-])", ", ", context.pop("expected", "")[: 2 * LONGEST])
    shown = "…" if secret or "secret" in context else brief(value)
    with contextlib.suppress(KeyError):  # an error that stands for others has no constraint of its own
        return WORDS[one["type"]].format_map(
            {**context, "module": _MODULES.get(context.get("class", ""), ""), "expected": expected, "value": shown}
        )
    return one["msg"]


def is_shown(name: str | int, named: frozenset[str] | None) -> bool:
    """Whether messages have the name of a property, or the index of an item; `named` are names that they have, None if all."""
    return named is None or isinstance(name, int) or name in named


def refused(
    found: Sequence[ErrorDetails], whole: Any, name: str = "", named: frozenset[str] | None = None
) -> DecodeError:
    """Return the error for a JSON value that was refused: loc, msg and type of each problem once, and the words for it.

    Pydantic's names for the members of a union are no places in the value and are left out. Rules, and unions that recurse,
    tell the path inside.
    `name`, and names of properties on the way, say whether a value is secret, and so does any problem of the same value.
    `named` are those that are shown, None if all are.
    """
    result: dict[Any, str] = {}
    told: list[tuple[Any, Any, ErrorDetails]] = []
    for one in found:
        if one["type"] == "no_class":  # of tags.py: the declared class says why it refuses
            continue
        inside = one.get("ctx", {}).get("path", one["loc"][-1:] if one["type"] == "missing" else ())
        loc, value = (*place(one["loc"], whole), *inside), whole
        for part in loc:
            with contextlib.suppress(LookupError, TypeError):  # what is missing
                value = value[part]
        told.append((loc, value, one))
    concealed = {loc for loc, _, one in told if "secret" in one.get("ctx", {})}
    for loc, value, one in told:
        shown = tuple(part if is_shown(part, named) else "…" for part in loc)
        secret = loc in concealed or shown != loc or any(map(tells, (name, *loc)))
        result[shown, one["msg"], one["type"]] = worded(one, one.get("input", value), secret)
    listed = [{"loc": [*map(cut, loc)], "msg": cut(message), "type": type_} for loc, message, type_ in result]
    return DecodeError(listed, [*map(cut, result.values())])
