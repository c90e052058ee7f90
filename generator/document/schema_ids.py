"""References turned into JSON pointers: `$id`, `$anchor` and relative ones in schemas (JSON Schema 2020-12, Core 8.2).

Percent-encoding too (RFC 6901 section 6).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin

from ..pointer import Pointer, copy, from_fragment, get, to_fragment
from .document import Document
from .index import Index
from .objects import PlacedObject, children, is_reference

_URN = "urn:"
# A quick look at a text: a reference with a percent sign, in JSON or YAML.
_ENCODED = re.compile(r"#\\?/[^\s\"']*%|\\u0025")


def as_pointers(document: Document) -> Document:
    """Give a document whose `$ref`s are pointers as they are, without the percent-encoding of a URI fragment.

    All stages after the checks take them so: a pointer of theirs may hold a percent sign, of a path say.
    """
    if not any(_ENCODED.search(source.text) for source in document.sources):
        return document
    document = document.with_root(copy(document.root))
    for node in Index(document).objects:
        if is_reference(node.kind, node.value):
            node.value["$ref"] = from_fragment(node.value["$ref"])
    return document


def localise(root: dict[str, Any]) -> dict[str, Any]:
    """Give a document whose schemas refer to each other by JSON pointers only; the same object where they do so already.

    References that no `$id` or `$anchor` of the document answers stay as they are.
    """
    found = list(_with_base(root))
    if not any(key in schema for _, schema, _ in found for key in ("$id", "$anchor", "$dynamicAnchor")):
        return root
    resources, anchors = _index(found)
    wanted: dict[str, str] = {}
    scoped: dict[str, str] = {}
    for pointer, schema, base in found:
        reference = schema.get("$ref")
        if isinstance(reference, str):
            target = _target(root, reference, base, resources, anchors)
            if target is not None and target != reference:
                wanted[pointer] = target
        dynamic = schema.get("$dynamicRef")
        if isinstance(dynamic, str):
            first = _target(root, dynamic, base, resources, anchors)
            if first is not None:
                scoped[pointer] = (
                    first if not _is_dynamic(root, first, dynamic) else _outermost(pointer, dynamic, found) or first
                )
    return _rewritten(root, wanted, scoped) if wanted or scoped else root


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


def _is_dynamic(root: dict[str, Any], pointer: str, reference: str) -> bool:
    target = get(root, pointer)
    return isinstance(target, dict) and target.get("$dynamicAnchor") == reference.rpartition("#")[2]


def _outermost(pointer: str, reference: str, found: list[tuple[str, dict[str, Any], str]]) -> str | None:
    """Find the outermost `$dynamicAnchor` of a name in the component where a `$dynamicRef` stands (Core 8.2.3.2).

    Which one is outermost depends on the way that evaluation came; the component is where it begins.
    """
    component = "/".join(pointer.split("/")[:4])
    name = reference.rpartition("#")[2]
    return next(
        (at for at, schema, _ in found if at.startswith(component) and schema.get("$dynamicAnchor") == name), None
    )


def _target(
    root: dict[str, Any], reference: str, base: str, resources: dict[str, str], anchors: dict[tuple[str, str], str]
) -> str | None:
    """Resolve one reference to a pointer of the document, or to nothing.

    A pointer counts from the resource that it stands in; where that has no such place, from the document, as OpenAPI documents do.
    """
    address, fragment = urldefrag(_joined(base, reference))
    if address not in resources:
        return None
    fragment = unquote(fragment)
    if fragment and not fragment.startswith("/"):
        return anchors.get((address, fragment))
    inside = resources[address] + fragment
    below = resources[address] + re.sub(r"^/components/schemas/[^/]+", "", fragment)
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
    return reference if reference.startswith(_URN) else urljoin(base, reference)


def _with_base(root: dict[str, Any]) -> Iterator[tuple[Pointer, dict[str, Any], str]]:
    """Go through all objects, in the document's order, each with the base URI that counts in it (Core 8.2.1)."""
    pending = [(PlacedObject("#", "document", root), "")]
    while pending:
        node, base = pending.pop()
        if not isinstance(node.value, dict):
            continue
        if node.kind == "schema" and isinstance(node.value.get("$id"), str):
            base = urldefrag(_joined(base, node.value["$id"]))[0]
        yield node.pointer, node.value, base
        pending += reversed([(child, base) for child in children(node)])


def _rewritten(root: dict[str, Any], wanted: dict[Pointer, Pointer], scoped: dict[Pointer, Pointer]) -> dict[str, Any]:
    """Copy a tree with some of its references replaced; a `$dynamicRef` whose target is known becomes a `$ref`."""
    made: dict[str, Any] = copy(root)
    for pointer, target in wanted.items():
        get(made, pointer)["$ref"] = to_fragment(target)
    for pointer, target in scoped.items():
        schema = get(made, pointer)
        del schema["$dynamicRef"]
        if "$ref" in schema:
            schema["allOf"] = [*schema.get("allOf", ()), {"$ref": to_fragment(target)}]
        else:
            schema["$ref"] = to_fragment(target)
    return made
