"""Unions that recurse: which branch has a value, so that the time for a body grows as the body does.

Pydantic alone would try each branch for an object, for each branch of the object around it: 2^depth times.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from functools import partial
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreSchema, PydanticCustomError, PydanticSerializationUnexpectedValue, core_schema

from .base import place
from .exact import reason
from .once import KNOWN, Once
from .shapes import LooseModel

_SEVERAL, _OTHER = "<several>", "<other>"  # never the names of classes
_HOLDERS = (dict, list)
_WIDE = 10
"""So many errors of one value are told; more of them become one, as do those of several branches."""
_ATTEMPTS = 2
"""So often a value that can't be written is tried: strictly, and not."""
_TOLD = 200
"""So many characters of the reason why a value can't be written are told."""
_REFUSED: ContextVar[dict[Any, tuple[int, str, Any]] | None] = ContextVar("refused", default=None)


_Members = Mapping[str, tuple[Any, CoreSchema]]


def _origin(member: Any) -> Any:
    """Return the class of a member of a union; None for an alias, or any value."""
    bare = get_args(member)[0] if get_origin(member) is Annotated else member
    origin = get_origin(bare) or bare
    return origin if isinstance(origin, type) else None


def _is_loose(origin: Any) -> bool:
    return issubclass(origin, LooseModel) or bool(getattr(origin, "__loose__", False))


def _is_holder(member: Any) -> bool:
    """Whether a member accepts objects and arrays alone."""
    origin = _origin(member)
    return origin is not None and issubclass(origin, (BaseModel, *_HOLDERS, tuple)) and not _is_loose(origin)


def _read_as(member: Any, kind: type) -> bool:
    """Whether a member of a union may accept a JSON value of a kind, dict or list."""
    origin = _origin(member)
    if origin is None or _is_loose(origin):
        return True
    if kind is dict:
        return issubclass(origin, BaseModel | dict)
    return issubclass(origin, list | tuple)


def _members(source: Any, union: Any) -> dict[str, tuple[Any, CoreSchema]]:
    """Return the members of a union other than None, with their schemas, by the names of classes or their place."""
    inner = union["schema"] if union["type"] == "nullable" else union
    schemas = [one[0] if isinstance(one, tuple) else one for one in inner["choices"]]
    members = [one for one in get_args(source) if one is not NoneType]
    return {
        getattr(member, "__name__", "") if isinstance(member, type) else str(place): (member, schema)
        for place, (member, schema) in enumerate(zip(members, schemas, strict=True))
    }


class _Best(Once):
    """Tries the types of each round that `rounds` gives for a value; of those that accept it, the best one has it.

    That is the first which has no model, else the first with the most fields set, as in pydantic's unions.
    """

    def __init__(self, rounds: Callable[[Any], Sequence[Sequence[str]]]) -> None:
        super().__init__(lambda _: ())
        self._rounds = rounds

    def _tried(
        self, known: dict[Any, Any], value: Any, handler: Callable[[Any], Any]
    ) -> tuple[Any, ValidationError | PydanticCustomError | None]:
        failed: ValidationError | None = None
        rounds = self._rounds(value)
        is_tried_again = sum(map(len, rounds)) > 1
        for choices in rounds:
            best, most = None, -1
            for choice in choices:
                known[self] = choice
                try:
                    found = handler(value)
                except ValidationError as error:
                    failed = min(failed or error, error, key=ValidationError.error_count)
                    continue
                fields = _fields(found, known) if len(choices) > 1 else 0
                if fields is None:
                    return found, None
                if fields > most:
                    best, most = found, fields
            if most >= 0:
                return best, None
        if failed is not None and (is_tried_again or failed.error_count() > _WIDE):
            return None, _first(failed, value)
        return None, failed


