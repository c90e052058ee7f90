"""Types by format, beyond date-times that may lack an offset."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AwareDatetime, GetCoreSchemaHandler, PlainSerializer
from pydantic_core import CoreSchema, core_schema

from .base import DATE, OFFSET, TIME, Written

DateTime = Annotated[AwareDatetime, Written("RFC 3339 with an offset is needed", f"{DATE}[Tt]{TIME}{OFFSET}")]
Date = Annotated[date, Written("RFC 3339 is needed", DATE)]
Time = Annotated[time, Written("RFC 3339 is needed", f"{TIME}{OFFSET}?")]
Duration = Annotated[timedelta, Written("ISO 8601 is needed", "[+-]?P[0-9TYMWDHS.]+")]


class Reread:
    """A type that takes what Python has for it once JSON was read, if that is read again (once.py, which says so by `strict`)."""

    def __init__(self, kinds: tuple[type, ...], convert: Callable[[Any], Any]) -> None:
        self._kinds, self._convert = kinds, convert

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        again = core_schema.no_info_before_validator_function(self._converted, schema)
        wire = core_schema.lax_or_strict_schema(lax_schema=schema, strict_schema=again, strict=False)
        return core_schema.json_or_python_schema(json_schema=wire, python_schema=schema)

    def _converted(self, value: Any) -> Any:
        return self._convert(value) if type(value) in self._kinds else value


JsonArray = Reread((list,), tuple)
"""Marks a tuple."""


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


_DECIMAL = Reread((int, float), lambda value: Decimal(str(value)))
Number = Annotated[Decimal, _DECIMAL, PlainSerializer(_number, return_type=int | float, when_used="json")]
"""A decimal that is written as a JSON number, with the precision of a double."""
