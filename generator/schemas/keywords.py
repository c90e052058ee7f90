"""Which keywords of a schema hold schemas (JSON Schema 2020-12, Core 8.2.4, 10 and 11; Validation 8.5), and which only annotate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Shape = Literal["one", "list", "map", "patterned"]
"""One object, a list of them, a map of them, or (of OpenAPI's own) a map whose ``x-…`` members are extensions."""
ONE: Shape = "one"
LIST: Shape = "list"
MAP: Shape = "map"

APPLICATORS: Mapping[str, Shape] = {
    **dict.fromkeys(("properties", "patternProperties", "dependentSchemas"), MAP),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), LIST),
    **dict.fromkeys(("items", "additionalProperties", "contains", "propertyNames"), ONE),
    **dict.fromkeys(("not", "if", "then", "else", "unevaluatedItems", "unevaluatedProperties"), ONE),
}
"""Keyword → shape, of those whose schemas judge the value or a part of it."""

SUBSCHEMAS: Mapping[str, Shape] = {
    **APPLICATORS,
    **dict.fromkeys(("$defs", "definitions"), MAP),  # `definitions`, `additionalItems`: of drafts before 2020-12
    **dict.fromkeys(("additionalItems", "contentSchema"), ONE),
}
"""Keyword → shape, of all that hold schemas. What any other keyword holds is data: a ``$ref`` in it is none."""

ANNOTATIONS = frozenset(
    """title description default example examples deprecated readOnly writeOnly xml externalDocs $comment $schema $id
    $anchor $dynamicAnchor $defs definitions discriminator nullable contentEncoding contentMediaType
    contentSchema""".split()
)
"""Keywords that accept every value (JSON Schema 2020-12, Validation 7 to 9; OpenAPI 3.1, 4.8.24)."""

KEYWORDS = frozenset(SUBSCHEMAS.keys() - {"definitions", "additionalItems"}) | frozenset(
    """$ref $dynamicRef $id $anchor $dynamicAnchor $schema $comment $vocabulary type enum const multipleOf maximum
    exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems minItems uniqueItems maxContains minContains
    maxProperties minProperties required dependentRequired format contentEncoding contentMediaType title description
    default deprecated readOnly writeOnly example examples discriminator xml externalDocs nullable definitions""".split()
)
"""Keywords of JSON Schema 2020-12 and of OpenAPI; `nullable` is of 3.0, and `definitions` only holds what others refer to."""
OLD_KEYWORDS = {
    "dependencies": "dependentRequired or dependentSchemas",
    "additionalItems": "items, with prefixItems",
    "divisibleBy": "multipleOf",
    "extends": "allOf",
    "disallow": "not",
    "$recursiveRef": "$dynamicRef",
    "$recursiveAnchor": "$dynamicAnchor",
    "id": "$id",
}
"""Keywords of earlier drafts, and what draft 2020-12 has in their place."""

WORDS = ("title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly")


def words(*schemas: Any) -> dict[str, Any]:
    """Return what is said of a schema that is made of several: by the first that says it."""
    found: dict[str, Any] = {}
    for schema in schemas:
        for key in WORDS if isinstance(schema, dict) else ():
            if key in schema:
                found.setdefault(key, schema[key])
    return found


_LEFT = frozenset(
    "contains $dynamicRef patternProperties dependentRequired dependentSchemas propertyNames unevaluatedProperties "
    "unevaluatedItems if uniqueItems not".split()
)


def leftovers(schema: Mapping[str, Any]) -> set[str]:
    """Name the keywords of one schema that no type expresses and that refuse something."""
    if schema.keys().isdisjoint(_LEFT):
        return set()
    found = {key for key in ("contains", "$dynamicRef") if key in schema}
    maps = ("patternProperties", "dependentRequired", "dependentSchemas")
    found.update(key for key in maps if isinstance(schema.get(key), dict) and schema[key])
    ones = ("propertyNames", "unevaluatedProperties", "unevaluatedItems")
    found.update(key for key in ones if key in schema and schema[key] is not True and schema[key] != {})
    if "if" in schema and ("then" in schema or "else" in schema):
        found.add("if")
    if schema.get("uniqueItems") is True:
        found.add("uniqueItems")
    if schema.get("not", False) is not False:
        found.add("not")
    return found


def format_of(schema: dict[str, Any]) -> str | None:
    """The format of a schema; `contentEncoding: base64` is what OpenAPI 3.0 calls `format: byte` (OpenAPI 3.1.1, 4.4.1).

    Without `type: string` an encoding only annotates.
    """
    if isinstance(schema.get("format"), str):
        return str(schema["format"])
    kinds = schema.get("type")
    is_text = "string" in (kinds if isinstance(kinds, list) else [kinds])
    return "byte" if is_text and schema.get("contentEncoding") == "base64" else None
