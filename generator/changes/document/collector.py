"""Collecting changes: each difference once, with all its places."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ..model import Change, Difference, Effect, Flow, Level, Place
from ..sets.comparator import Comparator
from ..sets.compared_document import ComparedDocument, display
from ..verdicts import Scope, by_severity, identifier, most_severe, sentence, severity_of_difference, severity_of_effect


@dataclass(slots=True)
class _Draft:
    change: Change
    """Without its places."""
    places: dict[Place, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an operation whose schemas are compared."""

    operation: str
    name: str
    """Such as `request body (application/json)`; stands before the path in sentences."""
    scope: Scope
    flow: Flow


class Collector:
    """The changes found so far; `flip`: requests and responses change places (webhooks, callbacks)."""

    def __init__(self, old: ComparedDocument, new: ComparedDocument) -> None:
        self.old, self.new = old, new
        self.comparator = Comparator(old, new)
        self.same = self.comparator.context.sameness.same
        self.flip = False
        self._drafts: dict[tuple[str, str, str], _Draft] = {}
        self._places: dict[tuple[str, str, str], Place] = {}
        self._differences: dict[tuple[int, Flow], tuple[Difference, _Draft]] = {}

    def add(
        self,
        identifier: str,
        effect: Effect,
        message: str,
        place: Place,
        *,
        where: tuple[str, str] = ("", ""),
        flow: Flow = "request",
        severity: Level | None = None,
        detail: str = "",
    ) -> None:
        """Add a change outside schemas; its severity follows from effect and flow if it is not given.

        `where` holds the old and the new pointer; `detail` tells changes apart that have those in common.
        """
        change = Change(
            identifier=identifier,
            severity=severity or severity_of_effect(self.turn(flow), effect),
            operation=place.operation,
            old_pointer=display(where[0]),
            new_pointer=display(where[1]),
            message=message,
            effect=effect,
        )
        self._put(f"{identifier} {detail}", change, place)

    def turn(self, flow: Flow) -> Flow:
        """The flow from the API's point of view: inside a webhook or callback, the other one."""
        if not self.flip:
            return flow
        return "response" if flow == "request" else "request"

    def schemas(self, old: str, new: str, part: Part) -> None:
        """Compare the schemas at two pointers, and add all their differences."""
        flow = self.turn(part.flow)
        key = (self.old.conj((old,)), self.new.conj((new,)), flow)
        for difference, path in self.comparator.differences(key):
            self._schema(difference, path, flow, part)

    def _schema(self, difference: Difference, relative: str, flow: Flow, part: Part) -> None:
        path = _value_path(difference, relative)
        place = self._place(part, path)
        known = self._differences.get((id(difference), flow))
        if known is not None:  # most differences have very many places
            known[1].places[place] = None
            return
        change = Change(
            identifier=identifier(difference, flow, part.scope, root=not relative),
            severity=severity_of_difference(difference, flow),
            operation=place.operation,
            old_pointer=difference.old_pointer,
            new_pointer=difference.new_pointer,
            message=sentence(difference, _subject(part, path, flow)),
            effect=difference.effect,
        )
        draft = self._put(f"{flow} {difference.kind} {difference.name}", change, place)
        self._differences[id(difference), flow] = difference, draft  # the difference is kept: its number stays its own

    def _place(self, part: Part, path: str) -> Place:
        """One object for each place, to save memory: schemas that all refer to each other have very many places."""
        key = part.operation, part.name, path
        known = self._places.get(key)
        if known is None:
            known = self._places[key] = Place(operation=part.operation, part=part.name, path=path)
        return known

    def _put(self, kind: str, change: Change, place: Place) -> _Draft:
        """Add a place of a change; of one that is known, the first message and the most severe level stay."""
        draft = self._drafts.setdefault((kind, change.old_pointer, change.new_pointer), _Draft(change))
        if draft.change.severity != change.severity:
            draft.change = replace(draft.change, severity=most_severe((draft.change.severity, change.severity)))
        draft.places[place] = None
        return draft

    def reported(self) -> set[str]:
        """The pointers that changes were found at, on either document."""
        changes = (draft.change for draft in self._drafts.values())
        return {pointer for change in changes for pointer in (change.old_pointer, change.new_pointer)}

    def changes(self) -> tuple[Change, ...]:
        """All changes, the most severe first, otherwise in the order in which they were found."""
        return by_severity(replace(draft.change, places=tuple(draft.places)) for draft in self._drafts.values())


def _value_path(difference: Difference, path: str) -> str:
    """The path of the value that a difference is about: for an added or removed property, the property's own."""
    own = difference.kind.startswith(("property-", "became-required", "became-optional", "dependent-required"))
    own = own or difference.kind.endswith(("read-only", "write-only"))
    if own and difference.name:
        return f"{path}.{difference.name}" if path else difference.name
    return path


def _subject(part: Part, path: str, flow: Flow) -> str:
    if part.scope in {"parameter", "header"}:
        return f"`{path}` of the {part.name}" if path else f"the {part.name}"
    if path:
        return f"the {flow} property `{path}`"
    return f"the {flow} body"
