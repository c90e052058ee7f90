"""Steps that patterns with look-around take: all texts of a body have one bound, as no engine runs these in linear time."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import partial
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

T = TypeVar("T")
MOST = 1_000_000_000
"""Steps times characters times the size of the pattern, of all texts that are judged in one reading."""
FREE = 8_000
"""So many for each character are not counted: they grow as the body does."""
TOO_MANY = "its texts take too many steps to be held against patterns with look-around"


class TooManySteps(Exception):
    """Ends a reading: no ValueError, which would have pydantic try another type."""


class Steps:
    """What is left of the bound, and what else there is of a reading."""

    def __init__(self) -> None:
        self.left = MOST
        self.quiet = 0  # in so many values lies this one of which nobody hears what is wrong with them
        self.known: dict[Any, Any] = {}  # what KNOWN has while a rule judges what lies in no union

    def take(self, limit: int, size: int, length: int) -> bool:
        """Count a run that takes `limit` steps at most; tell whether there is as much left."""
        self.left -= max(limit * size - FREE, 0) * length
        return self.left >= 0


STEPS: ContextVar[Steps | None] = ContextVar("steps", default=None)
"""What is left for the reading that goes on."""


def counted(read: Callable[[], T]) -> T:
    """Call what judges texts, with a bound of its own."""
    token = STEPS.set(Steps())
    try:
        return read()
    finally:
        STEPS.reset(token)


def bounded(read: Callable[[Any], T]) -> Callable[[Any], T]:
    """Have what reads one value refuse it if its texts take too many steps."""

    def run(value: Any) -> T:
        try:
            return counted(partial(read, value))
        except TooManySteps:
            error = PydanticCustomError("too_many_steps", TOO_MANY)
            raise ValidationError.from_exception_data("value", [{"type": error, "input": value}]) from None

    return run
