"""A document's tree while it is being changed: values change, and positions still lead to what was written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from ..pointer import Pointer, child, escape, join, split
from .document import Document

EditKind = Literal["set", "add", "append", "rename", "drop"]
_ORDER = {"set": 0, "add": 0, "append": 1, "drop": 2, "rename": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One edit of a tree.

    ``set`` puts a value in place of one that is there; ``add`` puts a member where there may be none; ``append`` puts
    an item at the end of the list at the pointer; ``rename`` gives the member at the pointer another key, in its
    place; ``drop`` removes a member or an item.
    """

    kind: EditKind
    pointer: Pointer
    value: Any = None


class Tree:
    """A copy of a document's tree, made when the first edit comes."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._moved: dict[Pointer, tuple[int, Pointer]] = {}  # what the document has as its moves, once it is copied

    @property
    def root(self) -> dict[str, Any]:
        """The tree as it is now."""
        return self.document.root

    def apply(self, edits: Iterable[Edit]) -> None:
        """Make edits that were decided on the same state of the tree; those of a value that is gone are left out."""
        wanted = list(dict.fromkeys(_Key(edit) for edit in edits))
        if not wanted:
            return
        self._moved = dict(self.document.moves) or {"#": (0, "#")}
        self.document = self.document.with_root(copy(self.document.root), self._moved)
        # Items are dropped from the end of a list, so that the pointers of those before them stay right.
        for key in sorted(wanted, key=lambda key: _ORDER[key.edit.kind]):
            if key.edit.kind in {"set", "add", "append"}:
                self._put(key.edit)
        drops = {key.edit.pointer for key in wanted if key.edit.kind == "drop"}
        for pointer in sorted(drops, key=_place, reverse=True):
            self._drop(pointer)
        renames = {key.edit.pointer: key.edit.value for key in wanted if key.edit.kind == "rename"}
        for pointer in sorted(renames, key=_place, reverse=True):
            self._rename(pointer, renames[pointer])

    def _parent(self, pointer: Pointer) -> tuple[Any, str]:
        """Find what holds the value at a pointer; None where there is nothing any more."""
        tokens = split(pointer)
        node: Any = self.root
        try:
            for token in tokens[:-1]:
                node = child(node, token)
        except KeyError:
            return None, ""
        return node, tokens[-1] if tokens else ""

    def _put(self, edit: Edit) -> None:
        parent, token = self._parent(edit.pointer)
        if isinstance(parent, dict) and token:
            if edit.kind == "append":
                items = parent.setdefault(token, [])
                if isinstance(items, list):
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
            origins = [self._origin(f"{above}/{index}") for index in range(int(token) + 1, len(parent))]
            del parent[int(token)]
            moves = self._moves()
            for index, origin in enumerate(origins, int(token)):
                self._forget(f"{above}/{index}")
                moves[f"{above}/{index}"] = origin

    def _rename(self, pointer: Pointer, name: str) -> None:
        parent, token = self._parent(pointer)
        if not isinstance(parent, dict) or token not in parent or name in parent:
            return
        target = f"{pointer.rpartition('/')[0]}/{escape(name)}"
        origin = self._origin(pointer)
        renamed = {name if key == token else key: value for key, value in parent.items()}
        parent.clear()
        parent.update(renamed)
        moves = self._moves()
        below = [key for key in moves if key.startswith(pointer + "/")]
        for key in below:
            moves[target + key[len(pointer) :]] = moves.pop(key)
        moves[target] = origin

    def _moves(self) -> dict[Pointer, tuple[int, Pointer]]:
        return self._moved

    def _origin(self, pointer: Pointer) -> tuple[int, Pointer]:
        return self.document.origin(pointer)

    def _forget(self, pointer: Pointer) -> None:
        moves = self._moves()
        for key in [key for key in moves if key == pointer or key.startswith(pointer + "/")]:
            del moves[key]


class _Key:
    """Makes edits comparable: two findings may ask for the same one."""

    __slots__ = ("_key", "edit")

    def __init__(self, edit: Edit) -> None:
        self.edit = edit
        self._key = (edit.kind, edit.pointer, repr(edit.value) if edit.kind != "drop" else "")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)


def _is_index(token: str) -> bool:
    return token.isascii() and token.isdigit()


def _place(pointer: Pointer) -> tuple[tuple[int, str | int], ...]:
    """Order pointers so that the items of a list come by number."""
    return tuple((0, int(token)) if _is_index(token) and len(token) < 10 else (1, token) for token in split(pointer))


def copy(value: Any) -> Any:
    """Copy a tree of JSON values."""
    if type(value) is dict:
        return {key: copy(item) if type(item) in _CONTAINERS else item for key, item in value.items()}
    if type(value) is list:
        return [copy(item) if type(item) in _CONTAINERS else item for item in value]
    return value


_CONTAINERS = {dict, list}


def pointer_of(tokens: Iterable[str]) -> Pointer:
    """Put unescaped tokens together."""
    return join("#", *tokens)
