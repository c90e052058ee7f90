"""The published metaschemas of JSON Schema 2020-12, brought into a document whose schemas refer to them.

They come from jsonschema-specifications: nothing is fetched. Each becomes a component with its `$id`
(JSON Schema 2020-12, Core 9.3.1: bundling).
"""

from __future__ import annotations

import re
from typing import Any

from ..pointer import copy
from .objects import walk
from .uris import resolved

_BASE = "https://json-schema.org/draft/2020-12/"
MENTIONED = re.compile(re.escape(_BASE).replace("/", r"\\?/") + r"(?:schema|meta/)")
"""A quick look at a text."""


def embed(root: dict[str, Any]) -> dict[str, Any]:
    """Give a document with the metaschemas that its schemas refer to; the same object if they refer to none."""
    waiting = sorted(_referred(root, ""))
    if not waiting:
        return root
    from jsonschema_specifications import REGISTRY  # a heavy import, seldom needed

    root = copy(root)
    components = root.setdefault("components", {})
    declared = components.setdefault("schemas", {}) if isinstance(components, dict) else None
    if not isinstance(declared, dict):
        return root
    done = set[str]()
    while waiting:
        uri = waiting.pop(0)
        resource = REGISTRY.get(uri)
        if uri in done or resource is None:
            continue
        done.add(uri)
        metaschema = copy(resource.contents)
        declared[_name(uri, declared)] = metaschema
        waiting += sorted(_referred(metaschema, uri, "schema"))
    return root


def _referred(tree: Any, base: str, kind: str = "document") -> set[str]:
    """List the metaschemas that the schemas of a tree refer to."""
    found = {
        resolved(base, node.value["$ref"]).partition("#")[0]
        for node in walk(tree, kind)
        if node.kind == "schema" and isinstance(node.value.get("$ref"), str)
    }
    return {uri for uri in found if uri.startswith(_BASE)}


def _name(uri: str, declared: dict[str, Any]) -> str:
    """Name a component after the last parts of a URI: MetaCore, and JsonSchema for the whole."""
    parts = uri.removeprefix(_BASE).split("/")
    name = "JsonSchema" if parts == ["schema"] else "".join(part.title().replace("-", "") for part in parts)
    while name in declared:
        name += "_"
    return name
