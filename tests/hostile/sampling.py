"""Values for the operations of a document: small ones that its schemas accept, as far as that is simple."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from generator.document.document import Document

_FORMATS = {
    "date-time": "2024-01-02T03:04:05Z",
    "date": "2024-01-02",
    "time": "03:04:05Z",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "byte": "eA==",
    "ipv4": "127.0.0.1",
    "ipv6": "::1",
}


def sample(document: Document, schema: Any, depth: int = 0) -> Any:
    """Make a value of a schema; None where it is not simple."""
    if not isinstance(schema, dict) or depth > 12:
        return None
    if isinstance(schema.get("$ref"), str):
        try:
            return sample(document, document.resolve(schema["$ref"]), depth + 1)
        except KeyError:
            return None
    if "const" in schema:
        return schema["const"]
    if isinstance(schema.get("enum"), list) and schema["enum"]:
        return schema["enum"][0]
    for key in ("oneOf", "anyOf"):
        if isinstance(schema.get(key), list) and schema[key]:
            return sample(document, schema[key][0], depth + 1)
    if isinstance(schema.get("allOf"), list):
        parts = [sample(document, part, depth + 1) for part in schema["allOf"]]
        return {k: v for part in parts if isinstance(part, dict) for k, v in part.items()}
    return _of_type(document, schema, depth)


def _of_type(document: Document, schema: Mapping[str, Any], depth: int) -> Any:
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "array":
        count = max(1, int(schema.get("minItems", 1)))
        if schema.get("prefixItems"):
            return [sample(document, item, depth + 1) for item in schema["prefixItems"]]
        return [sample(document, schema.get("items"), depth + 1)] * min(count, 20)
    if kind == "object" or "properties" in schema:
        properties = schema.get("properties") or {}
        return {name: sample(document, child, depth + 1) for name, child in properties.items()}
    if kind == "integer":
        return int(schema.get("minimum", 1))
    if kind == "number":
        return float(schema.get("minimum", 1))
    if kind == "boolean":
        return True
    if kind == "string":
        return _FORMATS.get(str(schema.get("format")), "a" * min(max(1, int(schema.get("minLength", 1))), 1000))
    return None


def read(media: Any, value: Any) -> Any:
    """Let the contract read a value; the value itself where it refuses."""
    name = media.media_type.replace("*", "x")
    data = json.dumps(value).encode() if type(media).__name__ == "Json" else str(value).encode("utf-8", "replace")
    try:
        made = media.read(data, name)
        media.write(made)
    except Exception as error:
        if type(error).__name__ not in ("DecodeError", "EncodeError"):
            raise
        return value
    return made


def arguments(document: Document, operation: Any, view: Any) -> tuple[list[Any], dict[str, Any]]:
    """Make the body and the parameters of a call."""
    body: list[Any] = []
    if operation.body and view.body is not None:
        content = view.body.value.get("content") or {}
        entry = next((one for one in content.values() if isinstance(one, dict)), {})
        body = [read(operation.body.all[0], sample(document, entry.get("schema", {})))]
    declared: dict[Any, Any] = {(one.value["in"], one.value["name"]): one.value for one in view.parameters}
    given: dict[str, Any] = {}
    for parameter in operation.parameters.parameters if operation.parameters else ():
        value = declared.get((parameter.location, parameter.wire_name), {})
        schema = value.get("schema")
        if schema is None and isinstance(value.get("content"), dict):
            entries: list[Any] = [*value["content"].values(), {}]
            schema = entries[0].get("schema")
        given[parameter.name] = _typed(parameter.type, sample(document, schema))
    return body, given


def _typed(kind: Any, value: Any) -> Any:
    from pydantic import TypeAdapter, ValidationError

    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    try:
        return adapter.validate_json(json.dumps(value))
    except (ValidationError, ValueError):
        return value
