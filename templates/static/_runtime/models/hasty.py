"""Reading JSON of a union that recurses the quick way, which says nothing of what is wrong: for a body that is as it should be."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from math import inf
from operator import itemgetter
from types import ModuleType
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, SchemaValidator, core_schema, to_json

from .base import HASTY, KNOWN, deep
from .best import Best, Turn, alike, refuses
from .exact import OTHER, SEVERAL, telling
from .once import REFUSED, refusing, silent_error, wire_names
from .reading import STRICT, Values, stop

HOLDERS = (dict, list)
_FLAT: dict[type, str] = {dict: "<objects>", list: "<arrays>"}
_DEEP = frozenset(HOLDERS)
_PLANS = 1_000
"""So many sets of properties are kept with the classes that they may be for."""
_CONFIG = ConfigDict(strict=True, allow_inf_nan=False)


class Quick(Best):
    """Reads a value as the branch that has it, or as the best of some, and says nothing of what is wrong.

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
        super().__init__(lambda _: (), classes)
        self._fits = fits
        self._tag, self._hints = hints
        self._array = SEVERAL if len(arrays) > 1 else arrays[0] if arrays else OTHER
        self._arrays = [(0, inf, inf, turn, one) for turn, one in enumerate(arrays)] if len(arrays) > 1 else []
        self._plans: dict[tuple[Any, ...], tuple[str | None, Sequence[Turn]]] = {}

    def reader(
        self, choices: Mapping[str, CoreSchema], kinds: Mapping[type, Sequence[str]], other: CoreSchema
    ) -> CoreSchema:
        """Return what reads a value; `other` reads what is neither object nor array."""
        flat = {
            _FLAT[kind]: core_schema.union_schema([choices[one] for one in labels]) for kind, labels in kinds.items()
        }
        tried = {label: refusing(one) for label, one in {**choices, **flat}.items()}
        return core_schema.no_info_wrap_validator_function(
            self._quickly, core_schema.tagged_union_schema({**tried, OTHER: other}, discriminator=self._turn)
        )

    def _quickly(self, value: Any, handler: Callable[[Any], Any]) -> Any:
        known: Any = KNOWN.get()  # Values has set it
        key = (self, id(value))
        if (kept := known.get(key)) is not None:
            found = kept[0]
        else:
            label, turns = self._branch(value)
            found = self._best_of(known, value, handler, label, turns)
            if turns:
                known[key] = found, value  # the value too, so that its identity stays its own
        if found is REFUSED:
            raise silent_error()
        return found

    def _best_of(
        self, known: dict[Any, Any], value: Any, handler: Callable[[Any], Any], label: str | None, turns: Sequence[Turn]
    ) -> Any:
        if label is not SEVERAL:
            known[self] = label
            return handler(value) if label else REFUSED
        if (hint := self._hint(value)) in [one[-1] for one in turns]:
            known[self] = hint
            found = handler(value)
            if found is not REFUSED:
                return found
            turns = self._turns(value, [one[-1] for one in sorted(turns, key=itemgetter(-2)) if one[-1] != hint])
        return self._best(known, value, handler, turns, [])

    def _hint(self, value: Any) -> str | None:
        said = value.get(self._tag) if self._tag and type(value) is dict else None
        return self._hints.get(said) if isinstance(said, str) else None

    def _branch(self, value: Any) -> tuple[str | None, Sequence[Turn]]:
        """Name what reads a value, None if nothing does; for SEVERAL, with the turns of all that may do so."""
        kind = type(value)
        if kind is dict:
            label, turns = self._plan(value)
            if turns:
                is_flat = _is_flat(value.values()) and not self._hint(value)
                label = _FLAT[dict] if is_flat else SEVERAL
            return label, turns
        if kind is list:
            if self._array is SEVERAL and _is_flat(value):
                return _FLAT[list], self._arrays
            return self._array, self._arrays
        return OTHER, ()

    def lead(self, value: Any) -> str | None:
        """Name the class that has an object, if it accepts it: no other one has more of its properties.

        None if nothing accepts it; the whole reading ends if the class is not sure.
        """
        kind = type(value)
        if kind is list:
            return self._array if self._array is not SEVERAL else stop()
        if kind is not dict:
            return OTHER
        label, turns = self._plan(value)
        if turns and (hint := self._hint(value)) in [one[-1] for one in turns]:
            return hint
        return label if label is not SEVERAL else stop()

    def _plan(self, value: dict[str, Any]) -> tuple[str | None, Sequence[Turn]]:
        """Name the class that has an object, by the names and types of its properties; with the turns of all, if others may have it.

        SEVERAL if it is not sure that no other one has more of the properties; None if no class accepts the object.
        """
        key = (*value, *map(type, value.values()))
        if (found := self._plans.get(key)) is None:
            found = self._planned(value)
            if value.keys() <= self._known:
                if len(self._plans) >= _PLANS:
                    self._plans.clear()
                self._plans[key] = found
        return found

    def _planned(self, value: dict[str, Any]) -> tuple[str | None, Sequence[Turn]]:
        labels = [
            one for one in self._fits(value) if one not in self._classes or not refuses(self._classes[one], value)
        ]
        if len(labels) < 2:
            return labels[0] if labels else None, ()
        label = SEVERAL
        if all(one in self._classes for one in labels):
            names = {one: wire_names(self._classes[one]) & value.keys() for one in labels}
            first = max(labels, key=lambda one: len(names[one]))
            lead = self._classes[first]
            unsure = set[str]().union(*(names[one] - alike(lead, self._classes[one]) for one in labels if one != first))
            label = SEVERAL if any(type(value[name]) in _DEEP for name in unsure) else first
        return label, self._turns(value, labels)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset[str]().union(*map(wire_names, self._classes.values()))


def _is_flat(parts: Collection[Any]) -> bool:
    """Whether values are neither objects nor arrays, or hold nothing."""
    return _DEEP.isdisjoint(map(type, parts)) or (
        ([] in parts or {} in parts) and not any(part for part in parts if type(part) in _DEEP)
    )


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
