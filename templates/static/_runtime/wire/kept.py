"""What was read beside the contract, by a tolerant client: marked by its class, and written back as long as nobody changes it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property
from typing import Any

from pydantic_core import PydanticSerializationUnexpectedValue, SchemaSerializer, core_schema, to_json

from ..models.base import Model
from ..models.exact import Writer, either, exact, exactly, written
from .contract import Json


class KeptText(str):
    """A text that the contract does not have."""

    __slots__ = ()


class KeptInteger(int):
    """An integer that the contract does not have."""

    __slots__ = ()


class KeptNumber(float):
    """A number that the contract does not have."""

    __slots__ = ()


class KeptObject(dict[str, Any]):
    """An object, or the fields of one, that the contract does not have; `as_read` is its JSON."""

    as_read = b""


_KINDS: dict[type, Callable[[Any], Any]] = {str: KeptText, int: KeptInteger, float: KeptNumber}


def keep(value: Any) -> Any:
    """Mark a text, a number or an object; other values stay as they are."""
    if isinstance(value, dict):
        marked = KeptObject(value)
        marked.as_read = to_json(value)
        return marked
    return _KINDS[type(value)](value) if type(value) in _KINDS else value


def is_as_read(value: Any) -> bool:
    """Tell whether a value is marked, and unchanged."""
    if isinstance(value, KeptObject):
        return to_json(value) == value.as_read
    return isinstance(value, KeptText | KeptInteger | KeptNumber)


def kept(schema: Any) -> Any:
    """Mark what a schema reads beside the contract."""
    return core_schema.no_info_after_validator_function(keep, schema)


def keep_fields(model: Any) -> Any:
    """Mark the new fields of a closed object."""
    if model.__pydantic_extra__:
        object.__setattr__(model, "__pydantic_extra__", keep(model.__pydantic_extra__))
    return model


def is_closed(schema: Any) -> bool:
    """Tell whether a core schema is that of a model without further fields."""
    return bool(schema["type"] == "model" and schema["config"].get("extra_fields_behavior") == "forbid")


def _back(value: Any) -> Any:
    if is_as_read(value):
        return value
    raise PydanticSerializationUnexpectedValue("it was not read like this")


_ANYTHING = core_schema.any_schema()
_AS_READ: Any = core_schema.any_schema(
    serialization=core_schema.plain_serializer_function_ser_schema(_back, return_schema=_ANYTHING)
)


class _Writer(Writer):
    """Writes new fields of a closed object that are as they were read."""

    def __init__(self, cls: Any) -> None:
        super().__init__(cls)
        self.function, self.is_closed = self.new, False

    def new(self, value: Any) -> Any:
        """Write a model with nothing new, or with just what was read."""
        if isinstance(value, self.cls) and value.__pydantic_extra__ and not is_as_read(value.__pydantic_extra__):
            raise PydanticSerializationUnexpectedValue("its new fields are not as they were read")
        return self.changed(value)


def _opened(schema: Any) -> Any:
    """Let a model have further fields."""
    fields = {**schema["schema"], "extra_behavior": "allow", "extras_schema": _ANYTHING}
    return {**schema, "schema": fields, "config": {**schema["config"], "extra_fields_behavior": "allow"}}


def _written_back(schema: Any) -> Any:
    """Have a schema written exactly; where something new may stand, also as it was read."""
    if schema["type"] in ("literal", "union", "tagged-union"):
        return either(schema, _AS_READ)
    return written(_opened(schema), _Writer(schema["cls"])) if is_closed(schema) else exactly(schema)


@cache
def _serializer(cls: type[Model]) -> SchemaSerializer:
    cls.model_rebuild()
    return exact(cls.__pydantic_core_schema__, _written_back)


class KeptJson(Json):
    """JSON that also writes what was read beside the contract."""

    writes: Callable[[Any], SchemaSerializer] = staticmethod(_serializer)

    @cached_property
    def serializer(self) -> SchemaSerializer:
        """Writes a value exactly, or as it was read."""
        return exact(self.adapter.core_schema, _written_back)
