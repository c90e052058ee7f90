"""Reading what the contract does not have yet: fields in closed objects, values of enums, kinds of a union.

While nobody changes them, they are written back as they were read: such values are marked by their class.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import cache, cached_property
from typing import Any

from pydantic_core import PydanticSerializationUnexpectedValue, SchemaSerializer, SchemaValidator, core_schema, to_json

from ..models.base import Model
from ..models.exact import Writer, bare, copied, either, exact, exactly, opened, written
from .contract import Json

_ANYTHING = core_schema.any_schema()
_SCALARS = {str: core_schema.str_schema(strict=True), int: core_schema.int_schema(strict=True)}


class KeptText(str):
    """A text that the contract does not have."""

    __slots__ = ()


class KeptNumber(int):
    """An integer that the contract does not have."""

    __slots__ = ()


class KeptObject(dict[str, Any]):
    """An object that the contract does not have. It may be changed, but is written back only as it was read."""

    as_read = b""


def keep(value: Any) -> Any:
    """Mark a text, an integer or an object that was read beside the contract; other values stay as they are."""
    if isinstance(value, dict):
        marked = KeptObject(value)
        marked.as_read = to_json(value)
        return marked
    return KeptText(value) if isinstance(value, str) else KeptNumber(value) if type(value) is int else value


def is_as_read(value: Any) -> bool:
    """Tell whether a value was read beside the contract, and is unchanged."""
    if isinstance(value, KeptObject):
        return to_json(value) == value.as_read
    return isinstance(value, KeptText | KeptNumber)


@cache
def tolerant(media: Json) -> Json:
    """Return a media type that reads more than another one: what is new is kept, types and required fields still count.

    New fields stand in `model_extra`; a new value of an enum is read as it is, an object with a new tag as a dict.
    Rules that types can't hold are not asked. It writes what the other one does, and what was read like that and is unchanged.
    """
    return _Tolerant(media)


@cache
def _own(cls: type[Model]) -> SchemaSerializer:
    """Return what writes a class by itself."""
    cls.model_rebuild()
    return exact(cls.__pydantic_core_schema__, _written_back)


class _Tolerant(Json):
    writes: Callable[[Any], SchemaSerializer] = staticmethod(_own)

    def __init__(self, media: Json) -> None:
        vars(self).update(vars(media), all=(self,), adapter=copy(media.adapter))
        vars(self).pop("serializer", None)
        config: Any = {"strict": True, "allow_inf_nan": False}
        loosened = copied(media.adapter.core_schema, _loosened)
        self.adapter.validator = SchemaValidator(loosened, config, _use_prebuilt=False)

    @cached_property
    def serializer(self) -> SchemaSerializer:
        """Writes what is as it was read, too."""
        return exact(self.adapter.core_schema, _written_back)


class _Writer(Writer):
    """Writes new fields of a closed object that are as they were read."""

    def __init__(self, cls: Any) -> None:
        super().__init__(cls)
        self.function = self.new

    def new(self, value: Any) -> Any:
        """Write a model with nothing new, or with just what was read."""
        if isinstance(value, self.cls) and value.__pydantic_extra__ and not is_as_read(value.__pydantic_extra__):
            raise PydanticSerializationUnexpectedValue("its new fields are not as they were read")
        return self.changed(value)


def _loosened(schema: Any) -> Any:
    """Take the constraints off a core schema that say: nothing else."""
    kind = schema["type"]
    if kind == "function-after" and hasattr(getattr(schema["function"].get("function"), "__self__", None), "judge"):
        return {**schema["schema"], **_reference(schema)}
    if kind == "literal":
        others = [one for type_, one in _SCALARS.items() if any(type(value) is type_ for value in schema["expected"])]
        return either(schema, _kept(core_schema.union_schema(others))) if others else schema
    if _is_closed(schema):
        new = core_schema.no_info_after_validator_function(_keep_fields, bare(opened(schema, _ANYTHING)))
        return {**new, **_reference(schema)}
    if kind == "tagged-union" and isinstance(schema["discriminator"], str):
        anything = core_schema.dict_schema(core_schema.str_schema(), _ANYTHING)
        return either(schema, _kept(_without(schema["discriminator"], schema["choices"], anything)))
    return schema


def _written_back(schema: Any) -> Any:
    """Have what stands where something new may have been read written exactly, or as it was read."""
    if schema["type"] in ("literal", "union", "tagged-union"):
        return either(schema, _kept(core_schema.any_schema()))
    if _is_closed(schema):
        return written(opened(schema, _ANYTHING), _Writer(schema["cls"]))
    return exactly(schema)


def _is_closed(schema: Any) -> bool:
    return schema["type"] == "model" and schema["config"].get("extra_fields_behavior") == "forbid"


def _keep_fields(model: Any) -> Any:
    """Mark the new fields of a closed object."""
    if model.__pydantic_extra__:
        object.__setattr__(model, "__pydantic_extra__", keep(model.__pydantic_extra__))
    return model


def _reference(schema: Any) -> dict[str, Any]:
    return {"ref": schema["ref"]} if "ref" in schema else {}


def _without(name: str, known: Any, anything: Any) -> Any:
    """Take any object whose tag is none of those that are known."""

    def new(value: dict[str, Any]) -> dict[str, Any]:
        if value.get(name) in known:
            raise ValueError("the tag is known, the object is not as it should be")
        return value

    return core_schema.no_info_after_validator_function(new, anything)


def _kept(schema: Any) -> Any:
    """Mark what a schema reads beside the contract, and write it only while it is unchanged."""

    def back(value: Any) -> Any:
        if is_as_read(value):
            return value
        raise PydanticSerializationUnexpectedValue("it was not read like this")

    serialization = core_schema.plain_serializer_function_ser_schema(back, return_schema=_ANYTHING)
    return core_schema.no_info_after_validator_function(keep, schema, serialization=serialization)
