"""Reading what the contract does not have yet: fields in closed objects, values of enums, kinds of a union."""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import Any

from pydantic_core import SchemaValidator, core_schema

from ..models.exact import bare, copied, either, opened
from .contract import Json
from .kept import KeptJson, is_closed, keep_fields, kept

_ANYTHING = core_schema.any_schema()
_SCALARS = {str: core_schema.str_schema(strict=True), int: core_schema.int_schema(strict=True)}


@cache
def tolerant(media: Json) -> Json:
    """Return a media type that reads more than another one: what is new is kept, types and required fields still count.

    New fields stand in `model_extra`; a new value of an enum is read as it is, an object with a new tag as a dict.
    Rules that types can't hold are not asked. It writes what the other one does, and what was read like that and is unchanged.
    """
    found = KeptJson(media.type, media.media_type)
    found.content_type, found.adapter = media.content_type, copy(media.adapter)
    config: Any = {"strict": True, "allow_inf_nan": False}
    schema = copied(media.adapter.core_schema, _loosened)
    found.adapter.validator = SchemaValidator(schema, config, _use_prebuilt=False)
    return found


def _loosened(schema: Any) -> Any:
    """Take the constraints off a core schema that say: nothing else."""
    kind = schema["type"]
    if kind == "function-after" and hasattr(getattr(schema["function"].get("function"), "__self__", None), "judge"):
        return {**schema["schema"], **_reference(schema)}
    if kind == "literal":
        others = [one for type_, one in _SCALARS.items() if any(type(value) is type_ for value in schema["expected"])]
        return either(schema, kept(core_schema.union_schema(others))) if others else schema
    if is_closed(schema):
        new = core_schema.no_info_after_validator_function(keep_fields, bare(opened(schema, _ANYTHING)))
        return {**new, **_reference(schema)}
    if kind == "tagged-union" and isinstance(schema["discriminator"], str):
        anything = core_schema.dict_schema(core_schema.str_schema(), _ANYTHING)
        return either(schema, kept(_without(schema["discriminator"], schema["choices"], anything)))
    if (
        kind == "lax-or-strict"
    ):  # of classes that a tag names: what is read by them first has a second reader, which is exact
        return {**bare(schema["strict_schema"]), **_reference(schema)}
    return schema


def _reference(schema: Any) -> dict[str, Any]:
    return {"ref": schema["ref"]} if "ref" in schema else {}


def _without(name: str, known: Any, anything: Any) -> Any:
    """Take any object whose tag is none of those that are known."""

    def new(value: dict[str, Any]) -> dict[str, Any]:
        if value.get(name) in known:
            raise ValueError("the tag is known, the object is not as it should be")
        return value

    return core_schema.no_info_after_validator_function(new, anything)
