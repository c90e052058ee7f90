"""Schemas in the terms of JSON Schema 2020-12, one direction at a time: 3.0's own spellings are translated here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .document import Reader

_SCHEMAS = (
    *("additionalProperties", "items", "not", "propertyNames", "contains", "if", "then", "else"),
    *("unevaluatedProperties", "unevaluatedItems"),
)
_LISTS = ("allOf", "oneOf", "anyOf", "prefixItems")
_MAPS = ("properties", "patternProperties", "dependentSchemas", "$defs")
_KEPT = (
    *("type", "enum", "const", "multipleOf", "maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum"),
    *("maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "maxContains", "minContains"),
    *("maxProperties", "minProperties", "required", "dependentRequired", "format", "default"),
    *("contentEncoding", "contentMediaType", "discriminator"),
)
_ENCODINGS = {"base64": "byte", "base64url": "base64url"}
"""What `contentEncoding` says of a string, as the format that says it too (OpenAPI 3.1, 4.4.2)."""
_PREFIX = "#/$defs/"
HIDDEN = {"request": {"readOnly"}, "response": {"writeOnly"}}
"""Which properties a direction leaves out (OpenAPI 3.1, 4.8.24.2; JSON Schema Validation, 9.4): those of just this mark."""


class Schemas:
    """The schemas of a document as one direction sees them. `$ref`s lead to `#/$defs/<the reference>`."""

    def __init__(self, reader: Reader, direction: str) -> None:
        self.reader = reader
        self.direction = direction
        self._originals: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._targets: dict[str, Any] = {}
        self._converted: dict[int, tuple[Any, Any]] = {}  # with the original, so that its id stays its own

    def convert(self, node: Any) -> Any:
        """Translate a schema of the document."""
        if node is None:
            return {}
        key = id(node)
        if key not in self._converted:
            self._converted[key] = (node, self._convert(node, frozenset()))
        return self._converted[key][1]

    def resolve(self, ref: str) -> Any:
        """Return the translated target of a translated reference; True where it leads nowhere."""
        name = ref.removeprefix(_PREFIX)
        if name not in self._targets:
            try:
                self._targets[name] = self.convert(self.reader.lookup(self._originals[name]))
            except (KeyError, IndexError, ValueError, TypeError):
                self._targets[name] = True
        return self._targets[name]

    def original(self, ref: str) -> str:
        """Return the document's reference that a translated one stands for."""
        return self._originals.get(ref.removeprefix(_PREFIX), "")

    def reference(self, original: str) -> str:
        """Return the translated reference to what a reference of the document means."""
        if original not in self._names:
            self._names[original] = f"s{len(self._names)}"
            self._originals[self._names[original]] = original
        return _PREFIX + self._names[original]

    def closed(self, schema: Any) -> Any:
        """Return a schema with every target that it reaches in `$defs`."""
        defs: dict[str, Any] = {}
        waiting = list(_refs(schema))
        while waiting:
            ref = waiting.pop()
            name = ref.removeprefix(_PREFIX)
            if name not in defs:
                defs[name] = self.resolve(ref)
                waiting += _refs(defs[name])
        return {**schema, "$defs": defs} if defs else schema

    def hidden(self, node: Any) -> bool:
        """Tell whether a property's schema of the document is left out in this direction."""
        return self._marks(node) == HIDDEN.get(self.direction)

    def _marks(self, node: Any, depth: int = 0) -> set[str]:
        """Return which of readOnly and writeOnly a schema, its target or a part of it is marked with."""
        if not isinstance(node, Mapping) or depth > 10:
            return set()
        found = {mark for mark in ("readOnly", "writeOnly") if node.get(mark) is True}
        if isinstance(node.get("$ref"), str):
            return found | self._marks(self.reader.follow({"$ref": node["$ref"]}), depth + 1)
        return found.union(*(self._marks(part, depth + 1) for part in node.get("allOf") or ()))

    def _hidden_names(self, node: Any, depth: int = 0) -> frozenset[str]:
        """Return the names of properties that are left out, of a schema and what it is composed of."""
        if not isinstance(node, Mapping) or depth > 6:
            return frozenset()
        target = self.reader.follow(node)
        own = target.get("properties")
        found = {k for k, v in (own.items() if isinstance(own, Mapping) else ()) if self.hidden(v)}
        for part in target.get("allOf") or ():
            found |= self._hidden_names(part, depth + 1)
        return frozenset(found)

    def _convert(self, node: Any, hidden: frozenset[str]) -> Any:
        if isinstance(node, bool):
            return node
        if not isinstance(node, Mapping):
            return True
        result: dict[str, Any] = {}
        if isinstance(node.get("$ref"), str):
            result["$ref"] = self.reference(node["$ref"])
            if self.reader.is_30:
                return result
        hidden |= self._hidden_names(node) if "properties" in node or "allOf" in node else frozenset()
        result.update({key: node[key] for key in _KEPT if key in node})
        encoding = _ENCODINGS.get(str(node.get("contentEncoding")).lower())
        if encoding and not self.reader.is_30:
            result.setdefault("format", encoding)
        self._convert_parts(node, hidden, result)
        if hidden and "properties" in result:
            result["properties"] = {k: v for k, v in result["properties"].items() if k not in hidden}
        if hidden and isinstance(result.get("required"), list):
            result["required"] = [name for name in result["required"] if name not in hidden]
        if self.reader.is_30:
            _translate(node, result)
        elif node.get("contentEncoding") == "base64" and "string" in _types(node):
            result.setdefault("format", "byte")  # what 3.0 calls it (OpenAPI 3.1.1, 4.4.1)
        return result

    def _beside(self, part: Any, hidden: frozenset[str]) -> Any:
        """Return a part of an allOf; instead of a reference its target, if that declares properties to leave out."""
        target = self.reader.follow(part)
        own = target.get("properties")
        return target if isinstance(own, Mapping) and hidden & own.keys() else part

    def _convert_parts(self, node: Mapping[str, Any], hidden: frozenset[str], result: dict[str, Any]) -> None:
        """Translate the schemas within a schema."""
        result.update({key: self._convert(node[key], frozenset()) for key in _SCHEMAS if key in node})
        for key in _LISTS:
            if isinstance(node.get(key), list):
                parts = [self._beside(part, hidden) for part in node[key]] if key == "allOf" else node[key]
                result[key] = [self._convert(part, hidden) for part in parts]
        for key in _MAPS:
            if isinstance(node.get(key), Mapping):
                result[key] = {k: self._convert(v, frozenset()) for k, v in node[key].items()}


