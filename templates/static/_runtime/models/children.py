"""Subclasses that a discriminator names: written whole where their parent is declared."""

from __future__ import annotations

from functools import cache
from typing import Any

from .base import Model
from .exact import serializer


@cache
def whole(cls: type[Model]) -> Any:
    """Return a twin of a class, whose instances are written by the exact serializer of that class wherever a parent is declared."""
    return type.__new__(type(cls), cls.__name__, (cls,), {"__twin__": True, "__pydantic_serializer__": serializer(cls)})


def original(cls: type[Model]) -> Any:
    """Return the class of which a class is the twin, or the class itself."""
    return cls.__base__ if "__twin__" in vars(cls) else cls
