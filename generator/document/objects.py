"""Which objects an OpenAPI document is made of, and where each kind may stand.

The one table that tells structure from data: a ``$ref`` inside an ``example``, a ``default``, an ``enum`` or an
extension is data, and so is a property of a schema that is called ``$ref``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..pointer import Pointer, Tokens, escape
from ..schemas.keywords import LIST, MAP, ONE, SUBSCHEMAS, Shape

PATTERNED: Shape = "patterned"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
"""Members of a path item that hold an operation (OpenAPI 3.2, section 4.9: Path Item Object)."""

_SCHEMA_FIELDS = {
    **{keyword: (shape, "schema") for keyword, shape in SUBSCHEMAS.items()},
    "discriminator": (ONE, "discriminator"),
}
_PARAMETER_FIELDS = {"schema": (ONE, "schema"), "content": (MAP, "mediaType"), "examples": (MAP, "example")}
_ENCODING_FIELDS = {
    "encoding": (MAP, "encoding"),
    "prefixEncoding": (LIST, "encoding"),
    "itemEncoding": (ONE, "encoding"),
}
_COMPONENT_KINDS = {
    "schemas": "schema",
    "responses": "response",
    "parameters": "parameter",
    "examples": "example",
    "requestBodies": "requestBody",
    "headers": "header",
    "securitySchemes": "securityScheme",
    "links": "link",
    "callbacks": "callback",
    "pathItems": "pathItem",
    "mediaTypes": "mediaType",
}

#: kind → field → shape and kind of what stands there. OpenAPI 3.0.4, 3.1.1 and 3.2.0, section "Schema" of each.
FIELDS: dict[str, dict[str, tuple[Shape, str]]] = {
    "document": {
        "info": (ONE, "info"),
        "servers": (LIST, "server"),
        "paths": (PATTERNED, "pathItem"),
        "webhooks": (MAP, "pathItem"),
        "components": (ONE, "components"),
        "security": (LIST, "requirement"),
        "tags": (LIST, "tag"),
    },
    "components": {section: (MAP, kind) for section, kind in _COMPONENT_KINDS.items()},
    "pathItem": {
        **dict.fromkeys(METHODS, (ONE, "operation")),
        "additionalOperations": (MAP, "operation"),
        "parameters": (LIST, "parameter"),
        "servers": (LIST, "server"),
    },
    "operation": {
        "parameters": (LIST, "parameter"),
        "requestBody": (ONE, "requestBody"),
        "responses": (PATTERNED, "response"),
        "callbacks": (MAP, "callback"),
        "security": (LIST, "requirement"),
        "servers": (LIST, "server"),
    },
    "parameter": _PARAMETER_FIELDS,
    "header": _PARAMETER_FIELDS,
    "requestBody": {"content": (MAP, "mediaType")},
    "mediaType": {
        "schema": (ONE, "schema"),
        "itemSchema": (ONE, "schema"),
        "examples": (MAP, "example"),
        **_ENCODING_FIELDS,
    },
    "encoding": {"headers": (MAP, "header"), **_ENCODING_FIELDS},
    "response": {"headers": (MAP, "header"), "content": (MAP, "mediaType"), "links": (MAP, "link")},
    "callback": {},  # a map of path items itself: see walk
    "link": {"server": (ONE, "server")},
    "schema": _SCHEMA_FIELDS,
}

#: kind → section of the components, for everything that a Reference Object can stand for.
SECTIONS = {kind: section for section, kind in _COMPONENT_KINDS.items()}


class PlacedObject(NamedTuple):
    """An object of the document: where it stands, what it is, and its value (a dict or, for schemas, a boolean)."""

    pointer: Pointer
    kind: str
    value: Any


def is_reference(kind: str, value: Any) -> bool:
    """Tell whether an object of this kind is a Reference Object, or a schema or path item with a ``$ref``."""
    return kind in SECTIONS and isinstance(value, dict) and isinstance(value.get("$ref"), str)


def walk(value: Any, kind: str = "document", pointer: Pointer = "#") -> Iterator[PlacedObject]:
    """Go through all objects below and including ``value``, in the document's order; what is no object is left out.

    What stands beside a ``$ref`` is gone through only in schemas and path items: elsewhere it means nothing.
    """
    pending = [PlacedObject(pointer, kind, value)]
    while pending:
        node = pending.pop()
        if type(node.value) is not dict:
            continue
        yield node
        below = children(node)
        below.reverse()
        pending += below


def operations_of(item: Mapping[str, Any]) -> Iterator[tuple[str, Tokens, Any]]:
    """Go through what a path item holds as operations: the HTTP method, the tokens that lead there, and the value."""
    for name, value in item.items():
        if name in METHODS:
            yield name.upper(), (name,), value
    more = item.get("additionalOperations")  # OpenAPI 3.2
    for name, value in more.items() if isinstance(more, dict) else ():
        yield name, ("additionalOperations", name), value


def children(node: PlacedObject) -> list[PlacedObject]:
    """List the objects that stand directly in one object, in the document's order."""
    pointer, kind, value = node
    found: list[PlacedObject] = []
    if kind == "callback":
        return found if "$ref" in value else _in_map(pointer, "pathItem", value, PATTERNED)
    fields = FIELDS.get(kind)
    if not fields or ("$ref" in value and kind not in {"schema", "pathItem"} and is_reference(kind, value)):
        return found
    for name, item in value.items():
        field = fields.get(name)
        if field is None:
            continue
        shape, inner = field
        below = f"{pointer}/{name}"
        if type(item) is list and (shape == LIST or inner == "schema"):  # `items` may be a list before 2020-12
            found += [PlacedObject(f"{below}/{index}", inner, part) for index, part in enumerate(item)]
        elif shape == ONE:
            found.append(PlacedObject(below, inner, item))
        elif shape != LIST and type(item) is dict:
            found += _in_map(below, inner, item, shape)
    return found


def _in_map(pointer: Pointer, kind: str, items: dict[str, Any], shape: Shape) -> list[PlacedObject]:
    return [
        PlacedObject(f"{pointer}/{escape(key)}", kind, part)
        for key, part in items.items()
        if shape == MAP or not key.startswith("x-")
    ]


class ObjectPlace(NamedTuple):
    """A value is the ``member`` of an object of a kind, or ("" for the member) such an object itself.

    ``below`` counts the steps that it stands below a member that has no objects of a kind in it.
    """

    kind: str
    member: str
    below: int = 0


def place_of(path: Tokens) -> ObjectPlace:
    """Find out what stands at a path of a document."""
    kind, index = "document", 0
    while index < len(path):
        token, last = path[index], len(path) - 1
        if kind == "callback":
            kind, index = "pathItem", index + 1
            continue
        found = FIELDS.get(kind, {}).get(token)
        if found is None or index == last:
            return ObjectPlace(kind, token, last - index)
        shape, inner = found
        # Beyond a map or a list stands one more token; `items` of a schema may be a list, before 2020-12.
        listed = inner == "schema" and token == "items" and path[index + 1].isdigit()
        index += 1 if shape == ONE and not listed else 2
        kind = inner
    return ObjectPlace(kind, "")


def kind_of(path: Tokens) -> str:
    """Say what kind of object is expected at a path; "" for none."""
    place = place_of(path)
    if not place.member:
        return place.kind
    shape, kind = FIELDS.get(place.kind, {}).get(place.member, (None, ""))
    return kind if shape == ONE and not place.below else ""
