"""Reading bodies whose types recurse or are told apart by tags: quick ways first, which say nothing of what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any, NoReturn

from pydantic import GetCoreSchemaHandler, ValidationError
from pydantic_core import CoreConfig, CoreSchema, PydanticCustomError, SchemaValidator, core_schema, from_json

from .base import HASTY, KNOWN, Model, deep, finite
from .exact import bare, copied, inside
from .once import FORGETS, Once, instead, looked_through
from .steps import STEPS, Steps

NATIVE, LEAD, QUICK = "<native>", "<lead>", "<quick>"
"""Choices of what Python gives that are never taken: how JSON is read by compiled code alone; how Python's values are read as
JSON's, by the class that the names of properties lead to; and by each class that may have an object."""
STRICT = CoreConfig(strict=True, allow_inf_nan=False)
_REFUSED = PydanticCustomError("refused", "The value is read again, to say what is wrong")


def is_hasty(context: Any) -> bool:
    """Whether this is a first reading, and a second one follows."""
    return isinstance(context, dict) and HASTY.keys() <= context.keys()


def silent(schema: CoreSchema) -> CoreSchema:
    """Have all that is wrong told as one error: each would have a place as long as the value is deep. Other exceptions pass."""
    return core_schema.union_schema(
        [schema],
        auto_collapse=False,
        custom_error_type="branch",
        custom_error_message="The value is as no branch",
        mode="left_to_right",
    )


def _is_nested(schema: Any) -> bool:
    return "alone" in schema.get("metadata", ())


class _Stopped(Exception):
    """Ends a reading at the first problem: pydantic copies what each one is about, with all that lies in it."""


def stop(_: object = None) -> NoReturn:
    """End the whole reading."""
    raise _Stopped


def stopping(schema: CoreSchema) -> CoreSchema:
    """Have the whole reading end where a schema refuses a value."""
    return instead(schema, stop)


def _ways(schema: Any) -> Mapping[Any, Any]:
    """Return the choices of what Python gives; none for what has only one way."""
    found: Any = schema["python_schema"].get("choices") if schema["type"] == "json-or-python" else None
    return found if isinstance(found, dict) else {}


def _named(schema: Any, other: Any) -> Any:
    """Return a schema that takes the place of another one."""
    return {**schema, "ref": other["ref"]} if "ref" in other else schema


def _inlined(schema: Any) -> Any:
    """Put each class that a single place leads to in that place: what leads back is looked up once for a value, not twice."""
    if schema["type"] != "definitions":
        return schema
    led = Counter(one["schema_ref"] for one in inside(schema) if one["type"] == "definition-ref")
    alone = {one["ref"]: one for one in schema["definitions"] if one["type"] == "model" and led[one["ref"]] == 1}
    taken = set[str]()

    def inline(one: Any) -> Any:
        if one["type"] != "definition-ref" or one["schema_ref"] not in alone:
            return one
        taken.add(one["schema_ref"])
        return _named(
            bare(alone[one["schema_ref"]]), one
        )  # as it is: classes inside each other without end would take the stack

    others = [copied(one, inline) for one in schema["definitions"] if one["ref"] not in alone]
    found = copied(schema["schema"], inline)
    return {**schema, "schema": found, "definitions": [*others, *(alone[ref] for ref in alone if ref not in taken)]}


def _as_json(schema: Any) -> Any:
    """Have a type take what JSON has for it: not for less than another member of a union that takes it, as `strict=False` would."""
    lax = {**bare(schema), "strict": False}
    if schema["type"] == "tuple":
        return core_schema.no_info_before_validator_function(_tuple, lax, metadata=FORGETS)
    return core_schema.no_info_plain_validator_function(SchemaValidator(lax).validate_python, metadata=FORGETS)


def _tuple(value: Any) -> Any:
    return tuple(value) if type(value) is list else value


def once(schema: Any) -> Any:
    """Read what leads back to itself so that each value has a few errors only, or one: each has a place as long as it is deep."""
    return _named(Once(lambda _: ("",)).alone(bare(schema)), schema)


class _LeadsBack:
    """Marks an alias that leads back to itself."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return nested(handler(source))


def nested(schema: Any) -> CoreSchema:
    """Mark what leads back to itself: whether it is refused is found before what is wrong with it is told."""
    metadata = {**schema.get("metadata", {}), "reading": Reading, "alone": once}
    return {**schema, "metadata": metadata}


LeadsBack = _LeadsBack()
"""Marks an alias that leads back to itself."""


class NestingModel(Model):
    """An object that may hold others of its class."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = super().__get_pydantic_core_schema__(source, handler)
        return nested(schema) if schema["type"] == "model" else schema


