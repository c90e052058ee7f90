"""Steps that patterns with look-around take: all texts of a body have one bound, as no engine runs these in linear time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from time import thread_time_ns
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

T = TypeVar("T")
MOST = 1_000_000_000
"""Nanoseconds of the processor, of all texts that are judged in one reading."""
FREE = 8_000
"""So many for each character are not counted: they grow as the body does."""
EXPLAINED = 50_000
"""Of so many values it is said what is wrong in them, each counted for each rule around it: a copy is made for that."""
TOO_MANY = "its texts take too many steps to be held against patterns with look-around"


class TooManySteps(Exception):
    """Ends a reading: no ValueError, which would have pydantic try another type."""


class Steps:
    """What is left of the bound, and what else there is of a reading."""

    def __init__(self, left: int = MOST, *, is_shared: bool = False) -> None:
        self.bound, self.left, self.is_shared = left, left, is_shared
        self._may, self._took = 0, 0  # what all runs may have taken, and what they took by the clock
        self.quiet = 0  # in so many values lies this one of which nobody hears what is wrong with them
        self.unexplained = EXPLAINED
        self.known: dict[Any, Any] = {}  # what KNOWN has while a rule judges what lies in no union

    def allow(self, worst: int) -> bool:
        """Tell whether there is as much left as a run may take; if not, the reading ends."""
        if worst > self.left:
            self.left = -1
        return self.left >= 0

    def count(self, worst: int, began: int) -> None:
        """Count what a run took that began then: in most patterns it is far less than it may take.

        A clock may show most short runs as none, and others as one of its ticks (Windows: 15.6 ms): all are summed up first.
        """
        if worst > 0:
            self._may, self._took = self._may + worst, self._took + thread_time_ns() - began
            self.left = self.bound - min(self._may, self._took)

    def explain(self, value: Any, most: int) -> bool:
        """Tell whether to say what is wrong in a value: if it has no more than `most` values, and not too many were explained before."""
        most = min(most, self.unexplained)
        pending, number = [value], 0
        while pending and number <= most:
            one = pending.pop()
            number += 1
            if isinstance(one, dict | list):
                pending += one.values() if isinstance(one, dict) else one
        if number <= most:
            self.unexplained -= number
        return number <= most

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """Have nothing said of what is wrong."""
        quiet, self.quiet = self.quiet, self.quiet + 1
        try:
            yield
        finally:
            self.quiet = quiet


def worst(limit: int, size: int, length: int) -> int:
    """Say what `limit` steps may take: each a nanosecond at most for each character of the text, and of the pattern."""
    return max(limit * size - FREE, 0) * length


STEPS: ContextVar[Steps | None] = ContextVar("steps", default=None)
"""What is left for the reading that goes on."""


def counted(read: Callable[[], T], own: Steps | None = None) -> T:
    """Call what judges texts, with a bound of its own, or with that of all values that are read together."""
    outer, steps = STEPS.get(), own or Steps()
    if outer and outer.is_shared:
        steps.bound = steps.left = outer.left
    token = STEPS.set(steps)
    try:
        return read()
    finally:
        STEPS.reset(token)
        if outer and outer.is_shared:
            outer.left = steps.left


def shared(read: Callable[[], T]) -> T:
    """Call what reads several values, or one several times: all have one bound, that of what these are read for."""
    if (outer := STEPS.get()) and outer.is_shared:
        return read()
    token = STEPS.set(Steps(is_shared=True))
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
