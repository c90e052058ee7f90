"""Declared errors: an exception for each (status, body)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from .. import ir
from ..python import names, words
from ..python.types import NONE, Class, Generic, Literal, Name, Type, text, union, walk
from .media import body_types

KNOWN_STATUSES = frozenset({400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 429, 500, 501, 502, 503, 504})
"""Statuses that have a class in exceptions.py."""

BASES = (
    *("APIError", "CallError", "ConnectionFailed", "ContractError", "DecodeError", "EncodeError", "StatusError"),
    "TimedOut",
)
"""Other classes in exceptions.py."""

Error = tuple[str, Type]
"""Status and body."""


def error_of(response: ir.Response) -> Error | None:
    """Give the status and the body of an error; None for a result."""
    return None if response.success else (response.status, union(body_types(response.media)))


def name_errors(responses: Iterable[ir.Response]) -> dict[Error, str]:
    """Name an exception for each error that is declared."""
    found = dict.fromkeys(error for one in responses if (error := error_of(one)))
    by_text = {(status, text(body)): (status, body) for status, body in found}
    named = names.errors({key: _words(body) for key, (_, body) in by_text.items()})
    return {by_text[key]: name for key, name in named.items()}


def error_classes(errors: Mapping[Error, str]) -> tuple[ir.ErrorClass, ...]:
    """Write the exceptions, by status."""
    found: list[ir.ErrorClass] = []
    for (status, body), name in errors.items():
        number = int(status) if status.isascii() and status.isdigit() else None
        known = number in KNOWN_STATUSES
        content = "" if body == NONE else f" with `{text(body, owner='')}`"
        asked = "" if number else "; give it `status=`"
        found.append(
            ir.ErrorClass(
                name=name,
                base=words.status(status) if known else "StatusError",
                body=body,
                status=None if known else number,
                doc=f"{status}{content}{asked}.",
            )
        )
    return tuple(sorted(found, key=lambda one: (one.doc[:3].replace("def", "zzz"), one.name)))


def _words(body: Type) -> str:
    """Read a type as words: `list[models.Problem]` → Problem List."""
    if body == NONE:
        return "Without Body"
    found = [word for part in walk(body) for word in _own_words(part)]
    return " ".join(reversed(found) if isinstance(body, Generic) and body.name in ("list", "dict") else found)


def _own_words(one: Type) -> list[str]:
    if isinstance(one, Literal):
        return ["Literal", *(word for value in one.values for word in re.findall(r"[A-Za-z_]\w*", value))]
    return [one.name] if isinstance(one, Name | Class | Generic) else []


def runtime_exceptions(errors: Mapping[Error, str]) -> tuple[str, ...]:
    """List the classes of exceptions.py, save those whose name a declared error has."""
    return tuple(sorted({*BASES, *map(words.status, map(str, KNOWN_STATUSES))} - {*errors.values()}))
