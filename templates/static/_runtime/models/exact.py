"""What is sent of a model: its declared class, with whatever was given, assigned or changed in place.

`model_dump` and the like stay pydantic's own. For the wire, a schema is copied with a plain function at each model: the JSON is
still made by pydantic's compiled core, which costs half as much as with a function that wraps it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from pydantic_core import (
    PydanticSerializationError,
    PydanticSerializationUnexpectedValue,
    SchemaSerializer,
    core_schema,
)

from .base import Model, deep

SENT: Any = {"by_alias": True, "exclude_unset": True, "warnings": "error"}
_PLAIN = (str, int, bool, float, type(None))
_ONE = frozenset(
    "schema json_schema python_schema lax_schema strict_schema items_schema keys_schema values_schema extras_schema"
    " serialization return_schema".split()
)
_MANY = frozenset({"fields", "choices", "steps", "definitions", "items_schema"})
_VALUE = re.compile(r"input_value=.*, (?=input_type=)", re.DOTALL)
_WARNING = re.compile(r"PydanticSerializationUnexpectedValue\((.*?)\)$", re.MULTILINE | re.DOTALL)
_EXPECTED = re.compile(r"Expected `(.*)` - serialized value may not be as expected \[.*input_type=(.*)\]", re.DOTALL)


def copied(schema: Any, change: Callable[[Any], Any]) -> Any:
    """Copy a core schema, with each schema in it changed: the innermost first."""
    result = dict(schema)
    for key, value in schema.items():
        if key in _ONE and isinstance(value, dict):
            result[key] = copied(value, change)
        elif key in _MANY and isinstance(value, dict):
            result[key] = {name: copied(one, change) for name, one in value.items()}
        elif key in _MANY and isinstance(value, list):  # a choice may have a label
            result[key] = [(copied(o[0], change), *o[1:]) if isinstance(o, tuple) else copied(o, change) for o in value]
    return change(result)


def exactly(schema: Any) -> Any:
    """Have a model written by a Writer, and the models in any other JSON value too."""
    if "serialization" in schema:
        return schema
    if schema["type"] == "any":
        return {**schema, "serialization": core_schema.plain_serializer_function_ser_schema(_own, info_arg=True)}
    if schema["type"] == "literal":  # in a union pydantic looks whether it is one of the values
        return either(schema, schema)
    if schema["type"] != "model":
        return schema
    found = opened(schema, core_schema.any_schema(serialization=_NO_FIELD)) if is_closed(schema["cls"]) else schema
    return written(found, Writer(schema["cls"]))


def _no_field(_value: Any) -> Any:
    raise PydanticSerializationUnexpectedValue("the schema has no such field")


_NO_FIELD = core_schema.plain_serializer_function_ser_schema(_no_field)


def is_closed(cls: Any) -> bool:
    """Tell whether a model takes no further fields."""
    return bool(cls.model_config.get("extra") == "forbid")


def opened(schema: Any, extras: Any) -> Any:
    """Let a model have further fields, which have a schema: a closed one would leave them out in silence."""
    fields = {**schema["schema"], "extra_behavior": "allow", "extras_schema": extras}
    config = {**schema.get("config", {}), "extra_fields_behavior": "allow"}
    return {**schema, "schema": fields, "config": config}


def bare(schema: Any) -> Any:
    """Return a core schema without the name by which others refer to it."""
    return {key: value for key, value in schema.items() if key != "ref"}


def either(schema: Any, other: Any) -> Any:
    """Return a union that takes a schema's place."""
    union = core_schema.union_schema([bare(schema), bare(other)], mode="left_to_right")
    return {**union, **({"ref": schema["ref"]} if "ref" in schema else {})}


def written(schema: Any, writer: Writer) -> Any:
    """Have instances of a model written as `writer` says."""
    # Twins write themselves.
    inner = bare(schema) | {"config": {**schema.get("config", {}), "polymorphic_serialization": True}}
    function = core_schema.plain_serializer_function_ser_schema(writer.function, return_schema=inner)
    return {**schema, "serialization": function}


@deep()
def exact(schema: Any, change: Callable[[Any], Any] = exactly) -> SchemaSerializer:
    """Return what writes values of a core schema to be sent; other values are a PydanticSerializationError."""
    return SchemaSerializer(copied(schema, change), {"ser_json_inf_nan": "constants"}, _use_prebuilt=False)


