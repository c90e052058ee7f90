"""Schemas with a part that is secret (`format: password`), for media types whose bodies are read without their schema."""

from __future__ import annotations

from collections import defaultdict

from ..document.document import Document
from ..document.index import Index
from ..pointer import Pointer


def secret_schemas(document: Document) -> frozenset[Pointer]:
    """Return the pointers of schemas that are secret, hold what is, or refer to it; and those of what they stand in."""
    holders: dict[str, list[Pointer]] = defaultdict(list)
    pending: list[Pointer] = []
    for node in Index(document).of("schema"):
        if isinstance(node.value.get("$ref"), str):
            holders[node.value["$ref"]].append(node.pointer)
        if node.value.get("format") == "password":
            pending.append(node.pointer)
    found: set[Pointer] = set()
    while pending:
        pointer = pending.pop()
        while pointer not in found and pointer != "#":
            found.add(pointer)
            pending += holders[pointer]
            pointer = pointer.rpartition("/")[0]
    return frozenset(found)