class Values:
    """Reads Python's values as JSON's, so that none has to be made again for what lies deeper."""

    def __init__(self, schema: Callable[[], CoreSchema]) -> None:
        self._schema = schema

    @cached_property
    @deep()
    def _first(self) -> tuple[SchemaValidator, bool]:
        return self._made(LEAD, QUICK)

    @cached_property
    @deep()
    def _second(self) -> tuple[SchemaValidator, bool]:
        return self._made(QUICK)

    def _made(self, *wanted: str) -> tuple[SchemaValidator, bool]:
        """Return what reads in the first way that there is, and whether anything in it wants to remember what it found."""
        remembers: list[Any] = []

        def quick(one: Any) -> Any:
            if one["type"] in ("uuid", "tuple") and one.get("strict") is not False:
                return _named(_as_json(one), one)
            if _is_nested(one):
                return _named(silent(bare(one)), one)
            if one["type"] != "json-or-python":
                return one
            ways = _ways(one)
            return _named(next((ways[way] for way in wanted if way in ways), one["json_schema"]), one)

        def look(one: Any) -> Any:
            function = one.get("function")  # that of a serialization is no dict
            if isinstance(function, dict) and function["function"] is not finite and one.get("metadata") is not FORGETS:
                remembers.append(one)
            return one

        schema = copied(self._schema(), quick)
        copied(schema, look)
        return SchemaValidator(_inlined(schema), STRICT, _use_prebuilt=False), bool(remembers)

    def read(self, value: Any, context: Any) -> Any:
        """Read what JSON is to Python; raise ValueError for what is read again, to say what is wrong."""
        if not self._first[1]:  # nor does the second one judge texts
            return self._twice(value, context)
        with (STEPS.get() or Steps()).quietly():
            return self._twice(value, context)

    def _twice(self, value: Any, context: Any) -> Any:
        with suppress(_Stopped, ValueError):
            return self._read(self._first, value, context)
        return self._read(self._second, value, context)

    def _read(self, reader: tuple[SchemaValidator, bool], value: Any, context: Any) -> Any:
        validator, remembers = reader
        if not remembers or KNOWN.get() is not None:
            return validator.validate_python(value, context=context)
        value, known = looked_through(value)
        if known:
            raise ValueError("what holds NaN or infinity is read again")
        token = KNOWN.set(known)
        try:
            return validator.validate_python(value, context=context)
        finally:
            KNOWN.reset(token)


class Reading:
    """Reads the JSON of a whole body in the place of pydantic's own validator. What it refuses is read again (wire/contract.py)."""

    def __init__(self, schema: CoreSchema, plain: SchemaValidator) -> None:
        self._schema, self._plain = schema, plain
        self._values = Values(lambda: schema)
        self.validate_python = plain.validate_python

    @cached_property
    @deep()
    def _native(self) -> SchemaValidator | None:
        """Return what reads JSON by compiled code alone; None if something in it needs more."""
        others: list[Any] = []

        def native(one: Any) -> Any:
            ways = _ways(one)
            if _is_nested(one):
                return _named(stopping(bare(one)), one)
            if LEAD in ways and NATIVE not in ways:
                others.append(one)
            return _named(ways[NATIVE], one) if NATIVE in ways else one

        schema = copied(self._schema, native)
        return None if others else SchemaValidator(schema, STRICT, _use_prebuilt=False)

    def validate_json(self, data: bytes | str, *, context: Any = None, **options: Any) -> Any:
        """Read JSON; raise ValidationError."""
        if options or not is_hasty(context):
            return self._plain.validate_json(data, context=context, **options)
        if self._native is not None:
            try:
                return self._native.validate_json(data, context=context)
            except _Stopped:
                pass
        try:
            value = from_json(data, cache_strings="keys")  # other texts are seldom the same
        except ValueError:
            return self._plain.validate_json(data, context=context)  # which says what is wrong
        try:
            return self._values.read(value, context)
        except ValueError:
            raise ValidationError.from_exception_data("body", [{"type": _REFUSED, "loc": (), "input": None}]) from None
