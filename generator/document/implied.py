"""The setting `properties-imply-object`: a schema that has properties and says no type is taken for one of objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..pointer import Pointer
from .document import Document
from .edits import Edit, Tree
from .objects import walk

TYPED = frozenset({"type", "enum", "const", "$ref", "$dynamicRef"})
"""Keywords that say of which types values are, or lead to what says it."""
COMBINED = frozenset({"allOf", "oneOf", "anyOf"})
CONDITIONS = frozenset({"not", "if", "then", "else", "dependentSchemas"})
"""Keywords whose schemas apply to a value of which the schema around them says the type."""


def with_types(document: Document) -> Document:
    """Write `type: object` into each schema that has properties, unless it or what it is part of says a type."""
    tree = Tree(document)
    tree.apply(Edit(kind="add", pointer=f"{pointer}/type", value="object") for pointer in _untyped(document.root))
    return tree.document


def _untyped(root: Mapping[str, Any]) -> Iterator[Pointer]:
    met: set[Pointer] = set()
    typed: set[Pointer] = set()
    for one in walk(root):
        if one.kind != "schema":
            continue
        met.add(one.pointer)
        above, keyword = _above(one.pointer, met)
        if (keyword in COMBINED and above in typed) or keyword in CONDITIONS or _says_a_type(one.value):
            typed.add(one.pointer)
        elif one.value.get("properties") and isinstance(one.value["properties"], dict) and not _has_others(one.value):
            typed.add(one.pointer)
            yield one.pointer


def _above(pointer: Pointer, met: set[Pointer]) -> tuple[Pointer, str]:
    """Find the schema of which one is a part, and by which keyword; empty texts if it is none."""
    outer, _, last = pointer.rpartition("/")
    if outer in met:
        return outer, last
    further, _, keyword = outer.rpartition("/")
    return (further, keyword) if further in met else ("", "")


def _says_a_type(schema: Mapping[str, Any]) -> bool:
    """Whether a schema says a type: by itself or by a part."""
    parts = schema.get("allOf")
    return any(
        isinstance(one, dict) and one.keys() & TYPED for one in (schema, *(parts if isinstance(parts, list) else ()))
    )


def _has_others(schema: Mapping[str, Any]) -> bool:
    """Whether an alternative of a schema is no object."""
    branches = [one for key in ("oneOf", "anyOf") if isinstance(schema.get(key), list) for one in schema[key]]
    return any(isinstance(one, dict) and one.get("type", "object") != "object" for one in branches)
