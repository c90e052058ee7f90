"""Which branch of a union that recurses has a value: the quick way, for a body that is as it should be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic_core import CoreSchema, core_schema

from .base import KNOWN
from .exact import OTHER, SEVERAL

HOLDERS = (dict, list)
_FLAT: dict[type, str] = {dict: "<objects>", list: "<arrays>"}
_DEEP, _DEEP_OR_FLOAT = frozenset(HOLDERS), frozenset({*HOLDERS, float})


class Hasty:
    """Names the branch of a value, or how its branches are tried.

    `pick` names the class of an object: None for no class, SEVERAL for more than one. An object or array that holds no other
    is for pydantic's own union then: nothing lies below it, so nothing is doubled.
    """

    def __init__(
        self,
        pick: Callable[[dict[str, Any]], str | None],
        kinds: Mapping[type, Sequence[str]],
        name: str,
        classes: Mapping[str, str],
    ) -> None:
        self._pick, self._kinds, self._name = pick, kinds, name
        self._first = {tag: _FLAT[dict] + label for tag, label in classes.items() if label in kinds.get(dict, ())}
        arrays = kinds.get(list, ())
        self._array = SEVERAL if len(arrays) > 1 else arrays[0] if arrays else None

    def flat(self, choices: Mapping[str, CoreSchema]) -> dict[str, CoreSchema]:
        """Return what reads an object or array that holds no other, also with the class of a tag before all others."""
        found: dict[str, CoreSchema] = {
            _FLAT[kind]: core_schema.union_schema([choices[one] for one in labels])
            for kind, labels in self._kinds.items()
        }
        for label in {*self._first.values()}:
            first = choices[label.removeprefix(_FLAT[dict])]
            found[label] = core_schema.union_schema([first, found[_FLAT[dict]]], mode="left_to_right")
        return found

    def decide(self, value: Any) -> str | None:
        """Name what reads a value; None if nothing does."""
        kind = type(value)
        if kind is dict:
            found, parts = self._pick(value), value.values()
        elif kind is list and self._array:
            found, parts = self._array, value
        else:
            return OTHER
        if KNOWN.get() is None:  # the outermost one: Once has it made Python's, with all that lies in it
            if found and not _DEEP_OR_FLOAT.isdisjoint(map(type, parts)):
                return SEVERAL
        elif found is not SEVERAL or not _DEEP.isdisjoint(map(type, parts)):
            return found
        return self._flat(value, kind) if found is SEVERAL else found

    def _flat(self, value: Any, kind: type) -> str:
        tag = value.get(self._name) if self._first and kind is dict else None
        return self._first.get(tag, _FLAT[kind]) if isinstance(tag, str) else _FLAT[kind]
