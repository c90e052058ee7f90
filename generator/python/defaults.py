"""Defaults of the document as Python literals, as far as their types can have them."""

from __future__ import annotations

from collections.abc import Collection, Set
from typing import Any

from .escaping import py
from .types import Annotated, Generic, Literal, Name, Type, alternatives, head, walk


def default_text(value: Any, one: Type) -> str | None:
    """Write a default of the document as a Python literal; None where the type can't have it as one.

    Aliases have to be replaced before: only what the type itself says counts.
    """
    if isinstance(value, list):
        return _default_list(value, one)
    if isinstance(value, dict):
        return "{}" if not value and _outer(one) == "dict" else None
    return _default_scalar(value, *_said(one))


def _said(one: Type) -> tuple[frozenset[str], frozenset[str]]:
    """Collect the constants that a type names, as Python text, and the names of what it is made of."""
    parts = walk(one)
    constants = frozenset(text for part in parts if isinstance(part, Literal) for text in part.values)
    return constants, frozenset(part.name for part in parts if isinstance(part, Name | Generic))


def _default_scalar(value: Any, constants: Collection[str], names: Set[str]) -> str | None:
    if value is None:
        return "None"
    if isinstance(value, str | bool | int) and (constant := py(value)) in constants:
        return constant
    if isinstance(value, bool):
        return py(value) if "bool" in names else None
    if names & {"list", "tuple", "dict"}:
        return None
    if isinstance(value, str):
        return py(value) if "str" in names else None
    if "float" in names:
        return py(value)
    return py(int(value)) if "int" in names and float(value).is_integer() else None


def _default_list(value: list[Any], one: Type) -> str | None:
    first = alternatives(one.inner if isinstance(one, Annotated) else one)[0]
    if not isinstance(first, Generic) or first.name != "list":
        return None
    plain = [item for item in value if item is not None and not isinstance(item, list | dict)]
    said = _said(first.arguments[0])  # once for all items
    fits = len(plain) == len(value) and all(_default_scalar(item, *said) is not None for item in plain)
    return py(value) if fits else None


def _outer(one: Type) -> str:
    return head(one.inner if isinstance(one, Annotated) else one)
