"""Variables of paths: what stands around them, and what each is given of a text (OpenAPI 4.8.8.2)."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from itertools import combinations, islice, pairwise
from typing import Any
from urllib.parse import quote

from ..exceptions import DecodeError, EncodeError

_VARIABLE = re.compile(r"{([^{}]+)}")
_BESIDE = re.compile("[^-.,;:=~!]{|}[^-.,;:=~!]")
_DIVISIONS = 1000  # that are tried
Literals = list[re.Pattern[str]]


def check(path: str) -> None:
    """Raise EncodeError for a path that leads elsewhere."""
    if any(segment in (".", "..") for segment in path.split("/")):
        raise EncodeError("a path segment cannot be . or .., which lead elsewhere (RFC 3986 section 5.2.4)")


def secret(path: str, written: str, secrets: Sequence[str]) -> list[str]:
    """Return the segments in which a variable stands beside letters, from which a short secret is not told apart."""
    segments = zip(path.split("/"), written.split("/"), strict=False)
    return [text for template, text in segments if _BESIDE.search(template) and any(one in text for one in secrets)]


def variables(template: str) -> tuple[list[str], list[list[str]]]:
    """Divide a template into what stands around its variables, and their names: those that touch together."""
    first, *rest = _VARIABLE.split(template)
    literals, runs = [first], list[list[str]]()
    for name, literal in zip(rest[::2], rest[1::2], strict=True):
        if runs and not literals[-1]:
            runs[-1].append(name)
            literals[-1] = literal
        else:
            runs.append([name])
            literals.append(literal)
    return literals, runs


def literals_of(template: str) -> Literals:
    """Return patterns for what stands around runs of variables: each character as it is, or percent-encoded."""
    patterns = [
        "".join(re.escape(c) if quote(c) == c else f"(?:{re.escape(c)}|(?i:{quote(c)}))" for c in literal)
        for literal in variables(template)[0]
    ]
    between = "(?<!%)(?<!%.)"  # not within a percent-encoded character
    found = [patterns[0], *(between + pattern for pattern in patterns[1:])]
    return [re.compile(pattern) for pattern in found[:-1]] + [re.compile(found[-1] + r"\Z")]


def captured(literals: Literals, text: str) -> list[str] | None:
    """Return what stands between literals, each as short as it can be and the last the rest, or None. Linear in time."""
    if len(literals) == 1:  # no variable
        return [] if literals[0].match(text) else None
    first, *middle, last = literals
    begin, end = first.match(text), last.search(text)
    if begin is None or end is None:
        return None
    start, values = begin.end(), []
    for literal in middle:  # "{name}.{ext}" splits at the first dot
        found = literal.search(text, start + 1, end.start())
        if found is None:
            return None
        values.append(text[start : found.start()])
        start = found.end()
    return [*values, text[start : end.start()]] if start < end.start() else None


def divided(names: list[str], text: str, known: Mapping[str, Any]) -> dict[str, str] | None:
    """Divide a text among variables that touch: the first as short as it can be, so that each is accepted.

    `known` are the Parameters of the path by their names. If no division is accepted, the shortest is returned: what is
    wrong with it is said later. None: the text is too short.
    """
    if len(names) == 1:
        return {names[0]: text}
    cuts = [at for at in range(1, len(text)) if "%" not in text[max(at - 2, 0) : at]]  # not within %2F
    found: dict[str, str] | None = None
    for places in islice(combinations(cuts, len(names) - 1), _DIVISIONS):
        parts = [text[begin:end] for begin, end in pairwise((0, *places, len(text)))]
        named = dict(zip(names, parts, strict=True))
        found = found or named
        with contextlib.suppress(DecodeError):
            for name, part in named.items():
                if name in known:
                    known[name].read_path(part)
            return named
    return found


def misread(path: str, written: Mapping[str, str], known: Mapping[str, Any]) -> list[str]:
    """Return the variables of a template's segment that a service would divide otherwise than they are `written`."""
    for segment in path.split("/"):
        names = _VARIABLE.findall(segment)
        if len(names) < 2 or not written.keys() >= {*names}:
            continue
        text = _VARIABLE.sub(lambda name: written[name[1]], segment)
        values = captured(literals_of(segment), text)
        found: dict[str, str] = {}
        for run, part in zip(variables(segment)[1], values or [], strict=False):
            found |= divided(run, part, known) or {}
        if found != {name: written[name] for name in names}:
            return names
    return []
