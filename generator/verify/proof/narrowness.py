"""Whether an answer has a type at all where its schema describes an object: `Value` would take anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args, get_origin

from ..document.merging import types
from ..document.package import bare as stripped
from ..document.schemas import Schemas

_OPEN = frozenset({"patternProperties", "propertyNames", "prefixItems", "if", "then", "else", "oneOf", "anyOf"})
"""Keywords of schemas that have no narrower type, or need not have one."""


def too_wide(schemas: Schemas, schema: Any, annotation: Any, models: Mapping[str, Any], path: str = "") -> str:
    """Return where an annotation takes any value although the schema is that of an object with properties.

    `models` are the classes of the package by name: a schema that is a component of the same name has one.
    """
    bare = stripped(annotation)
    whole, name = _whole(schemas, schema)
    if get_origin(bare) is list and len(get_args(bare)) == 1 and "items" in whole:
        return too_wide(schemas, whole["items"], get_args(bare)[0], models, f"{path}/[]")
    if bare is not Any or _OPEN & whole.keys():
        return ""
    if name in models:
        return f"{path or 'the whole'} takes any value, although there is a class {name}"
    is_object = "type" in whole and {*types(whole["type"]), "null"} == {"object", "null"}
    if is_object and whole.get("properties"):
        return f"{path or 'the whole'} takes any value, although its schema is an object with properties"
    return ""


def _whole(schemas: Schemas, schema: Any, depth: int = 0) -> tuple[dict[str, Any], str]:
    """Return the keywords of a schema, of its reference and of its parts, and the name of the component that it is."""
    if not isinstance(schema, Mapping) or depth > 10:
        return {}, ""
    found: dict[str, Any] = {}
    name = ""
    if isinstance(schema.get("$ref"), str):
        original = schemas.original(schema["$ref"])
        found, name = _whole(schemas, schemas.resolve(schema["$ref"]), depth + 1)
        name = original.rpartition("/")[2] if original.startswith("#/components/schemas/") else name
    for part in schema.get("allOf", ()):
        found |= _whole(schemas, part, depth + 1)[0]
    return found | {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}, name
