"""Reading that tries several types for a value, and looks at each value once for each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import isfinite
from typing import Any

from pydantic import ValidationError, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema, to_json

from .base import KNOWN, PLAIN, finite, place

OUTERMOST = "<outermost>"
"""The key in KNOWN of the value that lies in no other one."""
_EXACT = 2**53
WIDE = 10
"""So many errors of one value are told; more of them become one, as do those of several branches."""
_TOLD = 1_000
"""So many values of types that lead back to themselves are refused with all that is wrong with each; more would take 3 kB each."""
REFUSED = object()
"""What stands for a value that is refused: to make an exception takes as long as to read some objects."""
FORGETS = {"forgets": True}
"""Marks a function that asks nothing of what was found for other values."""
_LISTED = 10_000
"""Of so many errors the first is told, else how many there are: pydantic lists all of them, with all that it knows."""


def silent_error() -> PydanticCustomError:
    """Return an error that says nothing: a new one, since one that is raised again holds what was read before."""
    return PydanticCustomError("branch", "The value is as no branch")


def whole(value: Any) -> Any:
    """Copy a JSON value with 1.0 as an integer, which it is (JSON Schema 2020-12 Core, 4.2.3)."""
    if isinstance(value, list):
        return [whole(item) for item in value]
    if isinstance(value, dict):
        return {key: whole(item) for key, item in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) <= _EXACT else value


def looked_through(value: Any) -> tuple[Any, dict[Any, Any]]:
    """Return a JSON value that has no 1.0, and what is known of it. Its text is made and searched by compiled code."""
    text = to_json(value, inf_nan_mode="constants")
    found = whole(value) if b".0" in text else value
    return found, known_of(found) if b"NaN" in text or b"Infinity" in text else {}


def known_of(value: Any) -> dict[Any, Any]:
    """Return what KNOWN has at first: of `finite` the identities of what holds NaN or infinity, if anything does."""
    unfit: set[int] = set()
    _look(value, unfit)
    return {finite: unfit} if unfit else {}


def _look(value: Any, unfit: set[int]) -> bool:
    """Whether NaN or infinity is in a value; add the identities of all that hold it."""
    is_unfit = isinstance(value, float) and not isfinite(value)
    if isinstance(value, (dict, list, tuple)):
        for part in value.values() if isinstance(value, dict) else value:
            is_unfit = (type(part) not in PLAIN and _look(part, unfit)) or is_unfit
    if is_unfit:
        unfit.add(id(value))
    return is_unfit


def first(error: ValidationError, value: Any) -> PydanticCustomError:
    """Return the first error as one of the value that refuses: with all errors, and their places, they add up with the depth."""
    if error.error_count() > _LISTED:
        number = f"{error.error_count()} problems"
        return PydanticCustomError("too_many_problems", "{reason}", {"reason": number, "path": []})
    one = error.errors(include_url=False, include_input=False)[0]
    context = one.get("ctx", {})
    path = [*place(one["loc"], value), *context.get("path", one["loc"][-1:] if one["type"] == "missing" else ())]
    type_: Any = one["type"]
    return PydanticCustomError(type_, "{reason}", {**context, "reason": one["msg"], "path": path})


def few(error: ValidationError, value: Any, known: Mapping[Any, Any]) -> ValidationError | PydanticCustomError:
    """Return the errors of a value, or the first one if they are many and lie inside of another value that is remembered."""
    return first(error, value) if error.error_count() > WIDE and known.get(OUTERMOST) is not value else error


@cache  # classes live as long as their module
def wire_names(cls: Any) -> frozenset[str]:
    """Return the names that the fields of a class have in JSON."""
    return frozenset(field.alias or name for name, field in cls.model_fields.items())


def holds(value: Any, most: int = 0) -> bool:
    """Whether an object or array holds another one that has more parts than `most`: each may have an error with a long place."""
    parts = value.values() if type(value) is dict else value
    return any(type(part) in (dict, list) and len(part) > most for part in parts)


def instead(schema: CoreSchema, function: Callable[[Any], Any]) -> CoreSchema:
    """Call a function with what a schema refuses. Other exceptions pass, which they would not with the `on_error` of a default."""
    refused = core_schema.no_info_plain_validator_function(function, metadata=FORGETS)
    return core_schema.union_schema([schema, refused], mode="left_to_right")


def refusing(schema: CoreSchema) -> CoreSchema:
    """Have REFUSED instead of an error."""
    return instead(schema, lambda _: REFUSED)


class Once:
    """Tries types in the order that `order` gives for a value; the first that accepts it has it.

    Pydantic alone would look at a value again for each type of each value around it: 2^depth times. Here the outcome is
    kept until the outermost one is read. If all types refuse, the errors are those of the last; none are made unless it `tells`.
    """

    def __init__(self, order: Callable[[Any], Sequence[str]], *, tells: bool = True) -> None:
        self._order, self._tells = order, tells
        self._is_alone = False

    def schema(self, choices: Mapping[str, CoreSchema]) -> CoreSchema:
        """Return what reads a value, from JSON or Python, as one of several types, which have the keys of `order`."""
        if not self._tells:
            choices = {label: refusing(one) for label, one in choices.items()}
        tried = core_schema.tagged_union_schema(dict(choices), discriminator=self._turn)
        return core_schema.with_info_wrap_validator_function(self._read, tried)

    def alone(self, schema: CoreSchema) -> CoreSchema:
        """Return what reads JSON as one type, which is written as without this."""
        self._is_alone = True
        return core_schema.with_info_wrap_validator_function(self._alone, schema)

    def _alone(self, value: Any, handler: Callable[[Any], Any], info: ValidationInfo) -> Any:
        is_kept = info.mode == "json" and type(value) in (dict, list)  # what is refused at once need not be known
        return self._read(value, handler, info) if is_kept else handler(value)

    def _turn(self, _: Any) -> Any:
        """Name the type that is being tried."""
        return (KNOWN.get() or {}).get(self)

    def _read(self, value: Any, handler: Callable[[Any], Any], info: ValidationInfo) -> Any:
        known = KNOWN.get()
        if known is None or OUTERMOST not in known:
            unfit: dict[Any, Any] = {}  # Values has looked through it (reading.py)
            if known is None:
                value, unfit = looked_through(value) if info.mode == "json" else (value, known_of(value))
            token = KNOWN.set({**unfit, OUTERMOST: value})
            try:
                found = self._read(value, handler, info)
                return finite(value) if unfit else found  # what no type has refused
            finally:
                KNOWN.reset(token)
        key = (self, id(value))
        if key not in known:
            found, error = self._tried(known, value, handler)
            if error is not None and self._is_alone:
                error = self._counted(known, error)
            known[key] = found, error, value  # the value too, so that its identity stays its own
        found, error, _ = known[key]
        if error is not None:
            raise error.with_traceback(None)  # that of the time before would hold what was read then
        return found

    def _counted(
        self, known: dict[Any, Any], error: ValidationError | PydanticCustomError
    ) -> ValidationError | PydanticCustomError:
        """Return the error of a value, or the one that stands for all beyond a number."""
        number, other = known.get(Once) or (0, PydanticCustomError("too_many_problems", "this is one of many problems"))
        known[Once] = number + 1, other
        return error if number < _TOLD else other

    def _tried(
        self, known: dict[Any, Any], value: Any, handler: Callable[[Any], Any]
    ) -> tuple[Any, ValidationError | PydanticCustomError | None]:
        failed: ValidationError | None = None
        for choice in self._order(value):
            known[self] = choice
            try:
                found = handler(value)
            except ValidationError as error:
                failed = error.with_traceback(None)  # else it would be held until garbage is collected
                continue
            if found is not REFUSED:
                return found, None
        return None, silent_error() if failed is None else few(failed, value, known)
