"""Where a value can't be written: pydantic says why, but names no place."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticSerializationError

from ..exceptions import EncodeError
from ..models.exact import model_of, reason

UNWRITABLE = (PydanticSerializationError, ValueError)


def misfit(write: Callable[[Any], object], value: Any) -> EncodeError:
    """Return the error for a value that `write` refuses: it is divided until one part is left that is refused.

    The message begins with the names of properties and the indexes of arrays that lead to that part; no value is in it.
    """
    message, path, holders = _refusal(write, value), list[str](), list[tuple[Any, Any]]()

    def refused(keys: Collection[Any]) -> str:
        found = _only(value, keys)
        for holder, key in reversed(holders):
            found = _only(holder, (key,), found)
        return _refusal(write, found)

    while (names := _names(value)) and not refused(()):
        keys = [*names]
        while len(keys) > 1:
            half = keys[: len(keys) // 2]
            keys = half if refused(half) else keys[len(half) :]
        if not (found := refused(keys)):
            break  # the parts are refused together only
        message, key = found, keys[0]
        path.append(names[key])
        holders.append((value, key))
        value = _held(value)[key]
    return EncodeError(f"{'.'.join(path) or 'value'}: {message}")


def _refusal(write: Callable[[Any], object], value: Any) -> str:
    """Return why a value can't be written, nothing where it can."""
    try:
        write(value)
    except UNWRITABLE as error:
        return reason(error)
    return ""


def _held(value: Any) -> dict[Any, Any]:
    """Return the parts of a value by their keys in Python."""
    if isinstance(value, BaseModel):
        return {**value.__dict__, **(value.__pydantic_extra__ or {})}
    return value if isinstance(value, dict) else dict(enumerate(value)) if isinstance(value, list) else {}


def _names(value: Any) -> dict[Any, str]:
    """Return what the parts of a value are called on the wire, by their keys."""
    fields = type(value).model_fields if isinstance(value, BaseModel) else {}
    return {key: (key in fields and fields[key].serialization_alias) or str(key) for key in _held(value)}


def _only(value: Any, keys: Collection[Any], *parts: Any) -> Any:
    """Return a value with some of its parts alone: as they are, or `parts`."""
    held = dict(zip(keys, parts or map(_held(value).__getitem__, keys), strict=True))
    if not isinstance(value, BaseModel):
        return held if isinstance(value, dict) else [*held.values()]
    extra = value.__pydantic_extra__
    more = extra if extra is None else {key: held.pop(key) for key in keys if key in extra}
    return model_of(type(value), held, more, {*held})
