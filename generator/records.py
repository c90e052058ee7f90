"""Values of several fields, which nobody changes once they are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import partial
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

_T = TypeVar("_T")


@overload
def record(kind: type[_T], /) -> type[_T]: ...
@overload
def record(*, kw_only: bool = False) -> Callable[[type[_T]], type[_T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(kind: type[Any] | None = None, /, *, kw_only: bool = False) -> Any:
    """Make a class a dataclass whose fields type checkers let nobody assign, with slots, equality and a hash.

    At run time nothing forbids it, unlike with ``frozen=True``, and what compares and shows is not compiled for each class.
    So a class takes half of the time to make, and its objects, of which a large document has millions, too. `verify` has
    plain dataclasses, as it shares no code with what it judges.
    """
    if kind is None:
        return partial(_made, kw_only=kw_only)
    return _made(kind, kw_only=kw_only)


def _made(kind: type[Any], *, kw_only: bool) -> Any:
    made: Any = dataclass(slots=True, eq=False, repr=False, kw_only=kw_only)(kind)
    shown = [one.name for one in fields(made) if one.repr]
    compared = attrgetter(*(one.name for one in fields(made) if one.compare))

    def is_equal(self: Any, other: object) -> Any:
        return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

    made.__eq__ = is_equal
    made.__hash__ = lambda self: hash(compared(self))
    made.__repr__ = lambda self: f"{made.__qualname__}({', '.join(f'{one}={getattr(self, one)!r}' for one in shown)})"
    return made
