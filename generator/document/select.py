"""Keeping some operations of a document, and exactly what they reach.

A pattern is ``METHOD PATH`` or an operationId; ``*``, ``?`` and ``[…]`` in any part match as in file names, also across
``/``. A webhook is named by ``METHOD webhook:NAME``; without such a pattern webhooks are left out.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

from ..diagnostics.diagnostic import Diagnostic, Findings, Refused
from ..diagnostics.similar import Similar
from ..pointer import Pointer, Tokens, escape, from_fragment, get, join, split
from .objects import METHODS, SECTIONS, PlacedObject, is_reference, kind_of, operations_of, walk


def select(root: dict[str, Any], patterns: Iterable[str]) -> dict[str, Any]:
    """Make a tree with the operations that the patterns name and the components that they reach, order kept.

    Without patterns the tree is returned as it is. Raises Refused for patterns that match no operation.
    """
    wanted = list(patterns)
    if not wanted:
        return root
    operations = _operations(root)
    kept, missed = _match(wanted, operations)
    if missed:
        raise Refused(_missed(missed, operations))
    chosen: dict[str, Any] = {}
    for key, value in root.items():
        if key in {"paths", "webhooks"} and isinstance(value, dict):
            items = _items(root, key, value, kept)
            if items or key == "paths":
                chosen[key] = items
        else:
            chosen[key] = value
    reached = _reached(root, {key: value for key, value in chosen.items() if key != "components"})
    if isinstance(chosen.get("components"), dict):
        components = _components(chosen["components"], reached)
        if components:
            chosen["components"] = components
        else:
            del chosen["components"]
    if isinstance(chosen.get("tags"), list):
        chosen["tags"] = _tags(chosen)
    return chosen


class _Named(NamedTuple):
    """An operation and what it can be asked for by."""

    pointer: Pointer
    title: str
    operation_id: str


def _operations(root: dict[str, Any]) -> list[_Named]:
    found: list[_Named] = []
    for section, prefix in (("paths", ""), ("webhooks", "webhook:")):
        items = root.get(section)
        for name, item in items.items() if isinstance(items, dict) else ():
            pointer = join("#", section, name)
            whole = _resolve(root, item) if isinstance(item, dict) else None
            if not isinstance(whole, dict):
                continue
            for method, tokens, value in operations_of(whole):
                operation_id = value.get("operationId") if isinstance(value, dict) else None
                title = f"{method.upper()} {prefix}{name}"
                known = operation_id if isinstance(operation_id, str) else ""
                found.append(_Named(join(pointer, *tokens), title, known))
    return found


def _match(patterns: Sequence[str], operations: Sequence[_Named]) -> tuple[set[Pointer], list[str]]:
    kept: set[Pointer] = set()
    missed: list[str] = []
    for pattern in patterns:
        name = pattern.strip()
        method, _, path = name.partition(" ")
        title = f"{method.upper()} {path.strip()}"
        hits = {
            operation.pointer
            for operation in operations
            if name == operation.operation_id
            or (path and (title == operation.title or _fits(operation.title, title)))
            or (not path and operation.operation_id and fnmatch.fnmatchcase(operation.operation_id, name))
        }
        kept |= hits
        if not hits:
            missed.append(pattern)
    return kept, missed


def _fits(title: str, pattern: str) -> bool:
    method, _, path = title.partition(" ")
    method_pattern, _, path_pattern = pattern.partition(" ")
    if path.startswith("webhook:") != path_pattern.startswith("webhook:"):
        return False
    return fnmatch.fnmatchcase(method, method_pattern) and fnmatch.fnmatchcase(path, path_pattern)


def _missed(patterns: Sequence[str], operations: Sequence[_Named]) -> tuple[Diagnostic, ...]:
    names = [name for operation in operations for name in (operation.title, operation.operation_id) if name]
    found, similar = Findings(), Similar()
    for pattern in patterns:
        close = similar.find(pattern, names, most=3, cutoff=0.5)
        hint = f'write an operation as "{names[0]}", or by its operationId; * stands for anything' if names else ""
        if close:
            hint = "did you mean " + " or ".join(f'"{name}"' for name in close) + "?"
        message = f'no operation matches "{pattern}"'
        found.add("error", partial(Diagnostic, severity="error", message=message, hint=hint))
    return found.listed()


def _items(root: dict[str, Any], section: str, items: dict[str, Any], kept: set[Pointer]) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    for name, item in items.items():
        pointer = join("#", section, name)
        below = [place[len(pointer) + 1 :] for place in kept if place.startswith(pointer + "/")]
        if not below or not isinstance(item, dict):
            continue
        whole = _resolve(root, item)
        beside = {key: value for key, value in item.items() if key != "$ref"}
        chosen[name] = _part(item if whole is item else {**whole, **beside}, below)
    return chosen


def _part(item: dict[str, Any], below: list[str]) -> dict[str, Any]:
    part: dict[str, Any] = {}
    for key, value in item.items():
        if key in METHODS:
            if key in below:
                part[key] = value
        elif key == "additionalOperations" and isinstance(value, dict):
            extra = {method: one for method, one in value.items() if f"{key}/{escape(method)}" in below}
            if extra:
                part[key] = extra
        else:
            part[key] = value
    return part


def _resolve(root: dict[str, Any], value: dict[str, Any]) -> Any:
    seen: set[str] = set()
    current: Any = value
    while isinstance(current, dict) and isinstance(ref := current.get("$ref"), str) and ref not in seen:
        seen.add(ref)
        if found := _at(root, ref):
            current = found[1]
    return current


def _at(root: dict[str, Any], ref: str) -> tuple[Tokens, Any] | None:
    pointer = from_fragment(ref)
    try:
        return (split(pointer), get(root, pointer)) if ref.startswith("#/") else None
    except KeyError:
        return None


def _reached(root: dict[str, Any], chosen: dict[str, Any]) -> set[tuple[str, str]]:
    """Find the components, by section and name, that are reached from a tree."""
    schemas = root.get("components", {}).get("schemas") if isinstance(root.get("components"), dict) else None
    anchors = _anchors(root)
    extending = _extending(root, schemas if isinstance(schemas, dict) else {})
    reached: set[tuple[str, str]] = set()
    pending: list[tuple[str, str, Any]] = [("#", "document", chosen)]
    seen: set[int] = set()
    while pending:
        pointer, kind, value = pending.pop()
        for node in walk(value, kind, pointer):
            if id(node.value) in seen:
                continue
            seen.add(id(node.value))
            found_by_tag = [(ref, "schema") for ref in extending.get(id(node.value), ())]
            for ref, target_kind in (*_references(node, schemas), *found_by_tag):
                found = _at(root, ref) if ref.startswith("#/") else anchors.get(ref)
                if found is None:
                    continue
                tokens, target = found
                if tokens[:1] == ("components",) and len(tokens) >= 3:
                    reached.add((tokens[1], tokens[2]))
                    if len(tokens) > 3:
                        # A reference into a component keeps all of it, and with it what the rest reaches.
                        whole = root["components"][tokens[1]][tokens[2]]
                        pending.append(("#", kind_of(tokens[:3]), whole))
                pending.append(("#", target_kind, target))
    return reached


def _extending(root: dict[str, Any], schemas: dict[str, Any]) -> dict[int, list[str]]:
    """List the components that extend a schema by `allOf`, if a discriminator may name them, by the identity of that schema."""
    named = {id(one) for one in schemas.values() if isinstance(one, dict) and "discriminator" in one}
    children: dict[int, list[str]] = {}
    for name, one in schemas.items() if named else ():
        parts = one.get("allOf") if isinstance(one, dict) else None
        for part in (one, *(parts if isinstance(parts, list) else ())):
            ref = part.get("$ref") if isinstance(part, dict) else None
            target = _at(root, ref) if isinstance(ref, str) else None
            if target is not None:
                children.setdefault(id(target[1]), []).append(join("#/components/schemas", name))
    pending = list(named)
    while pending:
        for ref in children.get(pending.pop(), ()):
            child = id(schemas[split(ref)[-1]])
            if child not in named:
                named.add(child)
                pending.append(child)
    return {key: refs for key, refs in children.items() if key in named}


def _references(node: PlacedObject, schemas: Any) -> list[tuple[str, str]]:
    """List what an object refers to, as references, each with the kind that is expected there."""
    value = node.value
    found: list[tuple[str, str]] = []
    if is_reference(node.kind, value):
        found.append((value["$ref"], node.kind))
    if node.kind == "schema" and isinstance(value.get("$dynamicRef"), str):
        found.append((value["$dynamicRef"], "schema"))
    elif node.kind == "discriminator" and isinstance(value.get("mapping"), dict):
        for ref in (ref for ref in value["mapping"].values() if isinstance(ref, str)):
            named = isinstance(schemas, dict) and ref in schemas
            found.append((join("#/components/schemas", ref) if named else ref, "schema"))
    elif node.kind in {"document", "operation"} and isinstance(value.get("security"), list):
        for requirement in value["security"]:
            if isinstance(requirement, dict):
                found.extend((join("#/components/securitySchemes", name), "securityScheme") for name in requirement)
    return found


def _anchors(root: dict[str, Any]) -> dict[str, tuple[Tokens, Any]]:
    """Find the schemas that are referred to by an identifier or an anchor (JSON Schema 2020-12, section 8.2)."""
    found: dict[str, tuple[Tokens, Any]] = {}
    for node in walk(root.get("components"), "components", "#/components"):
        if node.kind != "schema":
            continue
        place = (split(node.pointer), node.value)
        if isinstance(node.value.get("$id"), str):
            found.setdefault(node.value["$id"], place)
        for key in ("$anchor", "$dynamicAnchor"):
            if isinstance(node.value.get(key), str):
                found.setdefault("#" + node.value[key], place)
    return found


def _components(components: dict[str, Any], reached: set[tuple[str, str]]) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    for section, declared in components.items():
        if section not in SECTIONS.values() or not isinstance(declared, dict):
            if section.startswith("x-"):
                chosen[section] = declared
            continue
        part = {name: value for name, value in declared.items() if (section, name) in reached}
        if part:
            chosen[section] = part
    return chosen


def _tags(chosen: dict[str, Any]) -> list[Any]:
    used = {
        tag
        for node in walk({key: value for key, value in chosen.items() if key != "components"})
        if node.kind == "operation" and isinstance(node.value.get("tags"), list)
        for tag in node.value["tags"]
        if isinstance(tag, str)
    }
    parents = {tag.get("name"): tag.get("parent") for tag in chosen["tags"] if isinstance(tag, dict)}
    for tag in list(used):
        parent = parents.get(tag)
        while isinstance(parent, str) and parent not in used:
            used.add(parent)
            parent = parents.get(parent)
    return [tag for tag in chosen["tags"] if isinstance(tag, dict) and tag.get("name") in used]
