"""What a schema says of a value under a condition only: for names that match a pattern, or where `if` holds."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Annotated, Any, TypeVar, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from .base import Value

T = TypeVar("T")


class _Conditional:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        inner = handler.generate_schema(reduce(or_, get_args(source)[:-1]))  # the last one is Value
        return core_schema.union_schema([inner, handler.generate_schema(Value)], mode="left_to_right")


Conditional = Annotated[T | Value, _Conditional()]
"""A T under a condition that a rule knows, else any JSON value: read as a T if it is one."""
