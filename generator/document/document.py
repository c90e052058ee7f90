"""An OpenAPI document as one tree, and where each part of it was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from functools import partial
from pathlib import Path
from typing import Any

from ..diagnostics.diagnostic import Diagnostic, Severity
from ..diagnostics.location import Location, diagnose
from ..parsing.limits import Budget, Limits
from ..parsing.source import Source
from ..pointer import Pointer, child, from_fragment, get, join, split
from ..records import record
from ..schemas.json_values import equal


@record(kw_only=True)
class Document:
    """A document as one self-contained tree, members in the order in which they were written.

    All ``$ref``s that are left lead into the tree (``#/…``), or to an ``$id`` or ``$anchor`` in it.
    ``moves`` leads from a pointer of the tree to the source and the pointer where that part was written.
    """

    path: Path
    root: dict[str, Any]
    version: tuple[int, int]
    sources: tuple[Source, ...] = field(repr=False)
    moves: Mapping[Pointer, tuple[int, Pointer]] = field(default_factory=dict, repr=False)
    limits: Limits = field(default_factory=Limits, repr=False)
    budget: Budget = field(default_factory=lambda: Budget(Limits()), repr=False, compare=False)

    def locate(self, pointer: Pointer) -> Location:
        """Find where a value was written; the nearest one around it where there is none."""
        number, origin = self.origin(pointer)
        return self.sources[number].locate(split(origin))

    def origin(self, pointer: Pointer) -> tuple[int, Pointer]:
        """Find the source, by its number, and the pointer there at which a value of the tree was written."""
        if not self.moves:
            return 0, pointer
        prefix = pointer
        while prefix not in self.moves and prefix != "#":
            prefix = prefix.rpartition("/")[0]
            if not prefix:  # a reference that leads nowhere is no pointer
                return 0, "#"
        number, origin = self.moves.get(prefix, (0, "#"))
        return number, origin + pointer[len(prefix) :]

    def spelling(self, pointer: Pointer) -> str | None:
        """Give a number, a boolean or null as it was written: `1.10`, where the value is 1.1; None where there is none."""
        number, origin = self.origin(pointer)
        return self.sources[number].spelling(split(origin))

    def lines(self, pointer: Pointer) -> tuple[str, ...]:
        """Give the lines of YAML that hold the value at a pointer, as they were written.

        There are none for JSON, for no value, and for a value that an overlay or the bundling changed.
        """
        number, origin = self.origin(pointer)
        source, (*around, last) = self.sources[number], split(origin) or [""]
        try:
            holder = get(source.root, join("#", *around))
            if source.format != "yaml" or not equal(child(holder, last), self.at(pointer)):
                return ()
        except KeyError:
            return ()
        return source.block((*around, last), is_item=isinstance(holder, list))

    def at(self, pointer: Pointer) -> Any:
        """Give the value at a pointer. Raises KeyError where there is none."""
        if not pointer.startswith("#"):
            raise KeyError(pointer)
        return get(self.root, pointer)

    def resolve(self, ref: str) -> Any:
        """Follow a ``$ref`` of this document (a URI fragment, percent-encoding allowed).

        Raises KeyError where it leads nowhere.
        """
        if ref == "#":
            return self.root
        if not ref.startswith("#/"):
            raise KeyError(ref)
        return get(self.root, from_fragment(ref))

    def spend(self, values: int, characters: int, pointer: Pointer) -> None:
        """Take what is made of the value at a pointer off the budget. Raises Refused, with its place, if less is left."""
        self.budget.spend(values, characters, partial(self.locate, pointer))

    def diagnostic(self, severity: Severity, message: str, pointer: Pointer, hint: str = "") -> Diagnostic:
        """Make a finding about the value at a pointer, with its place filled in."""
        return diagnose(severity, message, self.locate(pointer), hint=hint, pointer=pointer)

    def with_root(self, root: dict[str, Any], moves: Mapping[Pointer, tuple[int, Pointer]] | None = None) -> Document:
        """Make a document with another tree that was made from this one."""
        return replace(self, root=root, moves=self.moves if moves is None else moves)
