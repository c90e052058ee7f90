"""Schemas in the terms of JSON Schema 2020-12, one direction at a time: 3.0's own spellings are translated here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .document import Reader
from .merging import NoInstance

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
_NONE = frozenset[str]()
_LEVELS = 10
"""So many levels of allOf and references are looked through for marks and names."""
_MOST = 10_000
"""So many references differ in what their targets leave out."""
HIDDEN = {"request": {"readOnly"}, "response": {"writeOnly"}}
"""Which properties a direction leaves out (OpenAPI 3.1, 4.8.24.2; JSON Schema Validation, 9.4): those of just this mark."""


class Schemas:
    """The schemas of a document as one direction sees them. `$ref`s lead to `#/$defs/<the reference>`."""

    def __init__(self, reader: Reader, direction: str) -> None:
        self.reader = reader
        self.direction = direction
        self._originals: dict[str, str] = {}
        self._names: dict[tuple[str, frozenset[str]], str] = {}
        self._without: dict[str, frozenset[str]] = {}
        self._targets: dict[str, Any] = {}
        self._converted: dict[int, tuple[Any, Any]] = {}  # with the original, so that its id stays its own

    def convert(self, node: Any) -> Any:
        """Translate a schema of the document."""
        if node is None:
            return {}
        key = id(node)
        if key not in self._converted:
            self._converted[key] = (node, self._convert(node, _NONE))
        return self._converted[key][1]

    def resolve(self, ref: str) -> Any:
        """Return the translated target of a translated reference; True where it leads nowhere."""
        name = ref.removeprefix(_PREFIX)
        if name not in self._targets:
            try:
                target = self.reader.lookup(self._originals[name])
                hidden = self._without.get(name)
                self._targets[name] = (
                    self._convert(self.reader.follow(target), hidden) if hidden else self.convert(target)
                )
            except (KeyError, IndexError, ValueError, TypeError):
                self._targets[name] = True
        return self._targets[name]

    def original(self, ref: str) -> str:
        """Return the document's reference that a translated one stands for."""
        return self._originals.get(ref.removeprefix(_PREFIX), "")

    def reference(self, original: str, hidden: frozenset[str] = _NONE) -> str:
        """Return the translated reference to what a reference of the document means, without the properties to leave out."""
        key = original, hidden
        if key not in self._names:
            name = self._names[key] = f"s{len(self._names)}"
            self._originals[name] = original
            if hidden:
                self._without[name] = hidden
        return _PREFIX + self._names[key]

    def closed(self, schema: Any) -> Any:
        """Return a schema with every target that it reaches in `$defs`. Raises NoInstance where too many leave out other names."""
        defs: dict[str, Any] = {}
        waiting = list(_refs(schema))
        while waiting:
            ref = waiting.pop()
            name = ref.removeprefix(_PREFIX)
            if name not in defs:
                if len(self._without) > _MOST:
                    raise NoInstance("schemas share others that leave out other properties each time")
                defs[name] = self.resolve(ref)
                waiting += _refs(defs[name])
        return {**schema, "$defs": defs} if defs else schema

    def hidden(self, node: Any) -> bool:
        """Tell whether a property's schema of the document is left out in this direction."""
        return self._marks(node) == HIDDEN.get(self.direction)

    def _marks(self, node: Any) -> set[str]:
        """Return which of readOnly and writeOnly a schema, its target or a part of it is marked with."""
        parts = self._composed(node)
        return {mark for mark in ("readOnly", "writeOnly") if any(one.get(mark) is True for one in parts)}

    def _hidden_names(self, node: Any) -> frozenset[str]:
        """Return the names of properties that are left out, of a schema and what it is composed of."""
        properties = (one.get("properties") for one in self._composed(node))
        found = (own.items() for own in properties if isinstance(own, Mapping))
        return frozenset(name for own in found for name, value in own if self.hidden(value))

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
        hidden |= self._hidden_names(node) if "properties" in node or "allOf" in node else _NONE
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
        """Translate a part of an allOf, without the properties to leave out: also of the target that it refers to."""
        made = self._convert(part, hidden)
        if hidden and isinstance(part, Mapping) and isinstance(part.get("$ref"), str):
            made["$ref"] = self.reference(part["$ref"], hidden & self._named(part))
        return made

    def _named(self, node: Any) -> frozenset[str]:
        """Return the names of properties that a schema declares or requires, and what it is composed of."""
        named = (one.get(key) for one in self._composed(node) for key in ("properties", "required"))
        return frozenset(name for names in named if isinstance(names, Mapping | list) for name in names)

    def _composed(self, node: Any) -> list[Mapping[str, Any]]:
        """List a schema and the parts of its allOf, some levels deep, each once and without its reference."""
        found: dict[int, Mapping[str, Any]] = {}
        level = [node]
        for _ in range(_LEVELS):
            targets = [self.reader.follow(one) for one in level] + [one for one in level if isinstance(one, Mapping)]
            new = {id(one): one for one in targets if id(one) not in found}
            found |= new
            level = [part for one in new.values() for part in one.get("allOf") or ()]
        return list(found.values())

    def _convert_parts(self, node: Mapping[str, Any], hidden: frozenset[str], result: dict[str, Any]) -> None:
        """Translate the schemas within a schema."""
        result.update({key: self._convert(node[key], _NONE) for key in _SCHEMAS if key in node})
        for key in _LISTS:
            if isinstance(node.get(key), list):
                translate = self._beside if key == "allOf" else self._convert
                result[key] = [translate(part, hidden) for part in node[key]]
        for key in _MAPS:
            if isinstance(node.get(key), Mapping):
                result[key] = {k: self._convert(v, _NONE) for k, v in node[key].items()}


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
