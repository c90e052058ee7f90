"""Reading JSON of a union that recurses the quick way, which says nothing of what is wrong: for a body that is as it should be."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from types import ModuleType
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationInfo
from pydantic_core import CoreConfig, CoreSchema, PydanticCustomError, SchemaValidator, core_schema, to_json

from .base import HASTY, KNOWN, deep, finite
from .exact import OTHER, SEVERAL, copied, telling
from .once import looked_through, wire_names

HOLDERS = (dict, list)
QUICK = "<quick>"
"""The choice of what Python gives that is never taken: how a body is read that is made of Python's values."""
_FLAT: dict[type, str] = {dict: "<objects>", list: "<arrays>"}
_DEEP = frozenset(HOLDERS)
_PLANS = 1_000
"""So many sets of properties are kept with the classes that they may be for."""
_CONFIG = ConfigDict(strict=True, allow_inf_nan=False)
_STRICT = CoreConfig(strict=True, allow_inf_nan=False)


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
        self._plans: dict[tuple[str, ...], tuple[bool, str | None]] = {}

    def schemas(self, choices: Mapping[str, CoreSchema], kinds: Mapping[type, Sequence[str]]) -> dict[str, CoreSchema]:
        """Return what reads an object or array that holds no other, also with each class before all others."""
        found: dict[str, CoreSchema] = {
            _FLAT[kind]: core_schema.union_schema([choices[one] for one in labels]) for kind, labels in kinds.items()
        }
        for label in kinds.get(dict, ()):
            either = choices[label], found[_FLAT[dict]]
            found[_FLAT[dict] + label] = core_schema.union_schema([*either], mode="left_to_right")
        return found

    def pick(self, value: Any) -> str | None:
        """Name what reads a value; None if nothing does."""
        kind = type(value)
        if kind is dict:
            is_one, label = self._plans.get(tuple(value)) or self._planned(value)
            if is_one:
                return label
            if not _DEEP.isdisjoint(map(type, value.values())):
                return SEVERAL
            hint = value.get(self._tag) if self._tag else None
            hinted = self._hints.get(hint) if isinstance(hint, str) else None
            return _FLAT[dict] + (hinted or label or "")
        if kind is list:
            if self._array is not SEVERAL:
                return self._array
            return _FLAT[list] if _DEEP.isdisjoint(map(type, value)) else SEVERAL
        return OTHER

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset[str]().union(*map(wire_names, self._classes.values()))

    def _planned(self, value: dict[str, Any]) -> tuple[bool, str | None]:
        """Say whether one class alone may have an object, and which has the most of its properties."""
        labels = self._fits(value)
        if len(labels) < 2:
            plan = True, labels[0] if labels else None
        else:
            classes = {label: self._classes[label] for label in labels if label in self._classes}
            counts = {label: len(wire_names(cls) & value.keys()) for label, cls in classes.items()}
            is_known = len(counts) == len(labels)  # others may have more
            plan = False, max(labels, key=lambda label: counts[label]) if is_known else None
        if len(self._plans) < _PLANS and value.keys() <= self._known:
            self._plans[tuple(value)] = plan
        return plan


class Hasty:
    """Reads JSON as Python's values first, so that none has to be made again for what lies deeper.

    What is refused is read again: by who reads a body (wire/contract.py), or here, to say what is wrong.
    """

    def __init__(self, type_: Any, members: Iterable[Any]) -> None:
        self._type = type_
        modules = (sys.modules.get(one.__module__) for one in members if isinstance(one, type))
        self._names = next((vars(one) for one in modules if isinstance(one, ModuleType)), {})

    @cached_property
    @deep()
    def _schema(self) -> CoreSchema:
        adapter: TypeAdapter[Any] = TypeAdapter(self._type, config=ConfigDict(**_CONFIG, defer_build=True))
        adapter.rebuild(_types_namespace=self._names)
        return adapter.core_schema

    @cached_property
    @deep()
    def _quick(self) -> tuple[SchemaValidator, bool]:
        """Return what reads Python's values as JSON's, and whether anything in it wants to remember what it found."""
        remembers: list[Any] = []

        def quick(one: Any) -> Any:
            if one["type"] != "json-or-python":
                return one
            choices = one["python_schema"].get("choices")
            read = choices[QUICK] if isinstance(choices, dict) and QUICK in choices else one["json_schema"]
            return {**read, "ref": one["ref"]} if "ref" in one else read

        def look(one: Any) -> Any:
            function = one.get("function")  # that of a serialization is no dict
            if isinstance(function, dict) and function["function"] is not finite:
                remembers.append(one)
            return one

        schema = copied(self._schema, quick)
        copied(schema, look)
        return SchemaValidator(schema, _STRICT, _use_prebuilt=False), bool(remembers)

    @cached_property
    @deep()
    def _slow(self) -> SchemaValidator:
        return SchemaValidator(telling(self._schema), _STRICT, _use_prebuilt=False)

    def read(self, value: Any, info: ValidationInfo) -> Any:
        """Read what JSON is to Python; raise PydanticCustomError if it is read again, else ValidationError."""
        quick, remembers = self._quick
        is_first = KNOWN.get() is None
        token = KNOWN.set({}) if is_first and remembers else None
        try:
            return quick.validate_python(looked_through(value) if token else value, context=info.context)
        except ValueError:
            if info.context == HASTY or not is_first:  # also an empty one of a reader that is tolerant
                raise PydanticCustomError("branch", "The value is as no branch") from None
        finally:
            if token:
                KNOWN.reset(token)
        return self._slow.validate_json(to_json(value, inf_nan_mode="constants"), context=info.context)
