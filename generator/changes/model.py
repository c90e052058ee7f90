"""The values that a comparison of two documents gives, without logic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol, TypedDict

from ..records import record
from ..settings.severities import AUDIENCES, Audience

if TYPE_CHECKING:
    from ..diagnostics.diagnostic import Diagnostic
    from ..diagnostics.location import Location
    from ..output.package import Package

Effect = Literal["none", "wider", "narrower", "different", "unknown"]
"""How a change acts on the set of accepted values; `none` if it does not change that set."""

Level = Literal["error", "warning", "info"]
"""`error`: breaking; `warning`: may break, the documents do not show whether; `info`: compatible."""


class Levels(TypedDict, total=False):
    """What departs from the table of docs/changes.md, for callers (`severity`) and for services."""

    severity: Level
    service: Level


MOST_SEVERE_FIRST: tuple[Level, ...] = ("error", "warning", "info")

Flow = Literal["request", "response"]
"""Whether a value is sent to the API or by it."""
Axis = Literal["document", "python"]

CALLERS: tuple[Audience, ...] = ("wire-caller", "python-caller")
"""Those for whom an API has a version: services implement it."""
Verdict = Literal["major", "minor", "patch", "none"]
Polarity = Literal["+", "-", "~", "?"]
"""How the set of a subschema acts on that of the whole schema: alike, inversely, perhaps alike, in an unknown way."""


class DocumentLike(Protocol):
    """What the comparison needs of a loaded document: its self-contained tree and positions in its files."""

    @property
    def root(self) -> dict[str, Any]:
        """The tree; all references lead into it."""

    def locate(self, pointer: str) -> Location:
        """Find the position of a value; if there is none, of the nearest value around it."""

    def lines(self, pointer: str) -> tuple[str, ...]:
        """Give the lines of YAML that hold a value, as they were written; none for JSON, and for no value."""


@record(kw_only=True)
class Place:
    """Where a change has an effect: an operation, a part of it, and the path of the value inside that part."""

    operation: str
    """`POST /cost/create`; a dotted Python name on the Python axis; empty for the document as a whole."""
    part: str = ""
    path: str = ""


@record(kw_only=True)
class Acceptance:
    """Why a break is accepted, and until which day (ISO 8601)."""

    reason: str
    until: str


@record(kw_only=True)
class Change:
    """One difference of two documents, with every place where it has an effect."""

    identifier: str
    severity: Level
    """For callers: of requests on the document's axis, of the package on the Python axis."""
    service: Level = "info"
    """For services, which stand on the other side: they read what callers write, and write what callers read."""
    operation: str
    """The first place's operation."""
    old_pointer: str
    """JSON pointer into the old document; empty if nothing there corresponds."""
    new_pointer: str
    message: str
    places: tuple[Place, ...] = ()
    more_places: int = 0
    """Places beyond those, if there are very many."""
    axis: Axis = "document"
    effect: Effect = "none"
    """The strict relation of the accepted sets, even if the severity departs from the table of docs/changes.md."""
    accepted: Acceptance | None = None
    """Set if it breaks, and spectwin-accepted.toml says that it may."""

    def level(self, audience: Audience) -> Level:
        """The severity for one audience; `info` for those of the other axis."""
        if audience.startswith("wire") != (self.axis == "document"):
            return "info"
        return self.severity if audience in CALLERS else self.service


@record(kw_only=True)
class Difference:
    """A difference of two schemas; it has no severity yet. `kind` is the end of an identifier (`max-length-decreased`)."""

    kind: str
    effect: Effect
    old_pointer: str
    new_pointer: str
    old: Any = None
    new: Any = None
    name: str = ""
    """The property or keyword that the difference is about, if the kind alone does not say it."""
    required: bool = False
    severity: Level | None = None
    """For callers; set if it departs from the table of docs/changes.md (open objects)."""
    service: Level | None = None
    """The same for services."""
    sure: bool = True
    """False inside alternatives that may overlap: then the effect on the whole schema can't be shown."""


@record(kw_only=True)
class Comparison:
    """What changed between two documents; `packages` (old, new) are there if they were asked for."""

    old: DocumentLike
    new: DocumentLike
    changes: tuple[Change, ...]
    audiences: tuple[Audience, ...] = AUDIENCES
    """Those that count: for `--fail-on`, and for the version."""
    packages: tuple[Package, Package] | None = None
    faults: tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...]] = ((), ())
    """The errors of each document, which the comparison passed over."""
    unused: tuple[Diagnostic, ...] = ()
    """The entries of spectwin-accepted.toml that are out of date, match nothing or do not suffice."""
    package: str = ""
    """The configured package that is meant, if there are several."""
