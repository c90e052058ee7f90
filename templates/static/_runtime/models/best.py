"""Which of several types has a value that more than one of them accepts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from math import inf
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from .base import ABSENT
from .once import REFUSED, Once, few, first, wire_names

_LEADS, _NONE, _ANY, _OTHER = -4, -3, -2, -1
"""What stands for a number of fields: of the first choice, of what nothing has accepted, of what may be anything, of what is no class."""
_SCALARS = frozenset({str, int, float, bool, NoneType})
_KINDS: dict[Any, frozenset[type]] = {
    **{kind: frozenset([kind]) for kind in (str, bool, NoneType, list, dict)},
    int: frozenset([int, float]),  # 1.0 is one
    float: frozenset([int, float]),
    tuple: frozenset([list]),
}


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


@cache  # classes live as long as their module
def _kinds(cls: Any) -> dict[str, frozenset[type]]:
    """Return the types of Python that JSON has for the fields of a class, by their names in JSON; without those that may be any."""
    found = {
        field.alias or name: _kinds_of(field.annotation, field.metadata) for name, field in cls.model_fields.items()
    }
    return {name: kinds for name, kinds in found.items() if kinds}


def _kinds_of(type_: Any, metadata: Sequence[Any] = ()) -> frozenset[type]:
    if any(one is not ABSENT and hasattr(one, "__get_pydantic_core_schema__") for one in metadata):
        return frozenset()
    origin, parts = get_origin(type_), get_args(type_)
    if origin is Annotated:
        return _kinds_of(parts[0], parts[1:])
    if origin is Literal:
        return frozenset([str]) if all(isinstance(one, str) for one in parts) else frozenset()
    if origin in (Union, UnionType):
        each = [_kinds_of(one) for one in parts]
        return frozenset[type]().union(*each) if all(each) else frozenset()
    return _KINDS.get(origin or type_, frozenset())


def refuses(cls: Any, value: dict[str, Any]) -> bool:
    """Whether a class accepts no object whose properties are of these types."""
    kinds = _kinds(cls)
    return any(name in kinds and type(part) not in kinds[name] for name, part in value.items())


class Turn(NamedTuple):
    """A choice that may have a value, and how many fields it has then.

    What a field holds may have fields, too: then there is no bound.
    """

    least: int
    most: float
    most_after: float
    """As `most`, when the first choice has accepted the value, which has as many in each field that both read alike."""
    place: int
    choice: str


class Best(Once):
    """Tries the types of each round that `rounds` gives for a value; of those that accept it, the best one has it.

    That is the first which has no model, else the first with the most fields set, as in pydantic's unions; to them, a map that
    holds something is no better than a class before it. What takes `anything` has what no other one accepts. A class that can't
    have more fields than another one is not tried: `classes` has those that read an object as nothing but themselves.
    """

    def __init__(
        self,
        rounds: Callable[[Any], Sequence[Sequence[str]]],
        classes: Mapping[str, Any],
        anything: Collection[str] = (),
    ) -> None:
        super().__init__(lambda _: ())
        self._rounds, self._classes, self._anything = rounds, classes, anything

    def _tried(
        self, known: dict[Any, Any], value: Any, handler: Callable[[Any], Any]
    ) -> tuple[Any, ValidationError | PydanticCustomError | None]:
        errors: list[tuple[int, int, ValidationError]] = []
        rounds = self._rounds(value)
        for choices in rounds:
            found = self._best(known, value, handler, self._turns(value, choices), errors)
            if found is not REFUSED:
                return found, None
        failed = min(errors, key=lambda one: one[:2])[2]
        return None, first(failed, value) if sum(map(len, rounds)) > 1 else few(failed, value, known)

    def _turns(self, value: Any, choices: Sequence[str]) -> list[Turn]:
        """Put the choices for a value in order: the one with the most fields first, with _LEADS for `most_after`."""
        if len(choices) < 2 or type(value) is not dict:
            return sorted((self._turn_of(place, one) for place, one in enumerate(choices)), key=lambda one: -one.least)
        deep = {name for name, part in value.items() if type(part) in (dict, list)}
        classes = [self._classes.get(one) for one in choices]
        names = [wire_names(cls) & value.keys() if cls else frozenset[str]() for cls in classes]
        order = sorted(range(len(choices)), key=lambda place: (choices[place] in self._anything, -len(names[place])))
        found = list[Turn]()
        lead = classes[order[0]]
        for place in order:
            cls, own = classes[place], len(names[place]) if classes[place] else _OTHER
            inner = deep & names[place]
            most = own if cls and not inner else inf
            after = own if cls and (not inner or (lead and inner <= alike(lead, cls))) else inf
            found.append(self._turn_of(place, choices[place], own, most, _LEADS if place == order[0] else after))
        return found

    def _turn_of(self, place: int, choice: str, least: int = 0, most: float = inf, most_after: float = inf) -> Turn:
        if choice in self._anything:
            return Turn(_ANY, _ANY, _ANY, place, choice)
        return Turn(least, most, most_after, place, choice)

    def _best(
        self,
        known: dict[Any, Any],
        value: Any,
        handler: Callable[[Any], Any],
        turns: Sequence[Turn],
        errors: list[tuple[int, int, ValidationError]],
    ) -> Any:
        """Try the choices of a round; return what the best one reads, or REFUSED. What is wrong is added to `errors`."""
        accepted: list[tuple[int, Any, bool]] = []
        least, is_led = _NONE, False
        for own, most, most_after, place, choice in turns:
            if (most_after if is_led else most) <= least:
                continue
            known[self] = choice
            try:
                found = handler(value)
            except ValidationError as error:
                errors.append((error.error_count(), place, error.with_traceback(None)))
                continue
            if found is REFUSED:
                continue
            is_led = is_led or most_after == _LEADS
            least = max(least, own)
            accepted.append((place, found, own == _ANY))
        return _with_most(accepted, known) if len(accepted) > 1 else accepted[0][1] if accepted else REFUSED


def _with_most(accepted: list[tuple[int, Any, bool]], known: dict[Any, Any]) -> Any:
    best, most = None, float(_NONE)
    for _, found, is_any in sorted(accepted, key=lambda one: one[0]):
        fields: float | None = _ANY if is_any else _fields(found, known)
        if fields is None and not (found and isinstance(found, dict)):
            return found
        if fields is None:  # it goes before what comes later only
            fields = inf if most < 0 else _NONE
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
