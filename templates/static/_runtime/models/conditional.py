"""What a schema says of a value under a condition only: for names that match a pattern, or where `if` holds."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Annotated, Any, TypeVar, get_args

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from .base import Value
from .once import FORGETS
from .steps import STEPS

T = TypeVar("T")


def _begin(value: T) -> T:
    """Have rules say nothing of what is wrong: the value is any JSON value then."""
    if steps := STEPS.get():
        steps.quiet += 1
    return value


def _end(value: T) -> T:
    if steps := STEPS.get():
        steps.quiet -= 1
    return value


class _Conditional:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        inner = handler.generate_schema(reduce(or_, get_args(source)[:-1]))  # the last one is Value
        # Not one function around it: each value in another one would take more of Python's frames.
        begun = core_schema.no_info_before_validator_function(_begin, inner, metadata=FORGETS)
        ended = core_schema.no_info_after_validator_function(_end, begun, metadata=FORGETS)
        other = core_schema.no_info_before_validator_function(_end, handler.generate_schema(Value), metadata=FORGETS)
        return core_schema.union_schema([ended, other], mode="left_to_right")


Conditional = Annotated[T | Value, _Conditional()]
"""A T under a condition that a rule knows, else any JSON value: read as a T if it is one."""
