"""What parameters look like on the wire, by the specification's table alone (OpenAPI 3.1, 4.8.12.2 and RFC 6570).

Requests are taken apart by the delimiters of each style, before percent-decoding, and compared with the JSON sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote, unquote_plus

from ..document.document import Field
from .compare import difference, is_json_of, scalar_text, shown

_DELIMITERS = {"spaceDelimited": r"%20|\+", "pipeDelimited": r"%7[Cc]|\|"}
Pairs = list[tuple[str, str]]
Expected = tuple[str, tuple[str, Any], str]
"""A pair of a query: its name, what it holds (scalar, list, json or text, and the value), and its style."""


def query_pairs(query: str) -> Pairs:
    """Return decoded names and raw values."""
    return [(unquote_plus(k), v) for k, _, v in (part.partition("=") for part in query.split("&") if part)]


def expected_query(parameter: Field, value: Any) -> list[Expected]:
    """Return the pairs that a query or cookie parameter is written as."""
    return [(name, what, parameter.style) for name, what in _expected(parameter, value)]


def _expected(parameter: Field, value: Any) -> list[tuple[str, Any]]:
    name, style, explode = parameter.name, parameter.style, parameter.explode
    if parameter.media_type:
        return [(name, ("json" if parameter.is_json else "text", value))]
    if style == "deepObject":
        return _deep(name, value)
    if isinstance(value, list):
        return [(name, ("scalar", item)) for item in value] if explode else [(name, ("list", value))]
    if isinstance(value, dict):
        if explode:
            return [(key, ("scalar", item)) for key, item in value.items()]
        return [(name, ("list", [part for pair in value.items() for part in pair]))]
    return [(name, ("scalar", value))]


def alone(parameter: Field, sent: Any, found: Any) -> bool:
    """Tell whether the text of a list of one arrived: in a query that takes either, both look the same."""
    if parameter.location != "query" or parameter.media_type or not isinstance(sent, list) or len(sent) != 1:
        return False
    text = found if isinstance(found, str) else json.dumps(found)
    return not any(isinstance(one, list | dict) for one in (sent[0], found)) and scalar_text(sent[0], text)


def _deep(name: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [pair for key, item in value.items() for pair in _deep(f"{name}[{key}]", item)]
    return [(name, ("scalar", item)) for item in (value if isinstance(value, list) else [value])]


def compare_pairs(expected: list[Expected], found: Pairs, *, plus: bool = True) -> str:
    """Compare pairs with those expected; return the first difference."""
    left = list(found)
    for name, (kind, value), style in expected:
        position = next((i for i, (key, _) in enumerate(left) if key == name), None)
        if position is None:
            return f"{name} = {shown(value)} is not on the wire"
        raw = left.pop(position)[1]
        if not _fits(kind, value, raw, style, plus=plus):
            return f"{name}: {shown(value)} was written {raw!r}"
    return f"{left[0][0]}={left[0][1]} was not asked for" if left else ""


def _fits(kind: str, value: Any, raw: str, style: str, *, plus: bool) -> bool:
    decode = unquote_plus if plus else unquote
    if kind == "json":
        return is_json_of(value, decode(raw))
    if kind == "list":
        parts = [decode(part) for part in re.split(_DELIMITERS.get(style, ","), raw)]
        return len(parts) == len(value) and all(map(scalar_text, value, parts))
    return scalar_text(value, decode(raw))


def compare_path(template: str, raw: str, values: Mapping[str, tuple[Field, Any]]) -> str:
    """Compare a raw path with a template whose variables have these values; return the first difference."""
    names = re.findall(r"{([^{}]+)}", template)
    literals = [_literal(part) for part in re.split(r"{[^{}]+}", template)]
    if "/" in raw and any(name not in values for name in names):
        return f"the path {template} has variables without parameters"
    if len(names) != len(set(names)):
        return ""  # the same variable twice: nothing to compare each with
    if _fills(literals, names, raw, values):
        return ""
    # For the message: several ways to split "{a}.{b}".
    greedy = [re.fullmatch(quantifier.join(literals), raw, re.DOTALL) for quantifier in ("(.*?)", "(.*)")]
    matches = [match for match in greedy if match]
    if not matches:
        return f"the path {raw} does not fit {template}"
    problems = [_compare_variables(dict(zip(names, match.groups(), strict=True)), values) for match in matches]
    return "" if "" in problems else problems[0]


def _fills(literals: Sequence[str], names: Sequence[str], raw: str, values: Mapping[str, tuple[Field, Any]]) -> bool:
    """Tell whether a raw path is a template with these values in it, in one way of dividing it ("{a}{b}", "{a}.{b}")."""
    literal = re.match(literals[0], raw)
    if literal is None or not names:
        return literal is not None and literal.end() == len(raw)
    rest = raw[literal.end() :]
    return any(
        path_fits(*values[names[0]], rest[:end]) and _fills(literals[1:], names[1:], rest[end:], values)
        for end in range(1, len(rest) + 1)
    )


def _literal(text: str) -> str:
    """Return a pattern for a template's text; what is no letter, digit or slash may be percent-encoded."""
    return "".join(re.escape(c) if quote(c) == c else f"(?:{re.escape(c)}|{quote(c)})" for c in text)


