"""What is sent of a model: its declared class, with whatever was given, assigned or changed in place.

`model_dump` and the like stay pydantic's own. For the wire, a schema is copied with a plain function at each model: the JSON is
still made by pydantic's compiled core, which costs half as much as with a function that wraps it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from pydantic_core import PydanticSerializationUnexpectedValue, SchemaSerializer, core_schema

from .base import Model, deep

SENT: Any = {"by_alias": True, "exclude_unset": True, "warnings": "error"}
_ONE = frozenset(
    "schema json_schema python_schema lax_schema strict_schema items_schema keys_schema values_schema extras_schema"
    " serialization return_schema".split()
)
SEVERAL, OTHER = "<several>", "<other>"  # never the names of classes
TELLING = "<telling>"
"""The choice of what Python gives that is never taken: how JSON is read a second time, to say what is wrong."""
_MANY = frozenset({"fields", "choices", "steps", "definitions", "items_schema"})


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


def inside(schema: Any) -> list[Any]:
    """Return a core schema, and each schema in it."""
    found: list[Any] = []

    def look(one: Any) -> Any:
        found.append(one)
        return one

    copied(schema, look)
    return found


def exactly(schema: Any) -> Any:
    """Have a model written by a Writer, models in any other JSON value too, and a literal only with one of its values."""
    kind = schema["type"]
    if "serialization" in schema or kind not in ("any", "literal", "model"):
        return schema
    if kind == "any":
        return {**schema, "serialization": core_schema.plain_serializer_function_ser_schema(_own, info_arg=True)}
    if kind == "literal":
        return either(schema, schema)  # pydantic looks at its values in a union only
    return written(schema, Writer(schema["cls"]))


def written(schema: Any, writer: Writer) -> Any:
    """Have instances of a model written as `writer` says."""
    function = core_schema.plain_serializer_function_ser_schema(writer.function, return_schema=bare(schema))
    return {**schema, "serialization": function}


def telling(schema: Any) -> Any:
    """Return a core schema whose unions that recurse are read slowly, and say what is wrong; None if it has none."""
    found: list[Any] = []

    def slow(one: Any) -> Any:
        if alone := one.get("metadata", {}).get("alone"):  # see reading.py
            found.append(alone(one))
            return found[-1]
        other = one.get("python_schema", {})
        if other.get("type") != "tagged-union" or TELLING not in other["choices"]:
            return one
        found.append({**one, "json_schema": other["choices"][TELLING]})
        return found[-1]

    changed = copied(schema, slow)
    return changed if found else None


def reading(schema: Any, plain: Any) -> Any:
    """Return what reads JSON of a core schema: `plain`, or what a type in it has for that (models/reading.py)."""
    # As is all that leads back to itself.
    found = inside(schema) if schema["type"] == "definitions" else []
    read = next(filter(None, (one.get("metadata", {}).get("reading") for one in found)), None)
    return read(schema, plain) if read else plain


def bare(schema: Any) -> Any:
    """Return a core schema without the name by which others refer to it."""
    return {key: value for key, value in schema.items() if key != "ref"}


def either(schema: Any, other: Any) -> Any:
    """Return a union that takes a schema's place."""
    union = core_schema.union_schema([bare(schema), bare(other)], mode="left_to_right")
    return {**union, **({"ref": schema["ref"]} if "ref" in schema else {})}


@deep()
def exact(schema: Any, change: Callable[[Any], Any] = exactly) -> SchemaSerializer:
    """Return what writes values of a core schema to be sent; other values are a PydanticSerializationError."""
    return SchemaSerializer(copied(schema, change), {"ser_json_inf_nan": "constants"}, _use_prebuilt=False)


@cache
def serializer(cls: type[Model]) -> SchemaSerializer:
    """Return what writes the instances of a class."""
    cls.model_rebuild()
    return exact(cls.__pydantic_core_schema__)


def _own(value: Any, info: Any) -> Any:
    """Write the models in a value of any type, each as its own class."""
    if isinstance(value, Model):
        return serializer(type(value)).to_python(value, mode="json", context=info.context, **SENT)
    if isinstance(value, dict):
        return {key: _own(item, info) for key, item in value.items()}
    return [_own(item, info) for item in value] if isinstance(value, list | tuple) else value


class Writer:
    """Gives what is written of a value where the model `cls` is declared.

    Its `function` raises PydanticSerializationUnexpectedValue for an instance of another class, which lets a union go on
    to its next member, and for more fields than it has: those of a `UserInDB` must not leave as a `User`.
    """

    def __init__(self, cls: Any) -> None:
        fields = cls.model_fields.items()
        found = [(n, f.default_factory() if f.default_factory in (list, dict) else f.default) for n, f in fields]
        # With the text of each that is not empty: [1] equals [True] in Python, not in JSON.
        self.defaults = [(n, one, repr(one) if one else "") for n, one in found if type(one).__hash__ is None]
        self.cls, self.function = cls, self.changed if self.defaults else self.plain
        self.is_closed = cls.model_config.get("extra") == "forbid"  # further fields would be left out in silence

    def plain(self, value: Any) -> Any:
        """Write a model of which no default can change in place."""
        fits = type(value) is self.cls and not (self.is_closed and value.__pydantic_extra__)
        return value if fits else self.fitting(value)

    def changed(self, value: Any) -> Any:
        """Write a model: a default that was changed in place counts as given, in a copy."""
        model = self.plain(value)
        given, held = model.__pydantic_fields_set__, model.__dict__
        changed = {
            name
            for name, default, text in self.defaults
            if name not in given and ((found := held.get(name, default)) != default or (text and repr(found) != text))
        }
        return model_of(type(model), held, model.__pydantic_extra__, given | changed) if changed else model

    def fitting(self, value: Any) -> Any:
        """Return an instance of a subclass as one of `cls`."""
        cls, own, extra = self.cls, type(value), getattr(value, "__pydantic_extra__", None) or {}
        if not isinstance(value, cls):
            raise PydanticSerializationUnexpectedValue(f"{cls.__name__} is needed, not {own.__name__}")
        fields = {*own.model_fields, *own.model_computed_fields, *(extra if self.is_closed else ())}
        if more := fields - {*cls.model_fields}:
            whose = "the value" if own is cls else own.__name__
            message = f"{whose} has fields that {cls.__name__} has not: {'…' if cls.__concealed__ else ', '.join(sorted(more))}"
            raise PydanticSerializationUnexpectedValue(message)
        return model_of(cls, value.__dict__, extra, value.__pydantic_fields_set__)


def model_of(cls: Any, held: dict[str, Any], extra: dict[str, Any] | None, given: set[str]) -> Any:
    """Return a model of fields and further properties as they are; `given` names the fields that were set."""
    model = cls.__new__(cls)
    state = {"__dict__": held, "__pydantic_extra__": extra, "__pydantic_fields_set__": given}
    model.__setstate__({**state, "__pydantic_private__": None})
    object.__setattr__(model, "__pydantic_extra__", extra)  # of a class that says their type they are in __dict__
    return model


def reason(error: Exception) -> str:
    """Say why a value can't be written; never with the value, which may be secret."""
    text = re.sub(r"input_value=.*, (?=input_type=)|\w*UnexpectedValue: ", "", str(error), flags=re.DOTALL)
    found = re.findall(r"UnexpectedValue\((.*?)(?: - serialized.*)?\)$", text, re.MULTILINE)
    return "; ".join(dict.fromkeys(found)) or text
