"""A document's tree while it is being changed: values change, and positions still lead to what was written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from ..pointer import Pointer, child, escape, split
from ..records import record
from .document import Document

EditKind = Literal["set", "add", "append", "rename", "drop"]


@record(kw_only=True)
class Edit:
    """One edit of a tree.

    ``set`` puts a value in place of one that is there; ``add`` puts a member where there may be none; ``append`` puts
    an item at the end of the list at the pointer; ``rename`` gives the member at the pointer another key, in its
    place; ``drop`` removes a member or an item.
    """

    kind: EditKind
    pointer: Pointer
    value: Any = None

    @property
    def touched(self) -> Pointer:
        """Give the pointer below which, at most, the tree differs afterwards."""
        return self.pointer if self.kind == "set" else self.pointer.rpartition("/")[0] or "#"


class Tree:
    """The states of a document, one after the other: what edits do not touch is shared by them, and never changes."""

    document: Document
    """The newest state."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._moves: dict[Pointer, tuple[int, Pointer]] = {}  # the newest document's
        self._own: dict[int, Any] = {}  # by id: the containers that were made for the newest document

    def apply(self, edits: Iterable[Edit]) -> None:
        """Make edits that were decided on the same state of the tree; those of a value that is gone are left out."""
        # Two findings may ask for the same edit; what is dropped is dropped whatever it is.
        wanted = {(edit.kind, edit.pointer, edit.kind != "drop" and repr(edit.value)): edit for edit in edits}
        if not wanted:
            return
        self._moves = dict(self.document.moves) or {"#": (0, "#")}
        root = dict(self.document.root)
        self._own = {id(root): root}
        self.document = self.document.with_root(root, self._moves)
        puts = [edit for edit in wanted.values() if edit.kind in {"set", "add", "append"}]
        for edit in sorted(puts, key=lambda edit: edit.kind == "append"):
            self._put(edit)
        # Items are dropped from the end of a list, so that the pointers of those before them stay right.
        drops = {edit.pointer for edit in wanted.values() if edit.kind == "drop"}
        for pointer in sorted(drops, key=_place, reverse=True):
            self._drop(pointer)
        renames = {edit.pointer: edit.value for edit in wanted.values() if edit.kind == "rename"}
        for pointer in sorted(renames, key=_place, reverse=True):
            self._rename(pointer, renames[pointer])

    def _parent(self, pointer: Pointer) -> tuple[Any, str]:
        """Find what holds the value at a pointer, to be changed; None if there is nothing any more."""
        *above, last = split(pointer) or ("",)
        node: Any = self.document.root
        try:
            for token in above:
                node = self._owned(node, token)
        except KeyError:
            return None, ""
        return node, last

    def _owned(self, parent: Any, token: str) -> Any:
        """Give a member or an item of a container that is ours, as one that is ours too. Raises KeyError."""
        found = child(parent, token)
        if type(found) in {dict, list} and id(found) not in self._own:
            found = found.copy()
            self._own[id(found)] = found
            parent[int(token) if isinstance(parent, list) else token] = found
        return found

    def _put(self, edit: Edit) -> None:
        parent, token = self._parent(edit.pointer)
        if isinstance(parent, dict) and token:
            if edit.kind == "append":
                parent.setdefault(token, [])
                if isinstance(items := self._owned(parent, token), list):
                    items.append(edit.value)
            elif edit.kind == "add" or token in parent:
                parent[token] = edit.value
        elif isinstance(parent, list) and _is_index(token) and int(token) < len(parent) and edit.kind == "set":
            parent[int(token)] = edit.value

    def _drop(self, pointer: Pointer) -> None:
        parent, token = self._parent(pointer)
        if isinstance(parent, dict):
            parent.pop(token, None)
        elif isinstance(parent, list) and _is_index(token) and int(token) < len(parent):
            above = pointer.rpartition("/")[0]
            origins = [self.document.origin(f"{above}/{index}") for index in range(int(token) + 1, len(parent))]
            del parent[int(token)]
            for index, origin in enumerate(origins, int(token)):
                self._forget(f"{above}/{index}")
                self._moves[f"{above}/{index}"] = origin

    def _rename(self, pointer: Pointer, name: str) -> None:
        parent, token = self._parent(pointer)
        if not isinstance(parent, dict) or token not in parent or name in parent:
            return
        target = f"{pointer.rpartition('/')[0]}/{escape(name)}"
        origin = self.document.origin(pointer)
        renamed = {name if key == token else key: value for key, value in parent.items()}
        parent.clear()
        parent.update(renamed)
        below = [key for key in self._moves if key.startswith(pointer + "/")]
        for key in below:
            self._moves[target + key[len(pointer) :]] = self._moves.pop(key)
        self._moves[target] = origin

    def _forget(self, pointer: Pointer) -> None:
        for key in [key for key in self._moves if key == pointer or key.startswith(pointer + "/")]:
            del self._moves[key]


def _is_index(token: str) -> bool:
    return token.isascii() and token.isdigit()


def _place(pointer: Pointer) -> tuple[tuple[int, str | int], ...]:
    """Order pointers so that the items of a list come by number."""
    return tuple((0, int(token)) if _is_index(token) and len(token) < 10 else (1, token) for token in split(pointer))
