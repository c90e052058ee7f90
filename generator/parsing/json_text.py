"""JSON text: fast reading within bounds, and positions of what is reported (RFC 8259)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import accumulate, islice
from typing import Any, Never

from ..diagnostics.diagnostic import MOST, Diagnostic, Refused, counted
from ..diagnostics.location import diagnose
from ..pointer import join
from .limits import DIGITS, Limits
from .source import Source

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}\[\],]', re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_STRUCTURE = bytes(set(range(256)) - set(b'"{}[],'))
_DEPTH_STEPS = [1 if code in b"{[" else -1 if code in b"}]" else 0 for code in range(256)]


class _BadNumberError(Exception):
    """NaN, an infinity, or a number beyond what a double holds; carries its spelling."""


class _KeysError(Exception):
    """An object repeats a key or has one that is too long; the position is looked for afterwards."""


def read(source: Source, limits: Limits) -> Any:
    """Read a JSON text.

    Raises Refused for text that is no JSON, repeated or over-long keys, numbers that are not finite, lone surrogates,
    and for a text beyond the bounds.
    """
    text = source.text
    brackets = _brackets(text)
    if len(brackets) > limits.nodes:
        message = f"the document has more than {limits.nodes:,} values"
        raise source.refuse(message, source.at(1, 1), hint=limits.hint("nodes", len(brackets)))
    root = _parse(source, limits)
    if max(accumulate(map(_DEPTH_STEPS.__getitem__, brackets)), default=0) > limits.depth:
        raise _too_deep(source, limits)
    if _SURROGATE.search(text):
        _refuse_lone_surrogates(source, root)
    return root


def _brackets(text: str) -> bytes:
    """Reduce a text to its brackets and commas outside strings: there are no more values than these plus one."""
    data = text.encode("utf-8", "surrogatepass")
    if b"\\" in data:
        data = re.sub(rb"\\.", b"", data)
    return b"".join(data.translate(None, _STRUCTURE).split(b'"')[::2])


def _parse(source: Source, limits: Limits) -> Any:
    longest = limits.name

    def to_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            raise _KeysError
        joined = "".join(made)
        if (len(joined) > longest and max(map(len, made)) > longest) or "\0" in joined:
            raise _KeysError
        return made

    try:
        return json.loads(
            source.text,
            object_pairs_hook=to_object,
            parse_int=_to_int,
            parse_float=_to_float,
            parse_constant=_not_finite,
        )
    except _KeysError:
        raise Refused(_key_errors(source, limits)) from None
    except _BadNumberError as error:
        message = f"{error.args[0][:40]} is not a number that JSON can hold"
        raise source.refuse(message, source.at_offset(_number_offset(source.text, error.args[0]))) from None
    except json.JSONDecodeError as error:
        raise _syntax_error(source, error) from None
    except RecursionError:
        raise _too_deep(source, limits) from None


def _to_int(spelling: str) -> int:
    if len(spelling) > DIGITS:
        raise _BadNumberError(spelling)
    return int(spelling)


def _to_float(spelling: str) -> float:
    value = float(spelling)
    if value in {float("inf"), float("-inf")}:
        raise _BadNumberError(spelling)
    return value


def _not_finite(spelling: str) -> Never:
    raise _BadNumberError(spelling)


def _syntax_error(source: Source, error: json.JSONDecodeError) -> Refused:
    message = {
        "Extra data": "text follows the end of the JSON document",
        "Expecting value": "a JSON value is expected here",
        "Invalid control character at": "a control character stands in a string, where it must be escaped",
    }.get(error.msg, error.msg[0].lower() + error.msg[1:])
    return source.refuse(f"this is not JSON: {message}", source.at(error.lineno, error.colno))


def _too_deep(source: Source, limits: Limits) -> Refused:
    depth = 0
    found = 0
    for offset, token in _tokens(source.text):
        depth += 1 if token in "{[" else -1 if token in "}]" else 0
        if depth > limits.depth:
            found = offset
            break
    message = f"more than {limits.depth:,} objects and arrays stand inside one another"
    return source.refuse(message, source.at_offset(found))


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    for found in _TOKEN.finditer(text):
        yield found.start(), found[0]


def _number_offset(text: str, spelling: str) -> int:
    """Find where a number stands: outside strings."""
    pattern = re.compile(r'"(?:[^"\\]++|\\.)*+"|[-+.\w]++')
    return next((found.start() for found in pattern.finditer(text) if found[0] == spelling), 0)


def _key_errors(source: Source, limits: Limits) -> Iterator[Diagnostic]:
    """Report repeated and over-long keys with their places, up to the bound, and the number of the others."""
    wrong = _wrong_keys(source.text, limits)
    last = None
    for last in islice(wrong, MOST):
        yield _key_error(source, *last, limits)
    if last is not None and (more := sum(1 for _ in wrong)):
        yield diagnose("error", f"… and {counted(more, 'more key')} like these", source.at_offset(last[0]))


def _wrong_keys(text: str, limits: Limits) -> Iterator[tuple[int, str, int, str]]:
    """Find keys: offset, key, offset of the same key before it (-1: none), pointer. The text is JSON up to the end of an object."""
    path: list[str | int] = []  # the key or index at which each open object or array stands now
    seen: list[dict[str, int] | None] = []  # the offsets of the keys of each open object; None for an array
    key_next = False
    for offset, token in _tokens(text):
        if token in "{[":
            seen.append({} if token == "{" else None)
            path.append("" if token == "{" else 0)
            key_next = token == "{"
        elif token in "}]":
            key_next = False
            del path[-1:], seen[-1:]
        elif token == ",":
            key_next = bool(seen) and seen[-1] is not None
            if path and not key_next:
                path[-1] = int(path[-1]) + 1
        elif key_next and (keys := seen[-1]) is not None:
            key_next = False
            path[-1] = key = str(json.loads(token, strict=False))
            if len(key) > limits.name or "\0" in key:
                yield offset, key, -1, join("#", *path[:-1])
            elif key in keys:
                yield offset, key, keys[key], join("#", *path)
            keys.setdefault(key, offset)


def _key_error(source: Source, offset: int, key: str, first: int, pointer: str, limits: Limits) -> Diagnostic:
    hint = ""
    if first >= 0:
        message = f'the key "{key}" is repeated; it stands first in line {source.at_offset(first).line}'
        hint = "remove one of the two, or merge them: JSON readers keep only one and drop the other silently"
    elif len(key) > limits.name:
        message = f"a key has {len(key):,} characters; at most {limits.name:,} are accepted"
    else:
        message = "a key has the character U+0000"
    return diagnose("error", message, source.at_offset(offset), hint=hint, pointer=pointer)


def _refuse_lone_surrogates(source: Source, root: Any) -> None:
    """Refuse text that can't be written as UTF-8 (RFC 8259, section 8.2)."""
    try:
        json.dumps(root, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        for offset, token in _tokens(source.text):
            if _SURROGATE.search(token):
                try:
                    json.loads(token).encode()
                except UnicodeEncodeError:
                    message = "a string holds half of a surrogate pair, which is not a character"
                    raise source.refuse(message, source.at_offset(offset)) from None