def _own(value: Any, info: Any) -> Any:
    """Write the models in a value of any type, each as its own class."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Model):
        try:
            return serializer(type(value)).to_python(value, mode="json", context=info.context, **SENT)
        except PydanticSerializationError as error:
            raise PydanticSerializationUnexpectedValue(reason(error)) from None
    if isinstance(value, dict):
        return {key: _own(item, info) for key, item in value.items()}
    return [_own(item, info) for item in value] if isinstance(value, list | tuple) else value


@cache
def serializer(cls: type[Model]) -> SchemaSerializer:
    """Return what writes the instances of a class."""
    cls.model_rebuild()
    return exact(cls.__pydantic_core_schema__)


@cache
def _twin(cls: type[Model]) -> Any:
    """Return a subclass that is written by the exact serializer of its parent, wherever a parent of both is declared."""
    return type.__new__(type(cls), "Twin", (cls,), {"__twin__": True, "__pydantic_serializer__": serializer(cls)})


class Writer:
    """Gives what is written of a value where the model `cls` is declared.

    Its `function` raises PydanticSerializationUnexpectedValue for an instance of another class, which lets a union go on
    to its next member, and for a subclass with more fields: those of a `UserInDB` must not leave as a `User`.
    """

    def __init__(self, cls: Any) -> None:
        self.cls = cls
        fields = cls.model_fields.items()
        found = [(n, f.default_factory() if f.default_factory in (list, dict) else f.default) for n, f in fields]
        # With the text of each that is not empty: [1] equals [True] in Python, not in JSON.
        self.defaults = [(n, one, repr(one) if one else "") for n, one in found if type(one).__hash__ is None]
        self.function = self.changed if self.defaults else self.plain

    def plain(self, value: Any) -> Any:
        """Write a model of which no default can change in place."""
        return value if type(value) is self.cls else self.fitting(value)

    def changed(self, value: Any) -> Any:
        """Write a model: a default that was changed in place counts as given, in a copy."""
        if type(value) is not self.cls:
            value = self.fitting(value)
        given, held = value.__pydantic_fields_set__, value.__dict__
        for name, default, text in self.defaults:
            if name not in given and ((found := held.get(name, default)) != default or (text and repr(found) != text)):
                given = {*given, name}
        if given is value.__pydantic_fields_set__:
            return value
        return model_of(type(value), held, value.__pydantic_extra__, given)

    def fitting(self, value: Any) -> Any:
        """Return an instance of a subclass as one of `cls`, or whole where the discriminator of `cls` names its class."""
        cls: Any = self.cls
        own: Any = type(value).__base__ if "__twin__" in vars(type(value)) else type(value)
        if not isinstance(value, cls):
            raise PydanticSerializationUnexpectedValue(f"{cls.__name__} is needed, not {own.__name__}")
        kind = next(one for one in own.__mro__ if one is cls or cls.__discriminates__(one))
        more = {*own.model_fields, *own.model_computed_fields} - {*kind.model_fields}
        if more:
            names = ", ".join(sorted(more))
            raise PydanticSerializationUnexpectedValue(
                f"{own.__name__} has fields that {kind.__name__} has not: {names}"
            )
        extra = value.__pydantic_extra__ or (None if is_closed(kind) else {})
        whole = kind if kind is cls else _twin(kind)
        return model_of(whole, value.__dict__, extra, value.__pydantic_fields_set__)


def model_of(cls: Any, held: dict[str, Any], extra: dict[str, Any] | None, given: set[str]) -> Any:
    """Return a model of fields and further properties as they are; `given` names the fields that were set."""
    model = cls.__new__(cls)
    object.__setattr__(model, "__dict__", held)
    object.__setattr__(model, "__pydantic_extra__", extra)
    object.__setattr__(model, "__pydantic_fields_set__", given)
    object.__setattr__(model, "__pydantic_private__", None)
    return model


def reason(error: Exception) -> str:
    """Say why a value can't be written; never with the value, which may be secret."""
    text = _VALUE.sub("", str(error))
    found = [_EXPECTED.sub(r"\1 is needed, not \2", one) for one in _WARNING.findall(text)]
    return "; ".join(dict.fromkeys(found)) or text
