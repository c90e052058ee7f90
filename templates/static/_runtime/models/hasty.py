"""Reading JSON of a union that recurses the quick way, which says nothing of what is wrong: for a body that is as it should be."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from types import ModuleType
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, SchemaValidator, core_schema, to_json

from .base import KNOWN, deep
from .best import Best, Turn, alike, refuses
from .exact import OTHER, SEVERAL, telling
from .once import OUTERMOST, REFUSED, refusing, silent_error, wire_names
from .reading import STRICT, Values, is_hasty, stop

HOLDERS = (dict, list)
_FLAT = "<flat>"
"""The choice for an array that holds no object or other array."""
_DEEP = frozenset(HOLDERS)
_PLANS = 1_000
"""So many sets of properties are kept with the classes that they may be for."""
_CONFIG = ConfigDict(strict=True, allow_inf_nan=False)


class Quick(Best):
    """Reads a value as the branch that has it, or as the best of some, and says nothing of what is wrong.

    `needs` has what an object must have for each; `classes` has those that are plain classes. An array that holds no object
    or other array is for pydantic's own union: nothing lies below it, so nothing is doubled.
    """

    def __init__(
        self,
        needs: Mapping[str, frozenset[str]],
        classes: Mapping[str, Any],
        anything: Collection[str],
        arrays: Sequence[str],
        hints: tuple[str, Mapping[str, str]],
    ) -> None:
        super().__init__(lambda _: (), classes, anything)
        self._needs = needs
        self._tag, self._hints = hints
        self._array = SEVERAL if len(arrays) > 1 else arrays[0] if arrays else OTHER
        self._arrays = self._turns([], arrays) if len(arrays) > 1 else []
        self._plans: dict[tuple[Any, ...], tuple[str | None, Sequence[Turn]]] = {}

    def reader(self, choices: Mapping[str, CoreSchema], other: CoreSchema) -> CoreSchema:
        """Return what reads a value; `other` reads what is neither object nor array."""
        arrays = [choices[one.choice] for one in self._arrays]
        flat = {_FLAT: core_schema.union_schema([*arrays])} if arrays else {}
        tried = {label: refusing(one) for label, one in {**choices, **flat}.items()}
        return core_schema.no_info_wrap_validator_function(
            self._quickly, core_schema.tagged_union_schema({**tried, OTHER: other}, discriminator=self._turn)
        )

    def _quickly(self, value: Any, handler: Callable[[Any], Any]) -> Any:
        known: Any = KNOWN.get()  # Values has set it
        # Nothing is remembered outside of what is tried.
        if OUTERMOST in known and (kept := known.get((self, id(value)))) is not None:
            found = kept[0]
        else:
            label, turns = self._branch(value)
            if turns and OUTERMOST not in known:
                return self._outermost(value, handler)
            if label is SEVERAL:
                found = self._best_of(known, value, handler, turns)
            else:
                known[self] = label
                found = handler(value) if label else REFUSED
            if turns:
                known[self, id(value)] = found, value  # the value too, so that its identity stays its own
        if found is REFUSED:
            raise silent_error()
        return found

    def _outermost(self, value: Any, handler: Callable[[Any], Any]) -> Any:
        """Read what is tried by itself: a union around counts the fields that are read, and none of what is remembered."""
        token = KNOWN.set({OUTERMOST: value})
        try:
            return self._quickly(value, handler)
        finally:
            KNOWN.reset(token)

    def _best_of(self, known: dict[Any, Any], value: Any, handler: Callable[[Any], Any], turns: Sequence[Turn]) -> Any:
        if hint := self._hint(value, turns):
            known[self] = hint
            found = handler(value)
            if found is not REFUSED:
                return found
            others = [one.choice for one in sorted(turns, key=attrgetter("place")) if one.choice != hint]
            turns = self._turns(value, others)
        return self._best(known, value, handler, turns, [])

    def _hint(self, value: Any, turns: Sequence[Turn]) -> str | None:
        """Name the class that the tag of an object hints at, if it is one of the turns."""
        said = value.get(self._tag) if type(value) is dict else None
        hint = self._hints.get(said) if isinstance(said, str) else None
        return hint if hint and any(one.choice == hint for one in turns) else None

    def _branch(self, value: Any) -> tuple[str | None, Sequence[Turn]]:
        """Name what reads a value, None if nothing does; for SEVERAL, with the turns of all that may do so."""
        kind = type(value)
        if kind is dict:
            label, turns = self._plan(value)
            return SEVERAL if turns else label, turns
        if kind is list:
            if self._array is SEVERAL and _DEEP.isdisjoint(map(type, value)):
                return _FLAT, self._arrays
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
        if self._tag and (hint := self._hint(value, turns)):
            return hint
        return label if label is not SEVERAL else stop()

    def _plan(self, value: dict[str, Any]) -> tuple[str | None, Sequence[Turn]]:
        """Name the class that has an object, by the names and types of its properties; with the turns of all, if others may have it.

        SEVERAL if it is not sure that no other one has more of the properties; None if no class accepts the object.
        """
        key = (*value, *map(type, value.values()))
        if (found := self._plans.get(key)) is None:
            if not value.keys() <= self._known:
                return self._plan({name: part for name, part in value.items() if name in self._known})
            if len(self._plans) >= _PLANS:
                self._plans.clear()
            found = self._plans[key] = self._planned(value)
        return found

    def _planned(self, value: dict[str, Any]) -> tuple[str | None, Sequence[Turn]]:
        classes = self._classes
        fitting = [one for one, names in self._needs.items() if names <= value.keys()]
        labels = [one for one in fitting if one not in classes or not refuses(classes[one], value)]
        if len(labels) < 2:
            return labels[0] if labels else None, ()
        label, wanted = SEVERAL, [one for one in labels if one not in self._anything]
        if wanted and all(one in classes for one in wanted):
            names = {one: wire_names(classes[one]) & value.keys() for one in wanted}
            first = max(wanted, key=lambda one: len(names[one]))
            unsure = set[str]().union(*(names[one] - alike(classes[first], classes[one]) for one in wanted))
            label = SEVERAL if any(type(value[name]) in _DEEP for name in unsure) else first
        return label, self._turns(value, labels)

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset[str]().union(*self._needs.values(), *map(wire_names, self._classes.values()))


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
            if is_hasty(info.context) or info.context == {} or not is_first:  # empty: of a reader that is tolerant
                raise PydanticCustomError("branch", "The value is as no branch") from None
        return self._slow.validate_json(to_json(value, inf_nan_mode="constants"), context=info.context)
