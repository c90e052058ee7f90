"""Where a value can't be written: pydantic says why, but names no place."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError

from ..exceptions import EncodeError, tells
from ..models.exact import model_of, reason
from .words import NAMES, brief, is_shown

UNWRITABLE = (PydanticSerializationError, ValueError)


class Kept(NamedTuple):
    """What messages keep to themselves: constants, if anything of the type is `secret`, and names that are not `named` (None: none)."""

    secret: bool
    named: frozenset[str] | None


def misfit(
    write: Callable[[Any], object], value: Any, own: Callable[[Any], object], kept: Kept, *path: str
) -> EncodeError:
    """Return the error for a value that `write` refuses: of its parts, and theirs, the first that is refused even alone.

    `own` writes a model as its own class: where that does, the model fits, but not in its place. The message begins with the
    names of properties and the indexes of arrays that lead to the part; only a value that should be a constant is in it.
    """
    is_model = isinstance(value, BaseModel)
    is_whole = not _refusal(own, value) if is_model else bool(_refusal(write, _only(value, {})))
    for key, name, part in () if is_whole else _parts(value):
        inside = partial(_inside, own if is_model else write, value, key)
        if _refusal(inside, part):
            shown = name if isinstance(value, list) or is_shown(name, kept.named) else "…"
            return misfit(inside, part, own, kept, *path, shown)
    secret = kept.secret or any(map(tells, path))
    return EncodeError(f"{'.'.join(path) or 'value'}: {_worded(_refusal(write, value), value, secret)}")


def _worded(why: str, value: Any, secret: bool) -> str:
    """Say in words what pydantic says of a value that it can't write."""
    found = re.match(r"Expected `(?:literal\[(.*)\]|(\w+))", why)
    if not found or isinstance(value, tuple):  # whose parts are not told apart
        return re.sub(r"<class '(.*?)'>", r"\1", why)
    if found[2]:
        return f"{NAMES.get(found[2], found[2])} is needed, not {type(value).__name__}"
    listed = re.sub(r"(?<=['\d]),(?=['\d-])", ", ", found[1])
    return "… is not one of the allowed values" if secret else f"{brief(value)} is not one of {listed}"


def _refusal(write: Callable[[Any], object], value: Any) -> str:
    """Return why a value can't be written, nothing where it can."""
    try:
        write(value)
    except UNWRITABLE as error:
        return reason(error)
    return ""


def _parts(value: Any) -> list[tuple[Any, str, Any]]:
    """Return the parts of a value, with their keys in Python and their names on the wire."""
    if isinstance(value, BaseModel):
        names = {name: field.serialization_alias or name for name, field in type(value).model_fields.items()}
        return [(key, names.get(key, key), part) for key, part in value]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(key, str(key), part) for key, part in items]


def _only(value: Any, held: dict[Any, Any]) -> Any:
    """Return a value with some of its parts alone."""
    if not isinstance(value, BaseModel):
        return [*held.values()] if isinstance(value, list) else held if isinstance(value, dict) else value
    extra = {key: part for key, part in held.items() if key in (value.__pydantic_extra__ or ())}
    fields = {key: part for key, part in held.items() if key not in extra}
    return model_of(type(value), fields, extra, {*fields})


def _inside(write: Callable[[Any], object], holder: Any, key: Any, part: Any) -> None:
    """Write a part in the value that holds it."""
    write(_only(holder, {key: part}))
