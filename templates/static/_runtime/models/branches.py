"""Unions that recurse: which branch has a value, so that the time for a body grows as the body does.

Pydantic alone would try each branch for an object, for each branch of the object around it: 2^depth times.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from functools import partial
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticSerializationUnexpectedValue, core_schema

from .base import KNOWN
from .best import Best
from .exact import OTHER, SEVERAL, TELLING, reason
from .hasty import HOLDERS, Hasty, Quick
from .once import WIDE, holds
from .reading import LEAD, NATIVE, QUICK, Reading, silent, stopping
from .shapes import LooseModel

_ATTEMPTS = 2
"""So often a value that can't be written is tried: strictly, and not."""
_ASKED = 4
"""So many classes are asked for one after the other; more of them are looked up, which takes as long as some questions."""
_TOLD = 200
"""So many characters of the reason why a value can't be written are told."""
_REFUSED: ContextVar[dict[Any, tuple[int, str, Any]] | None] = ContextVar("refused", default=None)


_Members = Mapping[str, tuple[Any, CoreSchema]]


def _origin(member: Any) -> Any:
    """Return the class of a member of a union; None for an alias, another union, or any value."""
    bare = get_args(member)[0] if get_origin(member) is Annotated else member
    origin = get_origin(bare) or bare
    return origin if isinstance(origin, type) and origin not in (Any, UnionType) else None


def _is_any(member: Any, *, is_inner: bool = False) -> bool:
    """Whether a member accepts any value, any object or any array."""
    bare = get_args(member)[0] if get_origin(member) is Annotated else getattr(member, "__value__", member)
    is_holder = get_origin(bare) in HOLDERS and not is_inner
    return bare is Any or (is_holder and _is_any(get_args(bare)[-1], is_inner=True))


def _is_loose(origin: Any) -> bool:
    return issubclass(origin, LooseModel) or bool(getattr(origin, "__loose__", False))


def _is_plain(origin: Any) -> bool:
    """Whether a class has an object as nothing but itself, see tags.py."""
    return origin is not None and issubclass(origin, BaseModel) and not hasattr(origin, "__tags__")


def _is_holder(member: Any) -> bool:
    """Whether a member accepts objects and arrays alone."""
    origin = _origin(member)
    return origin is not None and issubclass(origin, (BaseModel, *HOLDERS, tuple)) and not _is_loose(origin)


