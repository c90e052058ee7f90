"""References that lead nowhere: what is said of them, and the pointer that was probably meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..diagnostics.similar import Similar
from ..pointer import Pointer, from_fragment, get, join, split
from .objects import SECTIONS, is_reference, walk

_CANDIDATES = 2_000  # names that are looked through for a similar one
SHOWN = 80
"""Characters of a reference that a message shows."""


def find(root: dict[str, Any]) -> Iterator[tuple[Pointer, str, str]]:
    """Find the references into a tree that lead nowhere: the pointer of each object that has one, its kind, the reference."""
    for pointer, kind, value in walk(root):
        if (
            is_reference(kind, value)
            and value["$ref"].startswith("#/")
            and not _exists(root, from_fragment(value["$ref"]))
        ):
            yield pointer, kind, value["$ref"]


class Lost:
    """Says what references of one document that lead nowhere may have meant."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], list[str]] = {}
        self._similar_names = Similar()

    def describe(self, root: dict[str, Any], ref: str, kind: str, pointer: Pointer, why: str = "") -> str:
        """Say that a reference leads nowhere, and what it may have meant; `pointer` is that of the object that has it."""
        shown = ref if len(ref) <= SHOWN else ref[:SHOWN] + "…"
        found = self._meant(root, ref, kind, pointer)
        close = f'; did you mean "{found}"?' if found else ""
        return f'the reference "{shown}" leads nowhere{f": {why}" if why else ""}{close}'

    def _meant(self, root: dict[str, Any], ref: str, kind: str, pointer: Pointer) -> Pointer | None:
        """Find the place below the schema that the object stands in, else the component of that name or of a similar one."""
        section = SECTIONS.get(kind, "")
        fragment = from_fragment(ref.partition("#")[2])
        if fragment.startswith("/"):
            for end in range(len(split(pointer)), 0, -1):
                inside = join("#", *split(pointer)[:end]) + fragment
                if _exists(root, inside):
                    return inside
        components = root.get("components")
        declared = components.get(section) if isinstance(components, dict) else None
        names = list(declared)[:_CANDIDATES] if isinstance(declared, dict) else []
        name = (ref.rpartition("/")[2] if fragment else ref.rpartition("/")[2].rpartition("#")[2]) or ref
        stem = name.rpartition(".")[0] or name
        found = [one for one in (name, stem) if one in names]
        found = found or self._similar(section, name, names)
        return join("#/components", section, found[0]) if found else None

    def _similar(self, section: str, name: str, names: list[str]) -> list[str]:
        """Find a name but for its case, else a similar one; the first few that are looked for only, and no long ones."""
        if (section, name) not in self._known:
            found = [one for one in names if one.lower() == name.lower()]
            self._known[section, name] = found or self._similar_names.find(name, names)
        return self._known[section, name]


def _exists(root: dict[str, Any], pointer: Pointer) -> bool:
    try:
        get(root, pointer)
    except KeyError:
        return False
    return True
