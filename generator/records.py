"""Values of several fields, which nobody changes once they are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, dataclass_transform, overload

_T = TypeVar("_T")


@overload
def record(kind: type[_T], /) -> type[_T]: ...
@overload
def record(*, kw_only: bool = False, order: bool = False) -> Callable[[type[_T]], type[_T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(kind: type[_T] | None = None, /, *, kw_only: bool = False, order: bool = False) -> Any:
    """Make a class a dataclass whose fields type checkers let nobody assign, with slots, equality and a hash.

    At run time nothing forbids it, unlike with ``frozen=True``: so a class takes two thirds of the time to make, and its
    objects, of which a large document has millions, half of it.
    """
    made = dataclass(slots=True, unsafe_hash=True, kw_only=kw_only, order=order)
    return made if kind is None else made(kind)