def _read_as(member: Any, kind: type) -> bool:
    """Whether a member of a union may accept a JSON value of a kind, dict or list."""
    bare = get_args(member)[0] if get_origin(member) is Annotated else member
    if get_origin(bare) in (Union, UnionType):  # written inline
        return any(_read_as(one, kind) for one in get_args(bare))
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
        self._plain_classes: dict[str, Any] = {}
        self._anything = set[str]()
        self._once = Best(self._rounds, self._plain_classes, self._anything)
        self._kinds: dict[type, list[str]] = {}

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        union: Any = handler(source)
        members = _members(source, union)
        self._kinds = _by_kind(members)
        self._plain_classes.update(
            {one: origin for one, (member, _) in members.items() if _is_plain(origin := _origin(member))}
        )
        self._anything.update(one for one, (member, _) in members.items() if _is_any(member))
        compiled = self._by_compiled_code(union, members)
        hasty = Hasty(Annotated[source, self], [_origin(member) for member, _ in members.values()])
        first = silent(compiled) if compiled else core_schema.with_info_plain_validator_function(hasty.read)
        ways = {NATIVE: first, QUICK: first} if compiled else self._ways(union, members)
        once = partial(Best, anything={str(number) for number, one in enumerate(members) if one in self._anything})
        return core_schema.json_or_python_schema(
            json_schema=first,
            python_schema=self._python(union, members, {TELLING: self._wire(union, members), **ways}),
            serialization=_written(union),
            metadata={"once": once, "reading": Reading},  # for a reader that is tolerant, and for one that is not
        )

    def _python(self, union: CoreSchema, members: _Members, others: Mapping[str, CoreSchema]) -> CoreSchema:
        """Read what Python gives: dicts and lists, which may have the names of fields, as the best of all members."""
        best = Best(lambda value: [self._kinds[type(value)]], {}, self._anything)
        return core_schema.tagged_union_schema(
            {SEVERAL: best.schema(_choices(members, self._kinds)), OTHER: union, **others},
            discriminator=lambda value: SEVERAL if type(value) in self._kinds else OTHER,
        )

    def _by_compiled_code(self, union: Any, members: _Members) -> CoreSchema | None:
        """Read JSON without any function in Python, if constants or JSON types tell the members apart."""
        is_ruled = any(hasattr(_origin(member), "__rule__") for member, _ in members.values())
        decided = None if is_ruled else self._compiled(members)  # rules take from Once what they found deeper
        if decided is None:
            return None
        scalars = _scalars(members)
        others = [core_schema.union_schema([*scalars])] if scalars else []
        read = core_schema.union_schema([*decided, *others], mode="left_to_right")
        return core_schema.nullable_schema(read) if union["type"] == "nullable" else read

    def _ways(self, union: Any, members: _Members) -> dict[str, CoreSchema]:
        """Read Python's values as `_wire` does, but say nothing of what is wrong: by one class alone, and by all.

        What the one class refuses ends the whole reading: another one may accept it, and a union around would go on.
        """
        choices = _choices(members, self._kinds)
        needs = {label: self._names.get(label, frozenset[str]()) for label in self._kinds.get(dict, [])}
        hints = self.name, self.classes
        quick = Quick(needs, self._plain_classes, self._anything, self._kinds.get(list, []), hints)
        other = _plain(union, members, self._kinds)
        led = {**{label: stopping(one) for label, one in choices.items()}, OTHER: other}
        lead = silent(core_schema.tagged_union_schema(led, discriminator=quick.lead))
        if own := self._own_names(members):
            named = stopping(_by_names([(own[one], choices[one]) for one in own]))
            lead = core_schema.chain_schema([core_schema.is_instance_schema(dict), named])  # others have no names
            lead = core_schema.nullable_schema(lead) if union["type"] == "nullable" else lead
        return {LEAD: lead, QUICK: silent(quick.reader(choices, other))}

    def _own_names(self, members: _Members) -> dict[str, str]:
        """Name a property for each class that it needs and no other one: which of them an object has tells compiled code the class.

        None where the union holds more than such classes.
        """
        found: dict[str, str] = {}
        for one, names in self._names.items():
            others = frozenset[str]().union(*(more for other, more in self._names.items() if other != one))
            found |= {one: min(names - others)} if names - others else {}
        return found if len(found) > 1 and found.keys() == members.keys() == self._plain_classes.keys() else {}

    def _compiled(self, members: _Members) -> list[CoreSchema] | None:
        """Return what reads objects and arrays without any function in Python, if JSON types tell the members apart."""
        labels = [label for few in self._kinds.values() for label in few]
        if any(len(few) > 1 for few in self._kinds.values()) or not all(_is_holder(members[one][0]) for one in labels):
            return None
        return [members[one][1] for one in labels]

    def _wire(self, union: CoreSchema, members: _Members) -> CoreSchema:
        choices = _choices(members, self._kinds)
        once = self._once.schema(choices)
        return core_schema.tagged_union_schema(
            {**choices, SEVERAL: once, OTHER: _plain(union, members, self._kinds)},
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
            return OTHER
        found = self._fitting(value)
        if len(found) == 1 and (len(value) > WIDE or holds(value, WIDE if KNOWN.get() is not None else 0)):
            return SEVERAL
        return found[0] if len(found) == 1 else SEVERAL if found else None

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

    def _compiled(self, members: _Members) -> list[CoreSchema] | None:
        arrays = self._kinds.get(list, [])
        if len(arrays) > 1 or not all(_is_holder(members[one][0]) for one in arrays):
            return None
        choices = {tag: members[label][1] for tag, label in self.classes.items()}
        tagged = core_schema.tagged_union_schema(choices, discriminator=self.name)
        return [tagged, *(members[one][1] for one in arrays)]

    def _fitting(self, value: Any) -> list[str]:
        if type(value) is not dict:
            return self._kinds[list]
        tag = value.get(self.name)
        return self._found.get(tag, []) if isinstance(tag, str) else []


def _by_kind(members: _Members) -> dict[type, list[str]]:
    kinds = {kind: [label for label, (member, _) in members.items() if _read_as(member, kind)] for kind in HOLDERS}
    return {kind: labels for kind, labels in kinds.items() if labels}


def _scalars(members: _Members) -> list[CoreSchema]:
    return [schema for member, schema in members.values() if not _is_holder(member)]


def _plain(union: Any, members: _Members, kinds: Mapping[type, Sequence[str]]) -> CoreSchema:
    """Read what is neither object nor array: by the members for that, else as the first one, which refuses it."""
    found = _scalars(members)
    first = [members[label][1] for labels in kinds.values() for label in labels]
    inner = core_schema.union_schema([*found]) if len(found) > 1 else [*found, *first][0]
    return core_schema.nullable_schema(inner) if union["type"] == "nullable" else inner


def _by_names(classes: Sequence[tuple[str, CoreSchema]]) -> CoreSchema:
    """Read an object as the class that needs one of its properties, if it has none that another class needs.

    What a set knows of the names is asked without any function in Python.
    """
    if len(classes) == 1:
        return classes[0][1]
    if len(classes) > _ASKED:
        known = {frozenset([name]): schema for name, schema in classes}
        return core_schema.tagged_union_schema({**known}, discriminator=frozenset().union(*known).intersection)
    (name, schema), *others = classes
    alone = core_schema.tagged_union_schema(
        {True: schema}, discriminator=frozenset(one for one, _ in others).isdisjoint
    )
    either = {False: alone, True: _by_names(others)}
    return core_schema.tagged_union_schema({**either}, discriminator=frozenset([name]).isdisjoint)


def _choices(members: _Members, kinds: Mapping[type, Sequence[str]]) -> dict[str, CoreSchema]:
    return {label: members[label][1] for labels in kinds.values() for label in labels}
