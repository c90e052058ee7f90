"""One schema object in 3.1 terms: the keywords of OpenAPI 3.0 as JSON Schema 2020-12 has them."""

from __future__ import annotations

from typing import Any

from .keywords import ANNOTATIONS, WORDS
from .patterns import judged_names, simpler

ENCODINGS = {"base64": "byte", "base64url": "base64url"}
"""Encodings with the format that means the same (RFC 4648 sections 4 and 5)."""


def modern(schema: Any, version: tuple[int, int]) -> Any:
    """Rewrite one schema object, not its children: OpenAPI 3.0 in 3.1 terms; words in an `allOf` are its own."""
    if not isinstance(schema, dict):
        return schema
    schema = _with_names(_with_pattern(schema))
    if version >= (3, 1):
        return _encoded(_with_words(schema))
    if isinstance(schema.get("$ref"), str):  # its siblings are ignored (3.0.3, 4.7.23); words still document
        kept = ("$ref", "description", "deprecated", "readOnly", "writeOnly")
        return {key: schema[key] for key in kept if key in schema}
    result = dict(_with_words(schema))
    for limit, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        flag = result.get(exclusive)
        if isinstance(flag, bool):
            del result[exclusive]
            if flag and limit in result:
                result[exclusive] = result.pop(limit)
    if result.pop("nullable", False) is True:
        kind = result.get("type")
        if isinstance(kind, str):
            result["type"] = [kind, "null"]
        elif any(key in result for key in ("allOf", "oneOf", "anyOf")):
            outside = {key: result.pop(key) for key in list(result) if key in ANNOTATIONS and key != "discriminator"}
            result = {"anyOf": [result, {"type": "null"}], **outside}
    return result


def _with_pattern(schema: dict[str, Any]) -> dict[str, Any]:
    """Put keywords in the place of a pattern that engines can't take; bounds that are there count as well."""
    pattern = schema.get("pattern")
    found = dict(simpler(pattern)) if isinstance(pattern, str) else {}
    for key, choose in (("minLength", max), ("maxLength", min)):
        if key in found and isinstance(schema.get(key), int):
            found[key] = choose(found[key], schema[key])
    return {**schema, **found} if found else schema


def _with_names(schema: dict[str, Any]) -> dict[str, Any]:
    """Leave out names in `patternProperties` that no engine takes; any property may be one of theirs, so none is refused."""
    named = schema.get("patternProperties")
    if not isinstance(named, dict) or len(known := judged_names(named)) == len(named):
        return schema
    kept = {key: value for key, value in schema.items() if key not in ("patternProperties", "unevaluatedProperties")}
    names = {name: named[name] for name in known}
    # True, not absent: then an unevaluatedProperties around it accepts them too (Core 11.3).
    return {**kept, **({"patternProperties": names} if names else {}), "additionalProperties": True}


def _encoded(schema: dict[str, Any]) -> dict[str, Any]:
    """Say by a format how bytes are encoded (OpenAPI 3.1, 4.4.2: `contentEncoding` is what `format: byte` was)."""
    encoding = schema.get("contentEncoding")
    known = ENCODINGS.get(encoding.lower()) if isinstance(encoding, str) and "format" not in schema else None
    return {**schema, "format": known} if known else schema


def _with_words(schema: dict[str, Any]) -> dict[str, Any]:
    """Say of a schema what parts of its `allOf` say that are nothing but words."""
    parts = schema.get("allOf")
    said: dict[str, Any] = {}
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict) and part.keys() <= ANNOTATIONS:
            said = {**{key: part[key] for key in WORDS if key in part}, **said}
    return {**said, **schema} if said else schema
