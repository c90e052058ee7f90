"""What the comparison of two documents says: values without logic."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from ..diagnostics.diagnostic import Diagnostic
    from ..output.package import Package

Effect = Literal["none", "wider", "narrower", "different", "unknown"]
"""What became of the set of accepted values; `none` where a change does not touch it."""

RelationName = Literal["equal", "wider", "narrower", "different", "unknown"]
Level = Literal["error", "warning", "info"]
"""`error`: breaking; `warning`: may break, nobody can tell from the documents; `info`: compatible."""

MOST_SEVERE_FIRST: tuple[Level, ...] = ("error", "warning", "info")

Flow = Literal["request", "response"]
Axis = Literal["document", "python"]
Verdict = Literal["major", "minor", "patch", "none"]
Polarity = Literal["+", "-", "~", "?"]
"""How a part's set acts on the whole: the same way, the opposite way, leaning the same way, in no known way."""


class Position(Protocol):
    """Where a pointer leads to in a file."""

    @property
    def file(self) -> str:
        """The file's name as it is shown."""

    @property
    def line(self) -> int:
        """From 1; 0 where it is not known."""

    @property
    def column(self) -> int:
        """From 1, in characters."""


class DocumentLike(Protocol):
    """What the comparison needs of a loaded document: its self-contained tree and positions in its files."""

    @property
    def root(self) -> dict[str, Any]:
        """The tree; all references lead into it."""

    def locate(self, pointer: str) -> Position:
        """Where a value was written; the nearest one around it where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a change arrives: an operation, the part of it, and the path of the value inside that part."""

    operation: str
    """`POST /cost/create`; a dotted Python name on the Python axis; empty for the document as a whole."""
    part: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference, with every place that it reaches."""

    identifier: str
    severity: Level
    operation: str
    """The first place's operation."""
    old_pointer: str
    """JSON pointer into the old document; empty where it holds nothing that corresponds."""
    new_pointer: str
    message: str
    places: tuple[Place, ...] = ()
    axis: Axis = "document"
    effect: Effect = "none"
    """The strict relation of the accepted sets, also where the severity is milder than the law of the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A difference of two schemas, located, before it is judged.

    `kind` is the end of an identifier (`max-length-decreased`); `path` leads from the compared schemas to it.
    """

    kind: str
    effect: Effect
    old_pointer: str
    new_pointer: str
    old: Any = None
    new: Any = None
    name: str = ""
    """The property or keyword that the difference is about, where the kind alone does not say it."""
    required: bool = False
    severity: Level | None = None
    """Set where the law of the table is softened or sharpened (open objects): see docs/changes.md."""
    path: str = ""
    sure: bool = True
    """False inside alternatives that may overlap: there the effect on the whole can't be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """How the set that a schema accepts changed.

    `equal`: no difference found by a complete comparison; `wider`: all that was accepted still is;
    `narrower`: all that is accepted was so before; `different`: changes of both kinds; `unknown`: can't be shown.
    """

    name: RelationName
    differences: tuple[Difference, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What changed between two documents; `packages` (old, new) are there where they were asked for."""

    old: DocumentLike
    new: DocumentLike
    changes: tuple[Change, ...]
    packages: tuple[Package, Package] | None = None
    faults: tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...]] = ((), ())
    """The errors of each document, which the comparison passed over."""
