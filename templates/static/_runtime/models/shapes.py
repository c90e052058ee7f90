"""What JSON Schema can say of a value's type and Python's types can't."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import reduce
from operator import or_
from typing import Annotated, Any, ClassVar, Protocol, TypeVar, get_args, get_origin

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticSerializationUnexpectedValue, core_schema

from .base import LONGEST, Model, Value

T = TypeVar("T")
OTHER = "\0"
"""Marks what a schema without `type` lets pass; never part of a wire name."""


class Judge(Protocol):
    """Returns a value, or raises PydanticCustomError (of rules.py)."""

    def judge(self, value: Any) -> Any:
        """Judge a value."""


def judged(cls: type[Model], schema: Any) -> CoreSchema:
    """Have a class judged as a whole by its `__rule__`."""
    rule: Judge | None = vars(cls).get("__rule__")
    if rule is None:
        return schema  # type: ignore[no-any-return]
    inner: Any = dict(schema)
    reference = inner.pop("ref", None)
    return core_schema.no_info_after_validator_function(rule.judge, inner, ref=reference)


class RuledModel(Model):
    """An object that is judged by `__rule__` as a whole."""

    __rule__: ClassVar[Judge]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = super().__get_pydantic_core_schema__(source, handler)
        return judged(cls, schema) if schema["type"] == "model" else schema


class LooseModel(Model):
    """An object whose schema has no `type`: every JSON value that is no object passes, unless `__rule__` refuses it."""

    __rule__: ClassVar[Judge]

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = super().__get_pydantic_core_schema__(source, handler)
        return judged(cls, loose(schema, OBJECTS, handler)) if schema["type"] == "model" else schema


OBJECTS, _ARRAYS = (dict, BaseModel), (list, tuple)


def loose(schema: Any, kinds: tuple[type, ...], handler: GetCoreSchemaHandler) -> CoreSchema:
    """Apply a schema to values of some kinds and let all others pass."""

    def other(value: Any) -> Any:
        if isinstance(value, kinds):  # pydantic tries each choice where the first one cannot write
            raise PydanticSerializationUnexpectedValue(f"this is no place for {type(value).__name__}")
        return value

    inner = dict(schema)
    reference = inner.pop("ref", None)
    anything = handler.generate_schema(Value)
    serialization = core_schema.plain_serializer_function_ser_schema(other, return_schema=anything)
    choices: dict[Hashable, Any] = {OTHER: inner, "value": {**anything, "serialization": serialization}}
    return core_schema.tagged_union_schema(
        choices, discriminator=lambda value: OTHER if isinstance(value, kinds) else "value", ref=reference
    )


class _Loose:
    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        inner = reduce(or_, get_args(source)[:-1])  # the last one is Value
        schema = handler.generate_schema(inner)
        bare = get_origin(get_args(inner)[0] if get_origin(inner) is Annotated else inner)
        if bare not in (dict, *_ARRAYS):  # a LooseModel lets others pass by itself
            return schema
        return loose(schema, _ARRAYS if bare in _ARRAYS else OBJECTS, handler)


AnyOther = _Loose()
Loose = Annotated[T | Value, AnyOther]
"""A schema without `type` that speaks of T: every JSON value that is none passes as it is."""


class Tagged:
    """Picks the class in a union by a property of the wire: `classes` has the name of the class for each text.

    `binding`: no other class accepts a value with that text, and none a value with another text.
    """

    def __init__(self, name: str, classes: Mapping[str, str], *, binding: bool = True) -> None:
        self.name = name
        self.classes = classes
        self.binding = binding

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        union = handler(source)
        by_name = {
            part.__name__: handler.generate_schema(part) for part in get_args(source) if hasattr(part, "__name__")
        }
        choices = {tag: by_name[name] for tag, name in self.classes.items()}
        tagged = core_schema.tagged_union_schema(choices, discriminator=self.name)
        wire = tagged if self.binding else core_schema.union_schema([tagged, union], mode="left_to_right")
        # Written as the plain union: pydantic does not write a tagged one that stands in a union with str or float.
        same = core_schema.plain_serializer_function_ser_schema(_same, return_schema=union)
        return core_schema.json_or_python_schema(json_schema=wire, python_schema=union, serialization=same)


def _same(value: Any) -> Any:
    return value


class _Exactly:
    """Tells 1 from true, as JSON Schema does; Python's literals do not."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        by_type: dict[tuple[type, bool], list[Any]] = {}
        for value in get_args(source):  # beside integers of 64 bits, a literal does not take longer ones
            long = isinstance(value, int) and value.bit_length() > 63
            by_type.setdefault((type(value), long), []).append(value)
        first = {bool: core_schema.bool_schema(strict=True), int: core_schema.int_schema(strict=True)}
        parts = [
            core_schema.chain_schema([*([first[kind]] if kind in first else []), core_schema.literal_schema(values)])
            for (kind, _), values in by_type.items()
        ]
        between = ", " if by_type.keys() == {(str, False)} else " or "  # texts as pydantic has them: these are many
        expected = between.join(map(repr, get_args(source)))
        context = {"expected": expected if len(expected) < 2 * LONGEST else f"{expected[: 2 * LONGEST]}…"}
        return core_schema.custom_error_schema(
            core_schema.union_schema([*parts]), "literal_error", custom_error_context=context
        )

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        expected = [value for part in schema["schema"]["choices"] for value in part["steps"][-1]["expected"]]
        return handler(core_schema.literal_schema(expected))


Exactly = _Exactly()
