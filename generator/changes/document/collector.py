"""Gathering changes: each cause once, with all its places."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..model import Cause, Change, Direction, Effect, Place, Severity
from ..sets.comparator import Comparator
from ..sets.side import Side, display
from ..verdicts import Scope, by_severity, identifier, judge, law, most_severe, sentence


@dataclass(slots=True)
class _Draft:
    identifier: str
    severity: Severity
    effect: Effect
    old_pointer: str
    new_pointer: str
    message: str
    places: dict[Place, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an operation whose schemas are compared."""

    operation: str
    name: str
    """Such as `request body (application/json)`; stands before the path in sentences."""
    scope: Scope
    direction: Direction


class Collector:
    """The changes found so far; `flip` turns directions around for what the API sends by itself (webhooks)."""

    def __init__(self, old: Side, new: Side) -> None:
        self.old, self.new = old, new
        self.comparator = Comparator(old, new)
        self.same = self.comparator.context.sameness.same
        self.flip = False
        self._drafts: dict[tuple[str, str, str], _Draft] = {}
        self._places: dict[tuple[str, str, str], Place] = {}
        self._causes: dict[tuple[int, Direction], tuple[Cause, _Draft]] = {}

    def add(
        self,
        identifier: str,
        effect: Effect,
        message: str,
        place: Place,
        *,
        where: tuple[str, str] = ("", ""),
        direction: Direction = "request",
        severity: Severity | None = None,
        detail: str = "",
    ) -> None:
        """Add a change outside schemas; its severity follows from effect and direction unless it is given.

        `where` holds the old and the new pointer; `detail` tells changes apart that have those in common.
        """
        judged = severity or law(self.turn(direction), effect)
        self._put(
            f"{identifier} {detail}", identifier, judged, effect, display(where[0]), display(where[1]), message, place
        )

    def turn(self, direction: Direction) -> Direction:
        """The direction in which something really travels."""
        if not self.flip:
            return direction
        return "response" if direction == "request" else "request"

    def schemas(self, old: str, new: str, part: Part) -> None:
        """Compare two schemas by pointer and add what is reached from them."""
        direction = self.turn(part.direction)
        key = (self.old.conj((old,)), self.new.conj((new,)), direction)
        for cause, path in self.comparator.causes(key):
            self._schema(cause, path, direction, part)

    def _schema(self, cause: Cause, way: str, direction: Direction, part: Part) -> None:
        path = _value_path(cause, way)
        place = self._place(part, path)
        known = self._causes.get((id(cause), direction))
        if known is not None:  # most causes reach very many places
            known[1].places[place] = None
            return
        draft = self._put(
            f"{direction} {cause.kind} {cause.name}",
            identifier(cause, direction, part.scope, root=not way),
            judge(cause, direction),
            cause.effect,
            cause.old_pointer,
            cause.new_pointer,
            lambda: sentence(cause, _subject(part, path, direction)),
            place,
        )
        self._causes[id(cause), direction] = cause, draft  # the cause is kept: its number stays its own

    def _place(self, part: Part, path: str) -> Place:
        """One object for each place: documents whose schemas all lead to each other have very many."""
        key = part.operation, part.name, path
        known = self._places.get(key)
        if known is None:
            known = self._places[key] = Place(operation=part.operation, part=part.name, path=path)
        return known

    def _put(
        self,
        kind: str,
        name: str,
        severity: Severity,
        effect: Effect,
        old: str,
        new: str,
        message: object,
        place: Place,
    ) -> _Draft:
        draft = self._drafts.get((kind, old, new))
        if draft is None:
            text = message() if callable(message) else str(message)
            draft = self._drafts[kind, old, new] = _Draft(name, severity, effect, old, new, text)
        elif draft.severity != severity:
            draft.severity = most_severe((draft.severity, severity))
        draft.places[place] = None
        return draft

    def reported(self) -> set[str]:
        """The pointers that changes were found at, on either side."""
        return {pointer for draft in self._drafts.values() for pointer in (draft.old_pointer, draft.new_pointer)}

    def changes(self) -> tuple[Change, ...]:
        """All changes, the most severe first, otherwise in the order in which they were found."""
        return by_severity(
            Change(
                identifier=draft.identifier,
                severity=draft.severity,
                operation=next(iter(draft.places)).operation,
                old_pointer=draft.old_pointer,
                new_pointer=draft.new_pointer,
                message=draft.message,
                places=tuple(draft.places),
                effect=draft.effect,
            )
            for draft in self._drafts.values()
        )


def _value_path(cause: Cause, path: str) -> str:
    """The path of the value that a cause is about: a property that came or went is a step further down."""
    own = cause.kind.startswith(("property-", "became-required", "became-optional", "dependent-required"))
    own = own or cause.kind.endswith(("read-only", "write-only"))
    if own and cause.name:
        return f"{path}.{cause.name}" if path else cause.name
    return path


def _subject(part: Part, path: str, direction: Direction) -> str:
    if part.scope in {"parameter", "header"}:
        return f"`{path}` of the {part.name}" if path else f"the {part.name}"
    if path:
        return f"the {direction} property `{path}`"
    return f"the {direction} body"