def _first(error: ValidationError, value: Any) -> PydanticCustomError:
    """Return the first error as one of the value that refuses: with all errors, and their places, they add up with the depth."""
    one = error.errors(include_url=False, include_input=False)[0]
    context = one.get("ctx", {})
    path = [*place(one["loc"], value), *context.get("path", one["loc"][-1:] if one["type"] == "missing" else ())]
    type_: Any = one["type"]
    kept = {"secret": True} if "secret" in context else {}  # the value may not be shown, see concealed.py
    return PydanticCustomError(type_, "{reason}", {"reason": one["msg"], "path": path, **kept})


def _fields(value: Any, known: dict[Any, Any]) -> int | None:
    """Count the fields that are set in a value, and deeper; None if there is no model in it."""
    if not isinstance(value, BaseModel | list | tuple | dict):
        return None
    key = (_fields, id(value))
    if key not in known:
        is_model = isinstance(value, BaseModel)
        own: Any = value.__dict__ if isinstance(value, BaseModel) else value
        parts = [_fields(part, known) for part in (own.values() if isinstance(own, dict) else own)]
        counts = [part for part in parts if part is not None]
        set_ = len(value.model_fields_set & type(value).model_fields.keys()) if isinstance(value, BaseModel) else 0
        known[key] = (set_ + sum(counts) if is_model or counts else None), value
    found: int | None = known[key][0]
    return found


def _written(union: CoreSchema) -> core_schema.WrapSerializerFunctionSerSchema:
    """Write a value as one of the members; one that none of them can write is not tried again and again."""
    return core_schema.wrap_serializer_function_ser_schema(partial(_write, object()), schema=union)


def _write(union: object, value: Any, handler: Callable[[Any], Any]) -> Any:
    refused = _REFUSED.get()
    if refused is None:
        token = _REFUSED.set({})
        try:
            return _write(union, value, handler)
        finally:
            _REFUSED.reset(token)
    key = (union, id(value))
    times, why, _ = refused.get(key, (0, "", None))
    if times < _ATTEMPTS:
        try:
            return handler(value)
        except ValueError as error:
            why = why or reason(error)[:_TOLD]  # else each text would hold those of what is deeper, twice
            refused[key] = times + 1, why, value  # the value too, so that its identity stays its own
    raise PydanticSerializationUnexpectedValue(why)


class Branches:
    """Picks the branch of a value by its JSON type and by what an object must have; else tries each branch once.

    `needs` has the properties that an object of a class must have, each with its texts; no text stands for any value.
    `classes` has the name of the class that is tried first for each text of the property `name`.
    """

    def __init__(
        self,
        needs: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
        name: str = "",
        classes: Mapping[str, str] | None = None,
    ) -> None:
        self._names = {label: frozenset(one) for label, one in (needs or {}).items()}
        self._texts = {
            label: [(key, frozenset(texts)) for key, texts in one.items() if texts]
            for label, one in (needs or {}).items()
        }
        self.name, self.classes = name, classes or {}
        self._once = _Best(self._rounds)
        self._kinds: dict[type, list[str]] = {}

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        union: Any = handler(source)
        members = _members(source, union)
        return core_schema.json_or_python_schema(
            json_schema=self._wire(union, members), python_schema=_python(union, members), serialization=_written(union)
        )

    def _wire(self, union: CoreSchema, members: _Members) -> CoreSchema:
        self._kinds = _by_kind(members)
        choices = _choices(members, self._kinds)
        once = self._once.schema(choices)
        return core_schema.tagged_union_schema(
            {**choices, _SEVERAL: once, _OTHER: _plain(union, members, self._kinds)},
            discriminator=self._one,
            custom_error_type="union_tag",
            custom_error_message=f"{self.name!r} must be one of: {', '.join(self.classes)}",
        )

    def _one(self, value: Any) -> str | None:
        """Name the branch that a value is for, if there is only one.

        Pydantic makes the value of JSON to ask for it. So that this does not happen again for what is deeper, Once takes
        the value over where it holds others.
        """
        kind = type(value)
        if kind not in self._kinds:
            return _OTHER
        found = self._fitting(value)
        if len(found) == 1 and (len(value) > _WIDE or self._holds(value, kind)):
            return _SEVERAL
        return found[0] if len(found) == 1 else _SEVERAL if found else None

    @staticmethod
    def _holds(value: Any, kind: type) -> bool:
        """Whether a value holds others for the first time, or many of them: each may have an error with a long place."""
        most = 0 if KNOWN.get() is None else _WIDE
        parts = value.values() if kind is dict else value
        return any(type(part) in _HOLDERS and len(part) > most for part in parts)

    def _fitting(self, value: Any) -> list[str]:
        """Name the branches that may accept a value; the one that lacks least if an object lacks something for each."""
        labels = self._kinds[type(value)]
        if not self._names or type(value) is not dict:
            return labels
        names = self._names
        found = [one for one in labels if one not in names or (names[one] <= value.keys() and self._says(one, value))]
        return found or [min(labels, key=lambda one: (not self._says(one, value), len(names[one] - value.keys())))]

    def _says(self, label: str, value: dict[str, Any]) -> bool:
        """Whether the properties of an object have the texts that a class needs."""
        for name, texts in self._texts[label]:
            said = value.get(name)
            if not isinstance(said, str) or said not in texts:
                return False
        return True

    def _rounds(self, value: Any) -> list[list[str]]:
        """Name the branch to be tried first, if there is one, and all that may accept the value."""
        found = self._fitting(value)
        tag = value.get(self.name) if self.name and isinstance(value, dict) else None
        first = self.classes.get(tag) if isinstance(tag, str) else None
        return [[first], [label for label in found if label != first]] if first in found else [found]


