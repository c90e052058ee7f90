"""Collecting changes: each difference once, with all its places."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from operator import itemgetter
from typing import Any

from ...pointer import escape
from ...records import record
from ..model import Change, Difference, Effect, Flow, Level, Place
from ..sets.comparator import Comparator
from ..sets.compared_document import ComparedDocument, display
from ..verdicts import (
    Scope,
    by_severity,
    identifier,
    levels_of_difference,
    most_severe,
    sentence,
    service_level,
    severity_of_effect,
)


@dataclass(slots=True)
class _Draft:
    change: Change
    """Without its places."""
    places: dict[Place, int] = field(default_factory=dict)
    """Places with their ranks, in the order in which they are met."""
    shared: list[tuple[str, list[tuple[int, Part]]]] = field(default_factory=list)
    """Paths inside schemas, each with all parts that have this schema: a schema is compared once for all of them."""


@record
class Part:
    """A part of an operation whose schemas are compared."""

    operation: str
    name: str
    """Such as `request body (application/json)`; stands before the path in sentences."""
    scope: Scope
    flow: Flow


_MOST_PLACES = 2_000
_MOST_OF_ALL = 200_000
"""Places of one change that are listed, and of all changes together; each change has one at least."""


class Collector:
    """The changes found so far; `flip`: requests and responses change places (webhooks, callbacks)."""

    def __init__(self, old: ComparedDocument, new: ComparedDocument, today: date) -> None:
        self.old, self.new, self.today = old, new, today
        self.comparator = Comparator(old, new, today)
        self.same = self.comparator.context.sameness.same
        self.flip = False
        self.renamed_tags: Mapping[str, str] = {}
        """New names by old ones, of tags that are called otherwise on all their operations."""
        self._callbacks = 0
        self._nested: set[tuple[str, str, bool]] = set()
        self._drafts: dict[tuple[str, str, str], _Draft] = {}
        self._rank = 0
        self._parts: dict[Any, list[tuple[int, Part]]] = {}
        self._differences: dict[tuple[int, Flow], tuple[Difference, _Draft]] = {}

    def add(  # noqa: PLR0913 - the fields of a change
        self,
        identifier: str,
        effect: Effect,
        message: str,
        place: Place,
        *,
        where: tuple[str, str] = ("", ""),
        flow: Flow = "request",
        severity: Level | None = None,
        service: Level | None = None,
        detail: str = "",
    ) -> None:
        """Add a change outside schemas; what callers and services make of it follows from effect and flow if it is not given.

        `where` holds the old and the new pointer; `detail` tells changes apart that have those in common.
        """
        change = Change(
            identifier=identifier,
            severity=severity or severity_of_effect(self.turn(flow), effect),
            service=service or service_level(self.turn(flow), effect),
            operation=place.operation,
            old_pointer=display(where[0]),
            new_pointer=display(where[1]),
            message=message,
            effect=effect,
        )
        self._put(f"{self.turn(flow)} {identifier} {detail}", change, place)

    def turn(self, flow: Flow) -> Flow:
        """The flow from the API's point of view: inside a webhook or callback, the other one."""
        if not self.flip:
            return flow
        return "response" if flow == "request" else "request"

    def enter(self, old: str, new: str) -> bool:
        """Tell whether the callbacks at two pointers are to be compared here; then `leave` has to follow.

        Those of an operation are, each time; those of requests that callbacks send are once: they may lead back to themselves.
        """
        if self._callbacks and (old, new, self.flip) in self._nested:
            return False
        self._nested.add((old, new, self.flip))
        self._callbacks += 1
        return True

    def leave(self) -> None:
        """End the comparison that `enter` began."""
        self._callbacks -= 1

    def schemas(self, old: str, new: str, part: Part) -> None:
        """Compare the schemas at two pointers, and add all their differences."""
        flow = self.turn(part.flow)
        key = (self.old.conj((old,)), self.new.conj((new,)), flow)
        self._rank += 1
        parts = self._parts.setdefault((key, part.scope), [])
        parts.append((self._rank, part))
        if len(parts) == 1:
            for difference, path in self.comparator.differences(key):
                self._schema(difference, path, flow, parts)

    def _schema(self, difference: Difference, relative: str, flow: Flow, parts: list[tuple[int, Part]]) -> None:
        path = _value_path(difference, relative)
        known = self._differences.get((id(difference), flow))
        if known is not None:
            known[1].shared.append((path, parts))
            return
        part = parts[0][1]
        severity, service = levels_of_difference(difference, flow)
        place = Place(operation=part.operation, part=part.name, path=path)
        change = Change(
            identifier=identifier(difference, flow, part.scope, root=not relative),
            severity=severity,
            service=service,
            operation=place.operation,
            old_pointer=difference.old_pointer,
            new_pointer=difference.new_pointer,
            message=sentence(difference, _subject(part, path, flow)),
            effect=difference.effect,
        )
        draft = self._put(f"{flow} {difference.kind} {difference.name}", change, place, _declared(difference))
        draft.shared.append((path, parts))
        self._differences[id(difference), flow] = difference, draft  # the difference is kept: its number stays its own

    def _put(self, kind: str, change: Change, place: Place, where: str = "") -> _Draft:
        """Add a place of a change; of one that is known, the first message and the most severe levels stay.

        `kind` begins with the flow: what a change means in one says nothing of the other. `where` stands for the pointers.
        """
        pointers = (where, "") if where else (change.old_pointer, change.new_pointer)
        draft = self._drafts.setdefault((kind, *pointers), _Draft(change))
        known = draft.change
        if (known.severity, known.service) != (change.severity, change.service):
            severity = most_severe((known.severity, change.severity))
            draft.change = replace(known, severity=severity, service=most_severe((known.service, change.service)))
        self._rank += 1
        draft.places.setdefault(place, self._rank)
        return draft

    def reported(self) -> set[str]:
        """The pointers that changes were found at, on either document."""
        changes = (draft.change for draft in self._drafts.values())
        return {pointer for change in changes for pointer in (change.old_pointer, change.new_pointer)}

    def changes(self) -> tuple[Change, ...]:
        """All changes, the most severe first, otherwise in the order in which they were found."""
        most = max(1, min(_MOST_PLACES, _MOST_OF_ALL // max(len(self._drafts), 1)))
        return by_severity(_with_places(draft, most) for draft in self._drafts.values())


def _declared(difference: Difference) -> str:
    """Where a property is declared that came or went, whichever schema has it from there; else nothing."""
    pointers = {"property-added": difference.new_pointer, "property-removed": difference.old_pointer}
    found = pointers.get(re.sub("-(with-default|before-sunset)$", "", difference.kind), "")
    return f"{difference.required} {found}" if found.endswith(f"/properties/{escape(difference.name)}") else ""


def _ranked(path: str, parts: list[tuple[int, Part]]) -> Iterator[tuple[int, str, Place | Part]]:
    return ((rank, path, part) for rank, part in parts)


def _with_places(draft: _Draft, most: int) -> Change:
    """Give a change its places, in the order in which they were met: up to a number, and how many there are beyond."""
    own: Iterator[tuple[int, str, Place | Part]] = ((rank, "", place) for place, rank in draft.places.items())
    shared = (_ranked(path, parts) for path, parts in draft.shared)
    places: dict[Place, None] = {}
    taken = 0
    for _, path, found in heapq.merge(own, *shared, key=itemgetter(0)):
        taken += 1
        places[found if isinstance(found, Place) else Place(operation=found.operation, part=found.name, path=path)] = (
            None
        )
        if len(places) == most:
            break
    total = len(draft.places) + sum(len(parts) for _, parts in draft.shared)
    return replace(draft.change, places=tuple(places), more_places=total - taken)


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
