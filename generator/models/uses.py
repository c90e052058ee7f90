"""Which schemas operations use, in which direction, and what an inline class there is named after."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..document.document import Document
from ..document.operations import Located, OperationView, contents, follow
from ..pointer import join
from ..python import words
from ..schemas.directions import Direction


@dataclass(slots=True)
class Uses:
    """The schemas that operations use: (pointer, direction) → what an inline class there is named after."""

    found: dict[tuple[str, Direction], tuple[str, ...]] = field(default_factory=dict)
    within: str = ""
    """The operation that is looked through."""
    _ranks: dict[tuple[str, Direction], tuple[bool, tuple[str, ...]]] = field(default_factory=dict)

    def add(self, pointer: str, direction: Direction, *hint: str) -> None:
        """Note a use; the operation that it stands in names it, else the one whose name comes first."""
        key, rank = (pointer, direction), (not pointer.startswith(f"{self.within}/"), hint)
        if key not in self._ranks or rank < self._ranks[key]:
            self.found[key], self._ranks[key] = hint, rank


def uses(document: Document, operations: Iterable[OperationView], operation_names: Mapping[str, str]) -> Uses:
    """List what operations send and receive; `operation_names` gives the words of each operation (by pointer)."""
    found = Uses()
    for view in operations:
        name = operation_names[view.pointer]
        found.within = view.pointer
        for parameter in view.parameters:
            owner = _owner(parameter.pointer, name, str(parameter.value.get("name")))
            _content(document, found, parameter, "request", owner)
        if view.body is not None:
            _content(document, found, view.body, "request", _owner(view.body.pointer, name, "Request"))
        for status, response in view.responses.items():
            suffix = "Response" if status.startswith("2") else words.status(status)
            owner = _owner(response.pointer, name, suffix)
            _content(document, found, response, "", owner)
            for header_name, entry in (response.value.get("headers") or {}).items():
                place = join(response.pointer, "headers", header_name)
                _content(document, found, follow(document, place, entry), "", (*owner, header_name))
    return found


def _owner(pointer: str, *fallback: str) -> tuple[str, ...]:
    """Name what stands in a component after the component, else after the operation."""
    found = re.match(r"#/(?:components/\w+|paths)/([^/]+)(?:/parameters/\d+)?$", pointer)
    if found is None:
        return fallback
    name = found[1].replace("~1", "/").replace("~0", "~")
    return (name, *fallback[1:]) if "/parameters/" in pointer and pointer.startswith("#/paths/") else (name,)


def _content(document: Document, found: Uses, holder: Located, direction: Direction, hint: tuple[str, ...]) -> None:
    """Note the schemas of a parameter, header, body or response."""
    if "schema" in holder.value:
        found.add(join(holder.pointer, "schema"), direction, *hint)
    for media_type, entry in contents(document, holder):
        owner = _owner(entry.pointer, *hint)
        form = direction == "request" and media_type.split(";")[0].strip().lower().startswith("multipart/")
        for key in ("schema", "itemSchema"):
            if key in entry.value:
                more = ("Item",) if key == "itemSchema" else ()
                found.add(join(entry.pointer, key), "form" if form else direction, *owner, *more)
