"""Words of later OpenAPI versions in a document that says an earlier one: which version has them, and which are read all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from ..document.index import Index
from ..document.objects import ObjectPlace, PlacedObject
from ..pointer import join
from ..schemas.keywords import LIST, MAP, SUBSCHEMAS
from .schema_errors import Violation, members_of

Version = tuple[int, int]
_VERSIONS: tuple[Version, ...] = ((3, 1), (3, 2))
_TYPES = {"array", "boolean", "integer", "null", "number", "object", "string"}
_OLD_KEYWORDS = {"properties", "items", "additionalProperties", "not", "allOf", "anyOf", "oneOf"}
_DRAFTS = {"definitions", "additionalItems"}  # of JSON Schema before 2020-12
_READ: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("minContains", "maxContains"), int),
    **dict.fromkeys(("contentEncoding", "contentMediaType"), str),
    "dependentRequired": dict,
}
_KEPT: dict[str, dict[str, type]] = {
    "document": {"webhooks": dict},
    "components": {"pathItems": dict},
    "info": {"summary": str},
}
_NEW_VALUES: dict[tuple[str, str, Any], Version] = {
    ("parameter", "in", "querystring"): (3, 2),
    ("parameter", "style", "cookie"): (3, 2),
    ("securityScheme", "type", "mutualTLS"): (3, 1),
}
_OTHER_NAMES = {"document": "", "externalDocs": "external-documentation"}
NEW_KEYWORDS = frozenset(
    {*SUBSCHEMAS.keys() - _OLD_KEYWORDS - _DRAFTS, *_READ, "const", "examples", "$comment", "$id", "$anchor"}
    | {"$schema", "$dynamicRef", "$dynamicAnchor"}
)
"""Keywords of schemas that OpenAPI 3.1 has and 3.0 has not."""


def hint(violation: Violation, place: ObjectPlace, version: Version) -> str:
    """Say which later version has a word; empty text where none has it."""
    value = violation.value
    if violation.keyword == "unknown":
        found = _since_member(place.kind, str(violation.detail), version)
        what = f'"{violation.detail}" is a word of' if found else ""
    elif version == (3, 0) and is_later_type(violation, place):
        found, what = (
            (3, 1),
            'a list of types, and the type "null", are of' if place.member == "type" else "a number here is of",
        )
    else:
        known = isinstance(value, str) and _NEW_VALUES.get((place.kind, place.member, value))
        found, what = known or None, f'"{value}" is a word of'
    if not found or found <= version:
        return ""
    return f"{what} OpenAPI {found[0]}.{found[1]}, and this document says that it is {version[0]}.{version[1]}"


def is_later_type(violation: Violation, place: ObjectPlace) -> bool:
    """Tell whether a value of a schema's keyword has the form that it has since 3.1, and only since then."""
    value = violation.value
    if place.kind != "schema" or place.below:
        return False
    if place.member == "type":
        listed = value if isinstance(value, list) else [value]
        names = {
            "null" if one is None and isinstance(value, list) else one for one in listed if isinstance(one, str | None)
        }
        return bool(listed) and len(names) == len(listed) and names <= _TYPES
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return place.member in {"exclusiveMinimum", "exclusiveMaximum"} and is_number


def is_kept(place: ObjectPlace, name: str, value: Any, version: Version) -> bool:
    """Tell whether a member that came with 3.1, of an object that is no schema, is read in 3.0 as well."""
    if version != (3, 0) or place.kind not in _KEPT or name not in _KEPT[place.kind]:
        return False
    if not isinstance(value, _KEPT[place.kind][name]):
        return False
    return not isinstance(value, dict) or all(isinstance(one, dict) for one in value.values())


def is_read(keyword: str, value: Any) -> bool:
    """Tell whether a keyword that came with 3.1 is read in 3.0 as well: it says something, and is well formed."""
    if keyword in _READ:
        return isinstance(value, _READ[keyword])
    if keyword not in SUBSCHEMAS or keyword in _OLD_KEYWORDS:
        return False
    shape = SUBSCHEMAS[keyword]
    if shape in (LIST, MAP):
        right = isinstance(value, list if shape == LIST else dict) and bool(value)
        parts: Any = value.values() if isinstance(value, dict) else value
        return right and all(isinstance(part, dict | bool) for part in parts)
    return isinstance(value, dict | bool)


def unseen(index: Index) -> Iterator[PlacedObject]:
    """Go through the objects of a 3.0 document that stand where its OpenAPI schema does not look."""
    if index.document.version != (3, 0):
        return
    later = ("#/webhooks/", "#/components/pathItems/")
    yield from (one for one in index.of("pathItem") if one.pointer.startswith(later) and one.pointer.count("/") < 4)
    for pointer, _, schema in index.of("schema"):
        for keyword in schema.keys() & (NEW_KEYWORDS | _DRAFTS):
            value, place = schema[keyword], join(pointer, keyword)
            if keyword not in SUBSCHEMAS:
                continue
            parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
            below = (
                [(place, value)] if SUBSCHEMAS[keyword] == "one" else [(join(place, key), one) for key, one in parts]
            )
            yield from (PlacedObject(at, "schema", one) for at, one in below if isinstance(one, dict))


def _since_member(kind: str, member: str, version: Version) -> Version | None:
    if kind == "schema":
        return (3, 1) if member in NEW_KEYWORDS else None
    name = _OTHER_NAMES.get(kind, re.sub(r"[A-Z]", lambda found: f"-{found[0].lower()}", kind))
    return next((one for one in _VERSIONS if one > version and member in _members(one, name)), None)


@cache
def _members(version: Version, name: str) -> frozenset[str]:
    return members_of(version, name)