def _translate(node: Mapping[str, Any], result: dict[str, Any]) -> None:
    """Translate what 3.0 writes in another way: bounds as flags, nullable, one `type` only."""
    for limit, flag in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if isinstance(node.get(flag), bool):
            result.pop(flag, None)
            if node[flag] and limit in result:
                result[flag] = result.pop(limit)
    if node.get("nullable") is True and isinstance(result.get("type"), str):
        result["type"] = [result["type"], "null"]
    if result.get("type") == "file":
        result.update(type="string", format="binary")


def _types(node: Mapping[str, Any]) -> list[Any]:
    kinds = node.get("type")
    return kinds if isinstance(kinds, list) else [kinds]


def _refs(schema: Any) -> list[str]:
    """List the references in a translated schema; values in it are not looked into."""
    found: list[str] = []
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Mapping):
            continue
        if isinstance(node.get("$ref"), str):
            found.append(node["$ref"])
        waiting += [node[key] for key in _SCHEMAS if key in node]
        waiting += [part for key in _LISTS for part in node.get(key, ())]
        waiting += [part for key in _MAPS for part in node.get(key, {}).values()]
    return found


def canonical(schema: Any) -> str:
    """Return a text that equal schemas share."""
    return json.dumps(schema, sort_keys=True, ensure_ascii=False, default=str)
