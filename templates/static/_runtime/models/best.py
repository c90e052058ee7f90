"""Which of several types has a value that more than one of them accepts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import inf
from types import NoneType
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from .once import WIDE, Once, first

_SCALARS = frozenset({str, int, float, bool, NoneType})


@cache  # classes live as long as their module
def _wire_names(cls: Any) -> frozenset[str]:
    return frozenset(field.alias or name for name, field in cls.model_fields.items())


class Best(Once):
    """Tries the types of each round that `rounds` gives for a value; of those that accept it, the best one has it.

    That is the first which has no model, else the first with the most fields set, as in pydantic's unions. A class that can't
    have more of them than another one is not tried: `classes` has those that read an object as nothing but themselves.
    """

    def __init__(
        self, rounds: Callable[[Any], Sequence[Sequence[str]]], classes: Mapping[str, Any], *, tells: bool = True
    ) -> None:
        super().__init__(lambda _: ())
        self._rounds, self._classes, self._tells = rounds, classes, tells

    def _tried(
        self, known: dict[Any, Any], value: Any, handler: Callable[[Any], Any]
    ) -> tuple[Any, ValidationError | PydanticCustomError | None]:
        failed: ValidationError | None = None
        rounds = self._rounds(value)
        for choices in rounds:
            accepted: list[tuple[int, Any]] = []
            least = -1
            for own, most, turn in self._turns(value, choices):
                if most <= least:
                    continue
                known[self] = choices[turn]
                try:
                    found = handler(value)
                except ValidationError as error:
                    failed = min(failed or error, error, key=ValidationError.error_count)
                    continue
                least = max(least, own)
                accepted.append((turn, found))
            if accepted:
                return self._best(accepted, known), None
        if self._tells and failed is not None and (sum(map(len, rounds)) > 1 or failed.error_count() > WIDE):
            return None, first(failed, value)
        return None, failed

    def _turns(self, value: Any, choices: Sequence[str]) -> list[tuple[int, float, int]]:
        """Say how many fields each choice has at least, and at most, if it accepts a value; the one with the most is first.

        What a field holds may have fields, too: then there is no bound.
        """
        if len(choices) == 1 or type(value) is not dict:
            return [(0, inf, turn) for turn in range(len(choices))]
        found: list[tuple[int, float, int]] = []
        deep = {name for name, part in value.items() if type(part) in (dict, list)}
        for turn, choice in enumerate(choices):
            cls = self._classes.get(choice)
            names = _wire_names(cls) & value.keys() if cls else frozenset[str]()
            bound = len(names) if cls and deep.isdisjoint(names) else inf
            found.append((len(names), bound, turn))
        return found if self._tells else sorted(found, key=lambda one: -one[0])

    @staticmethod
    def _best(accepted: list[tuple[int, Any]], known: dict[Any, Any]) -> Any:
        if len(accepted) == 1:
            return accepted[0][1]
        best, most = None, -1
        for _, found in sorted(accepted, key=lambda one: one[0]):
            fields = _fields(found, known)
            if fields is None:
                return found
            if fields > most:
                best, most = found, fields
        return best


def _fields(value: Any, known: dict[Any, Any]) -> int | None:
    """Count the fields that are set in a value, and deeper; None if there is no model in it."""
    kind, count = type(value), None
    if kind in _SCALARS:
        return None
    if isinstance(value, BaseModel):
        own: Any = value.__dict__.values()
        count = len(value.__pydantic_fields_set__) - len(value.__pydantic_extra__ or ())
    elif isinstance(value, list | tuple | dict):
        own = value.values() if isinstance(value, dict) else value
    else:
        return None
    if _SCALARS.issuperset(map(type, own)):
        return count
    key = (_fields, id(value))
    if key not in known:
        for part in own:
            if (more := _fields(part, known)) is not None:
                count = (count or 0) + more
        known[key] = count, value
    found: int | None = known[key][0]
    return found
