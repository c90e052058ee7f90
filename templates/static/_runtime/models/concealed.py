"""Values of the format `password`: what is wrong with one is said without it (OpenAPI 4.4.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from pydantic import GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from .exact import inside


def _refuse(error: ValidationError) -> NoReturn:
    """Raise the first problem, with a mark for messages (wire/words.py); what is allowed, and names inside, are no less secret."""
    found = error.errors(include_url=False, include_input=False)[0]
    context: dict[str, Any] = {**found.get("ctx", {}), "secret": True}
    if found["loc"] or context.get("path"):
        context["path"] = ["…"]
    text, allowed = found["msg"], context.get("expected")
    if allowed:
        context["expected"] = "the allowed values"
        text = text.replace(allowed, "one of the allowed values")
    raise PydanticCustomError(found["type"], "{text}", {**context, "text": text})


def _read(value: Any, handler: Callable[[Any], Any]) -> Any:
    try:
        return handler(value)
    except ValidationError as error:
        _refuse(error)


class _Concealed:
    """Marks a value that no message shows."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        names = any(one["type"] == "dict" for one in inside(schema))
        return core_schema.no_info_wrap_validator_function(_read, schema, metadata={"concealed": True, "keys": names})


Concealed = _Concealed()
"""Marks a value that no message shows: a string, or an object whose names are secret."""
