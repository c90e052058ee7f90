"""Types by format, beyond date-times that may lack an offset."""

from __future__ import annotations

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
    """Has a type take what Python has for it once JSON was read (once.py): a list for a tuple, a number for a decimal."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema: Any = handler(source)
        return core_schema.json_or_python_schema(json_schema={**schema, "strict": False}, python_schema=schema)


JsonArray = Reread()
"""Marks a tuple."""


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


Number = Annotated[Decimal, Reread(), PlainSerializer(_number, return_type=int | float, when_used="json")]
"""A decimal that is written as a JSON number, with the precision of a double."""
