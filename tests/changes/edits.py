"""Random edits of a small document, of every kind that can change what importers see."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from random import Random
from typing import Any

Tree = dict[str, Any]


def _json(schema: Tree) -> Tree:
    return {"content": {"application/json": {"schema": schema}}}


def _ref(name: str) -> Tree:
    return {"$ref": f"#/components/schemas/{name}"}


_DOG: Tree = {"type": "object", "required": ["kind"], "properties": {"kind": {"enum": ["Dog"]}}}
_TAGS: Tree = {"type": "object", "additionalProperties": {"type": "string"}}
_PETS: Tree = {"type": "array", "items": _ref("Pet")}
DOCUMENT: Tree = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "paths": {
        "/orders": {
            "get": {
                "operationId": "listOrders",
                "tags": ["orders"],
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                    {"name": "state", "in": "query", "required": True, "schema": _ref("State")},
                ],
                "responses": {"200": {"description": "", **_json({"type": "array", "items": _ref("Order")})}},
            },
            "post": {
                "operationId": "createOrder",
                "tags": ["orders"],
                "requestBody": {"required": True, **_json(_ref("NewOrder"))},
                "responses": {
                    "201": {"description": "", **_json(_ref("Order"))},
                    "409": {"description": "", **_json(_ref("Problem"))},
                },
            },
        },
        "/pets": {
            "get": {
                "operationId": "listPets",
                "tags": ["pets"],
                "responses": {
                    "200": {
                        "description": "",
                        **_json(
                            {
                                "type": "object",
                                "properties": {
                                    "pets": {"type": "array", "items": _ref("Pet")},
                                    "next": {"type": "integer"},
                                },
                            }
                        ),
                    }
                },
            },
            "post": {
                "operationId": "addPet",
                "tags": ["pets"],
                "requestBody": {"required": False, **_json(_ref("Pet"))},
                "responses": {"204": {"description": ""}, "404": {"description": "", **_json(_ref("Problem"))}},
            },
        },
        "/items/{id}": {
            "put": {
                "operationId": "putItem",
                "tags": ["items"],
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "requestBody": {"required": True, **_json(_ref("Item"))},
                "responses": {"200": {"description": "", **_json(_ref("Item"))}},
            }
        },
    },
    "components": {
        "schemas": {
            "State": {"type": "string", "enum": ["open", "paid"]},
            "Order": {
                "type": "object",
                "required": ["id", "state"],
                "properties": {
                    "id": {"type": "integer"},
                    "state": _ref("State"),
                    "note": {"type": ["string", "null"]},
                    "items": {"type": "array", "items": _ref("Item")},
                },
            },
            "NewOrder": {
                "type": "object",
                "required": ["items"],
                "properties": {
                    "items": {"type": "array", "items": _ref("Item")},
                    "note": {"type": "string"},
                    "rush": {"type": "boolean"},
                    "kind": {"enum": ["a", "b"]},
                    "ratio": {"anyOf": [{"type": "number"}, {"type": "string"}]},
                },
            },
            "Item": {
                "type": "object",
                "required": ["sku"],
                "properties": {
                    "sku": {"type": "string"},
                    "count": {"type": "integer"},
                    "day": {"type": "string", "format": "date"},
                },
            },
            "Pet": {
                "oneOf": [_ref("Cat"), _ref("Dog")],
                "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}},
            },
            "Cat": {
                "type": "object",
                "required": ["kind"],
                "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}},
            },
            "Dog": {
                "allOf": [
                    _ref("Named"),
                    {"type": "object", "required": ["kind"], "properties": {"kind": {"enum": ["Dog"]}}},
                ]
            },
            "Named": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "tags": {"type": "object", "additionalProperties": {"type": "string"}},
                },
            },
            "Problem": {"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}}},
        }
    },
}
_TYPES: tuple[Tree, ...] = (
    {"type": "string"},
    {"type": "integer"},
    {"type": "number"},
    {"type": "boolean"},
    {"type": ["string", "null"]},
    {"type": ["integer", "string"]},
    {"enum": ["a", "b", "c"]},
    {"type": "string", "maxLength": 5, "title": "T", "examples": ["x"]},
    {"type": "array", "items": {"type": "string"}},
    _ref("State"),
    _ref("Item"),
)


def edited(rng: Random) -> tuple[Tree, str]:
    """A document that differs from `DOCUMENT` by one edit, and what was done."""
    new = copy.deepcopy(DOCUMENT)
    edit = rng.choice(_EDITS)
    return new, f"{edit.__name__}: {edit(new, rng)}"


def _property(new: Tree, rng: Random) -> tuple[Tree, str, str]:
    name = rng.choice(["Order", "NewOrder", "Item", "Problem", "Cat", "Named"])
    schema = new["components"]["schemas"][name]
    return schema, name, rng.choice(sorted(schema["properties"]))


def _operation(new: Tree, rng: Random) -> Tree:
    found: Tree = rng.choice([each for item in new["paths"].values() for each in item.values()])
    return found


def retype(new: Tree, rng: Random) -> str:
    schema, name, key = _property(new, rng)
    schema["properties"][key] = copy.deepcopy(rng.choice(_TYPES))
    return f"{name}.{key} {schema['properties'][key]}"


def describe(new: Tree, rng: Random) -> str:
    schema, name, key = _property(new, rng)
    if "$ref" not in schema["properties"][key]:
        schema["properties"][key] |= rng.choice(
            [{"title": "Title"}, {"description": "text"}, {"examples": ["x"]}, {"deprecated": True}]
        )
    return f"{name}.{key}"


def toggle(new: Tree, rng: Random) -> str:
    schema, name, key = _property(new, rng)
    listed = schema.setdefault("required", [])
    listed.remove(key) if key in listed else listed.append(key)
    return f"{name}.{key} {listed}"


def add(new: Tree, rng: Random) -> str:
    schema, name, _ = _property(new, rng)
    schema["properties"]["more"] = copy.deepcopy(rng.choice(_TYPES))
    if rng.random() < 0.4:
        schema.setdefault("required", []).append("more")
    return f"{name} {schema.get('required')}"


def remove(new: Tree, rng: Random) -> str:
    schema, name, key = _property(new, rng)
    del schema["properties"][key]
    schema["required"] = [each for each in schema.get("required", []) if each != key]
    return f"{name}.{key}"


def states(new: Tree, rng: Random) -> str:
    listed = new["components"]["schemas"]["State"]["enum"]
    listed[:] = rng.choice([["paid", "open"], ["open"], ["open", "paid", "gone"]])
    return str(listed)


def component(new: Tree, rng: Random) -> str:
    schema, name, key = _property(new, rng)
    new["components"]["schemas"]["Moved"] = schema["properties"][key]
    schema["properties"][key] = _ref("Moved")
    return f"{name}.{key}"


def union(new: Tree, rng: Random) -> str:
    branches = new["components"]["schemas"]["Pet"]["oneOf"]
    what = rng.randrange(4)
    if what == 0:
        branches.reverse()
    elif what == 1:
        del branches[rng.randrange(2)]
    elif what == 2:
        branches.append(_ref("Problem"))
        del new["components"]["schemas"]["Pet"]["discriminator"]
    else:
        del new["components"]["schemas"]["Pet"]["discriminator"]
    return str(what)


def body(new: Tree, rng: Random) -> str:
    found = new["paths"][rng.choice(["/pets", "/orders"])]["post"]["requestBody"]
    what = rng.randrange(2)
    if what == 0:
        found["required"] = not found["required"]
    else:
        found |= _json(copy.deepcopy(rng.choice(_TYPES)))
    return str(what)


def rename(new: Tree, rng: Random) -> str:
    name = rng.choice(["Cat", "Item", "Order", "State"])
    text = json.dumps(new).replace(f'"{name}"', '"Renamed"').replace(f'/{name}"', '/Renamed"')
    new.clear()
    new |= json.loads(text)
    return name


def parameter(new: Tree, rng: Random) -> str:
    listed = _operation(new, rng).setdefault("parameters", [])
    listed.append({"name": "extra", "in": "query", "required": rng.random() < 0.5, "schema": {"type": "string"}})
    return str(listed[-1]["required"])


def limit(new: Tree, rng: Random) -> str:
    listed = new["paths"]["/orders"]["get"]["parameters"]
    what = rng.randrange(5)
    if what == 0:
        del listed[rng.randrange(2)]
    elif what == 1:
        listed[0]["required"] = True
    elif what == 2:
        listed[1]["required"] = False
    elif what == 3:
        listed[0]["schema"] = copy.deepcopy(rng.choice(_TYPES[:7]))
    else:
        listed[0]["name"] = "most"
    return str(what)


def operations(new: Tree, rng: Random) -> str:
    what = rng.randrange(4)
    if what == 0:
        del new["paths"]["/orders"]["get"]
    elif what == 1:
        new["paths"]["/more"] = {
            "get": {"operationId": "more", "tags": ["orders"], "responses": {"204": {"description": ""}}}
        }
    elif what == 2:
        new["paths"]["/orders"]["get"]["operationId"] = "findOrders"
    else:
        new["paths"]["/items/{id}"]["put"]["tags"] = ["goods"]
    return str(what)


def answers(new: Tree, rng: Random) -> str:
    responses = _operation(new, rng)["responses"]
    status = rng.choice(sorted(responses))
    what = rng.randrange(3)
    if what == 0:
        responses[status] = {"description": "", **_json(copy.deepcopy(rng.choice(_TYPES)))}
    elif what == 1:
        responses["404"] = {"description": "", **_json(_ref("Problem"))}
    else:
        responses["202" if status != "202" else "200"] = {"description": "", **_json(_ref("Item"))}
    return f"{status} {what}"


_EDITS: tuple[Callable[[Tree, Random], str], ...] = (
    *(retype, retype, retype, describe, toggle, toggle, add, remove, states, component, parameter, limit),
    *(operations, answers, answers, union, body, rename),
)
