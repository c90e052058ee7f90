"""A document of 5 MB and 800 operations, for figures."""

from __future__ import annotations

from typing import Any

Tree = dict[str, Any]

_SCHEMAS = 1_300
_FIELDS = 12
_TEXT = "What it is for, in the words that such documents have for it: long, and seldom read by anybody. "


def big_document(operations: int = 800, components: int = _SCHEMAS) -> Tree:
    """Operations over components that refer to each other, in circles too, with an error that all of them share."""
    schemas: Tree = {f"Thing{number}": _schema(number, components) for number in range(components)}
    schemas["Error"] = {"type": "object", "properties": {"code": {"type": "integer"}, "detail": {"type": "string"}}}
    paths: Tree = {}
    for number in range(operations // 2):
        paths[f"/things{number}/{{id}}"] = {
            "get": _operation(f"get{number}", number),
            "post": {**_operation(f"post{number}", number), "requestBody": _json(f"Thing{number * 2 + 1}")},
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Big", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _json(name: str) -> Tree:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}


def _operation(name: str, number: int) -> Tree:
    return {
        "operationId": name,
        "description": _TEXT * 4,
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 40}},
            {"name": "limit", "in": "query", "description": _TEXT, "schema": {"type": "integer", "minimum": 1}},
        ],
        "responses": {
            "200": {"description": _TEXT, **_json(f"Thing{number * 2}")},
            "default": {"description": _TEXT, **_json("Error")},
        },
    }


def _schema(number: int, components: int) -> Tree:
    fields: Tree = {
        f"field{index}": {"type": "string", "maxLength": 10 + index, "description": _TEXT * 2}
        for index in range(_FIELDS)
    }
    fields["next"] = {"$ref": f"#/components/schemas/Thing{(number + 1) % components}"}
    fields["owner"] = {"oneOf": [{"$ref": f"#/components/schemas/Thing{number // 2}"}, {"type": "null"}]}
    return {"type": "object", "required": ["field0"], "properties": fields}
