"""References turned into JSON pointers: `$id`, `$anchor` and relative ones in schemas (JSON Schema 2020-12, Core 8.2).

Percent-encoding too (RFC 6901 section 6).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from ..pointer import Pointer, copy, from_fragment, get
from .document import Document
from .dynamic_scopes import Reference, Spend, bind
from .index import Index
from .objects import PlacedObject, children, is_reference
from .uris import resolved

_URN = "urn:"
# A quick look at a text: a reference with a percent sign, in JSON or YAML.
_ENCODED = re.compile(r"#\\?/[^\s\"']*%"), re.compile(r"\\u0025")


def as_pointers(document: Document) -> Document:
    """Give a document whose `$ref`s are pointers as they are, without the percent-encoding of a URI fragment.

    All stages after the checks take them so: a pointer of theirs may hold a percent sign, of a path say.
    """
    if not any(pattern.search(source.text) for source in document.sources for pattern in _ENCODED):
        return document
    document = document.with_root(copy(document.root))
    for node in Index(document).objects:
        if is_reference(node.kind, node.value):
            node.value["$ref"] = from_fragment(node.value["$ref"])
    return document


def localise(root: dict[str, Any], spend: Spend) -> tuple[dict[str, Any], dict[Pointer, Pointer]]:
    """Give a document whose schemas refer to each other by JSON pointers only; the same object if they do so already.

    References that no `$id` or `$anchor` of the document answers stay as they are. Returns the places of copies too, see
    `dynamic_scopes.bind`, which says what is raised.
    """
    found = list(_with_base(root))
    if not any(key in schema for _, schema, _ in found for key in ("$id", "$anchor", "$dynamicAnchor", "$dynamicRef")):
        return root, {}
    resources, anchors = _index(found)
    references: dict[Pointer, list[Reference]] = {}
    for pointer, schema, base in found:
        for keyword in ("$ref", "$dynamicRef"):
            written = schema.get(keyword)
            if isinstance(written, str):
                target = _target(root, written, base, resources, anchors)
                name = (written.rpartition("#")[2] or written) if keyword == "$dynamicRef" else ""
                is_dynamic = bool(name) and (target is None or _is_dynamic(root, target, name))
                references.setdefault(pointer, []).append(Reference(target=target, name=name, is_dynamic=is_dynamic))
    return bind(root, references, spend)


def _index(found: list[tuple[str, dict[str, Any], str]]) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """Find the pointer of each resource by its URI, and of each anchor by its resource and name."""
    resources = {"": "#"}
    anchors: dict[tuple[str, str], str] = {}
    for pointer, schema, base in found:
        if isinstance(schema.get("$id"), str):
            resources.setdefault(base, pointer)
        for key in ("$anchor", "$dynamicAnchor"):
            if isinstance(schema.get(key), str):
                anchors.setdefault((base, schema[key]), pointer)
    return resources, anchors


def _is_dynamic(root: dict[str, Any], pointer: Pointer, name: str) -> bool:
    target = get(root, pointer)
    return isinstance(target, dict) and target.get("$dynamicAnchor") == name


def _target(
    root: dict[str, Any], reference: str, base: str, resources: dict[str, str], anchors: dict[tuple[str, str], str]
) -> str | None:
    """Resolve one reference to a pointer of the document, or to nothing.

    A pointer counts from the resource that it stands in; where that has no such place, from the document, as OpenAPI documents do.
    """
    address, _, fragment = _joined(base, reference).partition("#")
    if address not in resources:
        return None
    fragment = unquote(fragment)
    if fragment and not fragment.startswith("/"):
        return anchors.get((address, fragment))
    inside = resources[address] + fragment
    below = resources[address] + re.sub(r"^/components/schemas/[^/]+", "", fragment) if address else inside
    for pointer in (inside, "#" + fragment, below) if reference.startswith("#") else (inside,):
        try:
            get(root, pointer)
        except KeyError:
            continue
        return pointer
    return None


def _joined(base: str, reference: str) -> str:
    if base.startswith(_URN) and (reference.startswith("#") or not reference):
        return base + reference
    return reference if reference.startswith(_URN) else resolved(base, reference)


def _with_base(root: dict[str, Any]) -> Iterator[tuple[Pointer, dict[str, Any], str]]:
    """Go through all schemas, in the document's order, each with the base URI that counts in it (Core 8.2.1)."""
    pending = [(PlacedObject("#", "document", root), "")]
    while pending:
        node, base = pending.pop()
        if not isinstance(node.value, dict):
            continue
        if node.kind == "schema" and isinstance(node.value.get("$id"), str):
            base = _joined(base, node.value["$id"]).partition("#")[0]
        if node.kind == "schema":
            yield node.pointer, node.value, base
        pending += reversed([(child, base) for child in children(node)])
