"""The objects of a document, found in one walk and kept while the document is repaired."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..pointer import Pointer, from_fragment, get, join, split
from .document import Document
from .lost import Lost
from .objects import PlacedObject, is_reference, walk


class Index:
    """All objects of one state of a document, in its order, and what references lead to.

    ``objects`` holds those that stand where OpenAPI has a place for them, followed by those ``elsewhere``: what a
    reference leads to in an extension, say, is an object too, of the kind that the reference stands for. ``kinds``
    leads from an object's pointer to its kind; ``identified`` tells whether a schema has an ``$id`` or ``$anchor``.
    ``lost`` says what references that lead nowhere may have meant.
    """

    document: Document
    objects: list[PlacedObject]
    elsewhere: list[PlacedObject]
    kinds: dict[Pointer, str]
    identified: bool
    lost: Lost

    def __init__(self, document: Document) -> None:
        self.lost = Lost()
        self._read(document, list(walk(document.root)))

    def _read(self, document: Document, objects: list[PlacedObject]) -> None:
        self.document = document
        self.objects = objects
        self.elsewhere = []
        self.kinds = {node.pointer: node.kind for node in objects}
        self._targets: dict[str, tuple[Pointer, Any] | None] = {}
        for node in objects:  # which grows meanwhile
            target = self.target(node)
            if target is None or not isinstance(target.value, dict) or target.pointer in self.kinds:
                continue
            self.elsewhere.append(target)
            below = [one for one in walk(target.value, target.kind, target.pointer) if one.pointer not in self.kinds]
            self.kinds.update((one.pointer, one.kind) for one in below)
            objects.extend(below)
        self.identified = any("$id" in node.value or "$anchor" in node.value for node in self.of("schema"))

    def of(self, *kinds: str) -> list[PlacedObject]:
        """List the objects of some kinds."""
        return [node for node in self.objects if node.kind in kinds]

    def references(self) -> list[PlacedObject]:
        """List the objects that refer to another one."""
        return [node for node in self.objects if is_reference(node.kind, node.value)]

    def components(self, section: str) -> dict[str, Any]:
        """Give the components of a section, by name; empty if there are none."""
        components = self.document.root.get("components")
        found = components.get(section) if isinstance(components, dict) else None
        return found if isinstance(found, dict) else {}

    def target(self, node: PlacedObject) -> PlacedObject | None:
        """Find what an object refers to, of whatever JSON type; None if it refers to nothing, or leads nowhere.

        Its kind is the one that is expected there, see ``kinds`` for the one that it has.
        """
        if not is_reference(node.kind, node.value):
            return None
        ref: str = node.value["$ref"]
        if ref not in self._targets:
            try:
                self._targets[ref] = join("#", *split(from_fragment(ref))), self.document.resolve(ref)
            except KeyError:
                self._targets[ref] = None
        found = self._targets[ref]
        return None if found is None else PlacedObject(found[0], node.kind, found[1])

    def behind(self, value: Any) -> Any:
        """Follow the chain of references from a value; None if it leads nowhere, or round in a circle."""
        seen: set[str] = set()
        while isinstance(value, dict) and isinstance(value.get("$ref"), str):
            if value["$ref"] in seen:
                return None
            seen.add(value["$ref"])
            try:
                value = self.document.resolve(value["$ref"])
            except KeyError:
                return None
        return value

    def update(self, document: Document, touched: Iterable[Pointer]) -> list[PlacedObject]:
        """Take over a document that differs from the old one below some pointers; return the objects read anew.

        Objects that do not stand around or below those pointers are the same in both documents.
        """
        if self.elsewhere:  # what was found through a reference may be found no more: read all
            self._read(document, list(walk(document.root)))
            return self.objects
        tops = {self._around(pointer) for pointer in touched}
        below = tuple(f"{top}/" for top in tops)
        above = {"/".join(tokens[:end]) for tokens in (top.split("/") for top in tops) for end in range(1, len(tokens))}
        objects: list[PlacedObject] = []
        fresh: list[PlacedObject] = []
        for node in self.objects:
            if node.pointer.startswith(below):
                continue
            changed = node.pointer in above or node.pointer in tops
            now = node._replace(value=get(document.root, node.pointer)) if changed else node
            if node.pointer in tops:
                read = list(walk(now.value, now.kind, now.pointer))
                fresh += read
                objects += read
            else:
                objects.append(now)
        known = len(objects)
        self._read(document, objects)
        return fresh + objects[known:]

    def _around(self, pointer: Pointer) -> Pointer:
        """Find the object that a value stands in, or is."""
        while pointer not in self.kinds and pointer != "#":
            pointer = pointer.rpartition("/")[0]
        return pointer
