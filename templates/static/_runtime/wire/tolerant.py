"""Reading what the contract does not have yet: fields in closed objects, values of enums, kinds of a union."""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import Any

from pydantic_core import SchemaValidator, core_schema

from .contract import Json

_SCALARS = {str: core_schema.str_schema(strict=True), int: core_schema.int_schema(strict=True)}


@cache
def tolerant(media: Json) -> Json:
    """Return a media type that reads more than another one: what is new is kept, types and required fields still count.

    New fields stand in `model_extra`; a new value of an enum is read as it is, an object with a new tag as a dict.
    Rules that types can't hold are not asked. It writes as the other one does.
    """
    found = copy(media)
    found.all, found.adapter = (found,), copy(media.adapter)
    config: Any = {"strict": True, "allow_inf_nan": False}
    schema = _loosened(media.adapter.core_schema)
    found.adapter.validator = SchemaValidator(schema, config, _use_prebuilt=False)
    return found


def _loosened(schema: Any) -> Any:
    """Copy a core schema with the constraints taken off that say: nothing else."""
    if isinstance(schema, list | tuple):
        return type(schema)(_loosened(item) for item in schema)
    if not isinstance(schema, dict):
        return schema
    kind = schema.get("type")
    if kind == "function-after" and hasattr(getattr(schema["function"].get("function"), "__self__", None), "judge"):
        inner = _loosened(schema["schema"])
        return {**inner, "ref": schema["ref"]} if "ref" in schema else inner
    if kind == "literal":
        return _also(schema, schema["expected"])
    if kind == "function-wrap" and schema["schema"]["type"] == "literal":
        return _also(schema, schema["schema"]["expected"])
    result = {
        key: value if key in ("cls", "function", "metadata") else _loosened(value) for key, value in schema.items()
    }
    if kind == "model-fields" and result.get("extra_behavior") == "forbid":
        result["extra_behavior"] = "allow"
    if kind == "model" and "config" in result:
        result["config"] = {**result["config"], "extra_fields_behavior": "allow"}
    if kind == "tagged-union" and isinstance(schema["discriminator"], str):
        anything = core_schema.dict_schema(core_schema.str_schema(), core_schema.any_schema())
        known = {key: value for key, value in result.items() if key != "ref"}
        unknown = _without(schema["discriminator"], schema["choices"], anything)
        return {**core_schema.union_schema([known, unknown], mode="left_to_right"), **_reference(schema)}
    return result


def _reference(schema: Any) -> dict[str, Any]:
    return {"ref": schema["ref"]} if "ref" in schema else {}


def _without(name: str, known: Any, anything: Any) -> Any:
    """Take any object whose tag is none of those that are known."""

    def new(value: dict[str, Any]) -> dict[str, Any]:
        if value.get(name) in known:
            raise ValueError("the tag is known, the object is not as it should be")
        return value

    return core_schema.no_info_after_validator_function(new, anything)


def _also(schema: Any, expected: list[Any]) -> Any:
    """Take other values of the types that an enum has."""
    bare = {key: value for key, value in schema.items() if key != "ref"}
    others = [found for kind, found in _SCALARS.items() if any(type(value) is kind for value in expected)]
    return {**core_schema.union_schema([bare, *others], mode="left_to_right"), **_reference(schema)}
