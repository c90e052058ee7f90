"""Path items that refer to another one (OpenAPI 3.1.1, section 4.8.9, `$ref`), put where their paths stand.

Each path then has operations of its own, whose pointers begin with that path; what stands beside the `$ref` is joined
with what it leads to. A reference that leads nowhere, to something else, or back to itself stays for validation.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..diagnostics.diagnostic import Diagnostic, Refused
from ..parsing.limits import REPEATED, weigh
from ..parsing.source import Source
from ..pointer import Pointer, escape, from_fragment, get, join, split
from .document import Document
from .objects import METHODS, kind_of

Origin = tuple[int, Pointer]

_MORE = "additionalOperations"


@dataclass(slots=True)
class JoinedItem:
    """A path item made of one that has a `$ref` (`own`) and of the one that this leads to (`target`).

    `own` are the places of what stands in the own item; all else stands in the target, at the place that `moved` has for it,
    or at the same one. `doubled` are the operations that both have. Places are the ends of pointers: `/get`.
    """

    value: dict[str, Any]
    own: list[str]
    moved: dict[str, str] = field(default_factory=dict)
    doubled: list[str] = field(default_factory=list)


def join_items(item: dict[str, Any], target: dict[str, Any]) -> JoinedItem:
    """Join what stands beside a path item's `$ref` with what it leads to. Parameters of both count; else the own part does."""
    own = {key: value for key, value in item.items() if key != "$ref"}
    found = JoinedItem({**target, **own}, own=[f"/{escape(key)}" for key in own])
    found.doubled = [f"/{method}" for method in METHODS if method in own and method in target]
    mine, theirs = own.get("parameters"), target.get("parameters")
    if isinstance(mine, list) and isinstance(theirs, list):
        found.value["parameters"] = [*mine, *theirs]
        found.moved = {f"/parameters/{len(mine) + index}": f"/parameters/{index}" for index in range(len(theirs))}
    mine, theirs = own.get(_MORE), target.get(_MORE)
    if isinstance(mine, dict) and isinstance(theirs, dict):
        found.value[_MORE] = {**theirs, **mine}
        places = {name: f"/{_MORE}/{escape(name)}" for name in theirs}
        found.moved |= {place: place for name, place in places.items() if name not in mine}
        found.doubled += [place for name, place in places.items() if name in mine]
    return found


def describe_double(place: str, source: Source, origin: Pointer) -> str:
    """Say that a path item declares an operation which the one it refers to has too, at a pointer of a source."""
    at = source.locate(split(origin))
    where = f"{at.file}:{at.line}:{at.column} ({origin})"
    return f'"{split(place)[-1]}" is declared here and in the path item that the $ref beside it leads to, at {where}'


def in_place(document: Document) -> Document:
    """Put the path items that `paths`, `webhooks` and `components/pathItems` refer to in the place of the references.

    Raises Refused for an operation that both sides of a `$ref` have, and if more is repeated than the limits allow.
    """
    return _Placer(document).run()


class _Placer:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.moves: dict[Pointer, Origin] = dict(document.moves) or {"#": (0, "#")}
        self._order = sorted(document.moves)
        self._done: dict[Pointer, tuple[dict[str, Any], dict[str, Origin]]] = {}
        self._sizes: dict[int, tuple[int, int]] = {}
        self._problems: list[Diagnostic] = []

    def run(self) -> Document:
        root = dict(self.document.root)
        holders: list[tuple[Pointer, dict[str, Any]]] = [("#", root)]
        if isinstance(root.get("components"), dict) and "pathItems" in root["components"]:
            root["components"] = dict(root["components"])
            holders.append(("#/components", root["components"]))
        for above, holder in holders:
            for name in ("paths", "webhooks") if above == "#" else ("pathItems",):
                if isinstance(holder.get(name), dict):
                    holder[name] = self._section(join(above, name), holder[name])
        if self._problems:
            raise Refused(self._problems)
        return self.document.with_root(root, self.moves) if self._done else self.document

    def _section(self, above: Pointer, items: dict[str, Any]) -> dict[str, Any]:
        result = dict(items)
        for name, item in items.items():
            if isinstance(item, dict) and "$ref" in item and not (above == "#/paths" and name.startswith("x-")):
                pointer = join(above, name)
                if found := self._whole(pointer):
                    result[name], origins = found
                    self.moves.update((pointer + place, origin) for place, origin in origins.items())
        return result

    def _whole(self, pointer: Pointer) -> tuple[dict[str, Any], dict[str, Origin]] | None:
        """Join a path item with all that it refers to; None where that is not possible. Origins are by place in it."""
        chain: list[tuple[Pointer, dict[str, Any]]] = []
        met: set[Pointer] = set()
        while pointer not in self._done:
            item = self._at(pointer)
            if item is None or pointer in met:
                return None
            met.add(pointer)
            if not isinstance(item.get("$ref"), str):
                self._done[pointer] = item, dict(self._origins(pointer, ""))
                break
            chain.append((pointer, item))
            pointer = join("#", *split(from_fragment(item["$ref"])))
        found = self._done[pointer]
        for at, item in reversed(chain):
            found = self._done[at] = self._joined(at, item, *found)
        return found

    def _at(self, pointer: Pointer) -> dict[str, Any] | None:
        """Find a path item; None where there is none."""
        try:
            found = get(self.document.root, pointer)
        except KeyError:
            return None
        return found if isinstance(found, dict) and kind_of(split(pointer)) in {"pathItem", ""} else None

    def _joined(
        self, pointer: Pointer, item: dict[str, Any], target: dict[str, Any], origins: dict[str, Origin]
    ) -> tuple[dict[str, Any], dict[str, Origin]]:
        known = id(target) in self._sizes  # `_done` keeps them all
        if not known:
            self._sizes[id(target)] = weigh(target)
        values, characters = self._sizes[id(target)]
        self.document.spend(values * (REPEATED if known else 1), characters, pointer)
        joined = join_items(item, target)
        for place in joined.doubled:
            number, origin = _origin(origins, place)
            message = describe_double(place, self.document.sources[number], origin)
            self._problems.append(self.document.diagnostic("error", message, pointer + place, "leave one of them out"))
        found = dict(origins)
        for place in joined.own:
            found.update(self._origins(pointer + place, place))
        found.update((place, _origin(origins, old)) for place, old in joined.moved.items())
        return joined.value, found

    def _origins(self, pointer: Pointer, place: str) -> Iterator[tuple[str, Origin]]:
        """Go through the origins of a value and of what was moved below it, by place."""
        yield place, self.document.origin(pointer)
        index = bisect_left(self._order, f"{pointer}/")
        while index < len(self._order) and (key := self._order[index]).startswith(f"{pointer}/"):
            yield place + key[len(pointer) :], self.document.moves[key]
            index += 1


def _origin(origins: dict[str, Origin], place: str) -> Origin:
    """Find where a part of a path item was written, from the origins of the parts around it."""
    around = place
    while around not in origins:
        around = around.rpartition("/")[0]
    number, pointer = origins[around]
    return number, pointer + place[len(around) :]