class Constants(Branches):
    """Picks the class of an object by a property of the wire: `classes` has the name of the class for each text.

    No class of the union accepts an object with another text, and no other member accepts an object.
    """

    def __init__(self, name: str, classes: Mapping[str, str]) -> None:
        super().__init__(None, name, classes)
        self._found = {tag: [label] for tag, label in self.classes.items()}

    def _wire(self, union: CoreSchema, members: _Members) -> CoreSchema:
        if len(members) > len({*self.classes.values()}):
            return super()._wire(union, members)
        choices = {tag: members[label][1] for tag, label in self.classes.items()}
        tagged = core_schema.tagged_union_schema(choices, discriminator=self.name)
        return core_schema.nullable_schema(tagged) if union["type"] == "nullable" else tagged

    def _fitting(self, value: Any) -> list[str]:
        if type(value) is not dict:
            return self._kinds[list]
        tag = value.get(self.name)
        return self._found.get(tag, []) if isinstance(tag, str) else []


def _by_kind(members: _Members) -> dict[type, list[str]]:
    kinds = {kind: [label for label, (member, _) in members.items() if _read_as(member, kind)] for kind in _HOLDERS}
    return {kind: labels for kind, labels in kinds.items() if labels}


def _plain(union: Any, members: _Members, kinds: Mapping[type, Sequence[str]]) -> CoreSchema:
    """Read what is neither object nor array: by the members for that, else as the first one, which refuses it."""
    found = [schema for member, schema in members.values() if not _is_holder(member)]
    first = [members[label][1] for labels in kinds.values() for label in labels]
    inner = core_schema.union_schema([*found]) if len(found) > 1 else [*found, *first][0]
    return core_schema.nullable_schema(inner) if union["type"] == "nullable" else inner


def _choices(members: _Members, kinds: Mapping[type, Sequence[str]]) -> dict[str, CoreSchema]:
    return {label: members[label][1] for labels in kinds.values() for label in labels}


def _python(union: CoreSchema, members: _Members) -> CoreSchema:
    """Read what Python gives: dicts and lists, which may have the names of fields, as the best of all members."""
    kinds = _by_kind(members)
    once = _Best(lambda value: [kinds.get(type(value), [])]).schema(_choices(members, kinds))
    return core_schema.tagged_union_schema(
        {_SEVERAL: once, _OTHER: union},
        discriminator=lambda value: _SEVERAL if type(value) in kinds else _OTHER,
    )
