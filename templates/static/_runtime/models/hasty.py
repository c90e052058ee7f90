"""Reading JSON of a union that recurses the quick way, which says nothing of what is wrong: for a body that is as it should be."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from types import ModuleType
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, SchemaValidator, core_schema, to_json

from .base import HASTY, KNOWN, deep
from .best import alike
from .exact import OTHER, SEVERAL, telling
from .once import wire_names
from .reading import STRICT, Values, stop

HOLDERS = (dict, list)
_FLAT: dict[type, str] = {dict: "<objects>", list: "<arrays>"}
_DEEP = frozenset(HOLDERS)
_PLANS = 1_000
"""So many sets of properties are kept with the classes that they may be for."""
_CONFIG = ConfigDict(strict=True, allow_inf_nan=False)


class Picker:
    """Names the branch of a value, or how its branches are tried.

    `fits` names those that an object may be for, by its properties; `classes` has those that are plain classes. An object or
    array that holds no other is for pydantic's own union then: nothing lies below it, so nothing is doubled.
    """

    def __init__(
        self,
        fits: Callable[[Any], Sequence[str]],
        classes: Mapping[str, Any],
        arrays: Sequence[str],
        hints: tuple[str, Mapping[str, str]],
    ) -> None:
        self._fits, self._classes = fits, classes
        self._tag, self._hints = hints
        self._array = SEVERAL if len(arrays) > 1 else arrays[0] if arrays else OTHER
        self._plans: dict[tuple[str, ...], tuple[str | None, frozenset[str], Sequence[str]]] = {}

    @staticmethod
    def schemas(choices: Mapping[str, CoreSchema], kinds: Mapping[type, Sequence[str]]) -> dict[str, CoreSchema]:
        """Return what reads an object or array that holds no other."""
        return {
            _FLAT[kind]: core_schema.union_schema([choices[one] for one in labels]) for kind, labels in kinds.items()
        }

    def pick(self, value: Any) -> str | None:
        """Name what reads a value; None if nothing does."""
        kind = type(value)
        if kind is dict:
            label, _, labels = self._plans.get(tuple(value)) or self._planned(value)
            if len(labels) < 2:
                return label
            hint = value.get(self._tag) if self._tag else None
            is_hinted = isinstance(hint, str) and hint in self._hints
            return _FLAT[dict] if not is_hinted and _DEEP.isdisjoint(map(type, value.values())) else SEVERAL
        if kind is list:
            if self._array is not SEVERAL:
                return self._array
            return _FLAT[list] if _DEEP.isdisjoint(map(type, value)) else SEVERAL
        return OTHER

    def lead(self, value: Any) -> str | None:
        """Name the class that has an object, if it accepts it: no other one has more of its properties.

        None if nothing accepts it; the whole reading ends if the class is not sure.
        """
        kind = type(value)
        if kind is list:
            return self._array if self._array is not SEVERAL else stop()
        if kind is not dict:
            return OTHER
        label, unsure, labels = self._plans.get(tuple(value)) or self._planned(value)
        if self._tag and isinstance(said := value.get(self._tag), str) and self._hints.get(said) in labels:
            return self._hints[said]
        is_sure = bool(label or not labels) and not any(type(value[name]) in _DEEP for name in unsure)
        return label if is_sure else stop()

    def _planned(self, value: dict[str, Any]) -> tuple[str | None, frozenset[str], Sequence[str]]:
        """Name the class that has the most of an object's properties, and those of which another one may have more."""
        labels = self._fits(value)
        label, unsure = labels[0] if len(labels) == 1 else None, frozenset[str]()
        if len(labels) > 1 and all(one in self._classes for one in labels):
            names = {one: wire_names(self._classes[one]) & value.keys() for one in labels}
            label = max(labels, key=lambda one: len(names[one]))
            lead = self._classes[label]
            unsure = unsure.union(*(names[one] - alike(lead, self._classes[one]) for one in labels if one != label))
        found = label, unsure, labels
        if len(self._plans) < _PLANS and value.keys() <= self._known:
            self._plans[tuple(value)] = found
        return found

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset[str]().union(*map(wire_names, self._classes.values()))


class Hasty:
    """Reads a union that recurses as Python's values, where pydantic alone reads what is around it.

    What is refused is read again: by who reads a body (wire/contract.py), or here, to say what is wrong.
    """

    def __init__(self, type_: Any, members: Iterable[Any]) -> None:
        self._type = type_
        modules = (sys.modules.get(one.__module__) for one in members if isinstance(one, type))
        self._names = next((vars(one) for one in modules if isinstance(one, ModuleType)), {})
        self._values = Values(lambda: self._schema)

    @cached_property
    @deep()
    def _schema(self) -> CoreSchema:
        adapter: TypeAdapter[Any] = TypeAdapter(self._type, config=ConfigDict(**_CONFIG, defer_build=True))
        adapter.rebuild(_types_namespace=self._names)
        return adapter.core_schema

    @cached_property
    @deep()
    def _slow(self) -> SchemaValidator:
        return SchemaValidator(telling(self._schema), STRICT, _use_prebuilt=False)

    def read(self, value: Any, info: ValidationInfo) -> Any:
        """Read what JSON is to Python; raise PydanticCustomError if it is read again, else ValidationError."""
        is_first = KNOWN.get() is None
        try:
            return self._values.read(value, info.context)
        except ValueError:
            if info.context == HASTY or not is_first:  # also an empty one of a reader that is tolerant
                raise PydanticCustomError("branch", "The value is as no branch") from None
        return self._slow.validate_json(to_json(value, inf_nan_mode="constants"), context=info.context)
