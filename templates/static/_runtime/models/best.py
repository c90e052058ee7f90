"""Which of several types has a value that more than one of them accepts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import inf
from types import NoneType
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from .once import Once, few, first, wire_names

_LEADS = -1
_SCALARS = frozenset({str, int, float, bool, NoneType})


@cache  # classes live as long as their module
def alike(one: Any, other: Any) -> frozenset[str]:
    """Return the names in JSON of the fields that two classes read alike."""
    fields = {field.alias or name: field for name, field in one.model_fields.items()}
    found = {field.alias or name: field for name, field in other.model_fields.items()}
    return frozenset(
        name
        for name in fields.keys() & found.keys()
        if (fields[name].annotation, fields[name].metadata) == (found[name].annotation, found[name].metadata)
    )


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
        errors: list[tuple[int, int, ValidationError]] = []
        rounds = self._rounds(value)
        for choices in rounds:
            accepted: list[tuple[int, Any]] = []
            least, lead = -1, None
            for own, most, most_after, turn in self._turns(value, choices):
                if (most if lead is None else min(most, most_after)) <= least:
                    continue
                known[self] = choices[turn]
                try:
                    found = handler(value)
                except ValidationError as error:
                    errors.append((error.error_count(), turn, error))
                    continue
                if most_after == _LEADS:
                    lead = turn
                least = max(least, own)
                accepted.append((turn, found))
            if accepted:
                return self._best(accepted, known), None
        failed = min(errors, key=lambda one: one[:2])[2] if errors else None
        if failed is None or not self._tells:
            return None, failed
        return None, first(failed, value) if sum(map(len, rounds)) > 1 else few(failed, value, known)

    def _turns(self, value: Any, choices: Sequence[str]) -> list[tuple[int, float, float, int]]:
        """Say how many fields each choice has at least, and at most, if it accepts a value; the one with the most is first.

        What a field holds may have fields, too: then there is no bound. The third number is a bound for when the first
        choice has accepted the value, which has as many in each field that both read alike; _LEADS for that choice itself.
        """
        if len(choices) < 2 or type(value) is not dict:
            return [(0, inf, inf, turn) for turn in range(len(choices))]
        deep = {name for name, part in value.items() if type(part) in (dict, list)}
        names = [wire_names(cls) & value.keys() if (cls := self._classes.get(one)) else None for one in choices]
        order = sorted(range(len(choices)), key=lambda turn: -len(names[turn] or ()))
        lead, found = self._classes.get(choices[order[0]]), list[tuple[int, float, float, int]]()
        for turn in order:
            own, inner = names[turn] or frozenset[str](), deep.intersection(names[turn] or ())
            most = inf if names[turn] is None or inner else len(own)
            cls = self._classes.get(choices[turn])
            is_alike = turn != order[0] and lead and cls and inner <= alike(lead, cls)
            found.append((len(own), most, _LEADS if turn == order[0] else len(own) if is_alike else inf, turn))
        return found

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