def _compare_variables(found: Mapping[str, str], values: Mapping[str, tuple[Field, Any]]) -> str:
    for name, raw in found.items():
        parameter, value = values[name]
        if not path_fits(parameter, value, raw):
            return f"{name}: {shown(value)} was written {raw!r} (style {parameter.style})"
    return ""


def path_fits(parameter: Field, value: Any, raw: str) -> bool:
    """Tell whether a raw path segment is how a value is written."""
    style, explode = parameter.style, parameter.explode
    if parameter.media_type:
        return _fits("json" if parameter.is_json else "scalar", value, raw, "", plus=False)
    if style == "matrix":
        return _matrix_fits(parameter, value, raw)
    if style == "label":
        if not raw.startswith("."):
            return False
        raw = raw[1:]
    delimiter = r"\." if style == "label" and explode else ","
    if not isinstance(value, list | dict):
        return scalar_text(value, unquote(raw))
    return _parts_fit(value, re.split(delimiter, raw), explode=explode)


def _parts_fit(value: Any, parts: list[str], *, explode: bool, decode: Callable[[str], str] = unquote) -> bool:
    """Compare the parts between delimiters with an array's items or an object's properties."""
    if isinstance(value, list):
        return len(parts) == len(value) and all(scalar_text(v, decode(p)) for v, p in zip(value, parts, strict=True))
    pairs = [part.partition("=")[::2] for part in parts] if explode else zip(parts[::2], parts[1::2], strict=False)
    found = {decode(k): decode(v) for k, v in pairs}
    return found.keys() == value.keys() and all(scalar_text(v, found[k]) for k, v in value.items())


def _matrix_fits(parameter: Field, value: Any, raw: str) -> bool:
    if not raw.startswith(";"):
        return False
    pairs = [(unquote(k), v) for k, _, v in (part.partition("=") for part in raw[1:].split(";"))]
    if isinstance(value, dict) and parameter.explode:
        return _parts_fit(value, raw[1:].split(";"), explode=True)
    if any(key != parameter.name for key, _ in pairs):
        return False
    if isinstance(value, list) and parameter.explode:
        return _parts_fit(value, [v for _, v in pairs], explode=False)
    if isinstance(value, list | dict):
        return len(pairs) == 1 and _parts_fit(value, pairs[0][1].split(","), explode=False)
    return len(pairs) == 1 and scalar_text(value, unquote(pairs[0][1]))


def header_fits(parameter: Field, value: Any, text: str) -> bool:
    """Tell whether a header field's value is how a value is written (style simple)."""
    if parameter.media_type:
        return not difference(value, json.loads(text)) if parameter.is_json else bool(value == text)
    if not isinstance(value, list | dict):
        return scalar_text(value, text)
    parts = [part.strip(" \t") for part in text.split(",")]
    return _parts_fit(value, parts, explode=parameter.explode, decode=str)
