"""References turned into JSON pointers: `$id`, `$anchor` and relative ones in schemas (JSON Schema 2020-12, Core 8.2).

Percent-encoding too (RFC 6901 section 6).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag, urljoin

from ..pointer import get, join

if TYPE_CHECKING:
    from .document import Document

_DATA = frozenset({"const", "default", "enum", "example", "examples"})
_KEYED = frozenset({"$defs", "definitions", "dependentSchemas", "patternProperties", "properties"})
_URN = "urn:"
# A quick look at a text: a reference with a percent sign, in JSON or YAML.
_ENCODED = re.compile(r"#\\?/[^\s\"']*%|\\u0025")


def as_pointers(document: Document) -> Document:
    """Give a document whose `$ref`s are pointers as they are, without the percent-encoding of a URI fragment.

    All stages after the checks take them so: a pointer of theirs may hold a percent sign, of a path say.
    """
    if not any(_ENCODED.search(source.text) for source in document.sources):
        return document
    return document.with_root(_decoded(document.root))


def _decoded(value: Any) -> Any:
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    made = {key: child if key in _DATA else _decoded(child) for key, child in value.items()}
    if isinstance(made.get("$ref"), str):
        made["$ref"] = unquote(made["$ref"])
    return made


def fragment(pointer: str) -> str:
    """Write a pointer as a URI fragment, as far as following it needs that."""
    return pointer.replace("%", "%25")


def localise(root: dict[str, Any]) -> dict[str, Any]:
    """Give a document whose schemas refer to each other by JSON pointers only; the same object where they do so already.

    References that no `$id` or `$anchor` of the document answers stay as they are.
    """
    found = list(_schemas(root))
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
    return _rewritten(root, "#", wanted, scoped) if wanted or scoped else root


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


def _schemas(root: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield each object under the components' schemas and the paths that may be a schema: (pointer, object, base URI)."""
    stack: list[tuple[str, Any, str]] = [("#", root, "")]
    while stack:
        pointer, value, base = stack.pop()
        if isinstance(value, list):
            stack += [(join(pointer, str(index)), item, base) for index, item in reversed(list(enumerate(value)))]
        if not isinstance(value, dict):
            continue
        identifier = value.get("$id")
        if isinstance(identifier, str):
            base = urldefrag(_joined(base, identifier))[0]
        yield pointer, value, base
        children: list[tuple[str, Any, str]] = []
        for key, child in value.items():
            if key in _KEYED and isinstance(child, dict):
                children += [(join(pointer, key, name), item, base) for name, item in child.items()]
            elif key not in _DATA and not key.startswith("x-"):
                children.append((join(pointer, key), child, base))
        stack += reversed(children)


def _rewritten(value: Any, pointer: str, wanted: dict[str, str], scoped: dict[str, str]) -> Any:
    """Copy a tree with some of its references replaced; a `$dynamicRef` whose target is known becomes a `$ref`."""
    if isinstance(value, list):
        return [_rewritten(item, join(pointer, str(index)), wanted, scoped) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    made = {key: _rewritten(child, join(pointer, key), wanted, scoped) for key, child in value.items()}
    if pointer in wanted:
        made["$ref"] = fragment(wanted[pointer])
    if pointer in scoped:
        del made["$dynamicRef"]
        if "$ref" in made:
            made["allOf"] = [*made.get("allOf", ()), {"$ref": fragment(scoped[pointer])}]
        else:
            made["$ref"] = fragment(scoped[pointer])
    return made
