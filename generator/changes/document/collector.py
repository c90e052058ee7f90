"""Collecting changes: each difference once, with all its places."""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from operator import itemgetter
from typing import Any, TypeVar

from ...parsing.limits import Spend, weigh
from ...pointer import escape
from ...records import record
from ..model import Change, Difference, Effect, Flow, Level, Place
from ..sets.comparator import Comparator
from ..sets.compared_document import ComparedDocument, as_list, display
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
from .places import Spot, Spots, Uses


@dataclass(slots=True)
class _Draft:
    change: Change
    """Without its places."""
    places: dict[Place, int] = field(default_factory=dict)
    """Places of no shared object with their ranks, in the order in which they are met."""
    spots: Spots = field(default_factory=Spots)
    """Spots in shared objects."""
    schemas: list[tuple[str, Spots]] = field(default_factory=list)
    """Paths inside schemas, each with all spots that have this schema: a schema is compared once for all of them."""


@record
class Part:
    """A part of operations whose schemas are compared."""

    spot: Spot
    """Its name, such as `request body (application/json)`, stands before the path in sentences."""
    scope: Scope
    flow: Flow


_MOST_PLACES = 2_000
_MOST_OF_ALL = 200_000
"""Places of one change that are listed, and of all changes together; each change has one at least."""


_ITEM = 8
"""Values of the budget for each item of a list that is gone through for each use of it."""
_AGAIN = 20
"""Values of the budget for each callback that is compared again, beside its own."""
_T = TypeVar("_T")


def free(values: int, characters: int, pointer: str) -> None:
    """Take nothing off any budget."""


class Collector:
    """The changes found so far; `flip`: requests and responses change places (webhooks, callbacks)."""

    def __init__(self, old: ComparedDocument, new: ComparedDocument, today: date, spend: Spend = free) -> None:
        self.old, self.new, self.today = old, new, today
        self._spend = spend
        self.comparator = Comparator(old, new, today)
        self.same = self.comparator.context.sameness.same
        self.flip = False
        self.renamed_tags: Mapping[str, str] = {}
        """New names by old ones, of tags that are called otherwise on all their operations."""
        self._drafts: dict[tuple[str, str, str], _Draft] = {}
        self._rank = 0
        self._start: int | None = None
        """The rank at which the comparison of a shared object began, while it lasts."""
        self._shared: dict[tuple[str, Hashable, Hashable, bool], Uses] = {}
        self._known: dict[Hashable, Any] = {}
        self._sent: set[tuple[str, str, bool]] = set()
        self._open: set[tuple[str, str, bool]] = set()
        """The callbacks that were met, and those that are being compared."""
        self._parts: dict[Any, Spots] = {}
        self._differences: dict[tuple[int, Flow], tuple[Difference, _Draft]] = {}

    def add(  # noqa: PLR0913 - the fields of a change
        self,
        identifier: str,
        effect: Effect,
        message: str,
        place: Place | Spot,
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
        draft = self._draft(f"{self.turn(flow)} {identifier} {detail}", change)
        self._rank += 1
        if isinstance(place, Spot):
            draft.spots.add(place, self._offset())
        else:
            draft.places.setdefault(place, self._rank)

    def turn(self, flow: Flow) -> Flow:
        """The flow from the API's point of view: inside a webhook or callback, the other one."""
        if not self.flip:
            return flow
        return "response" if flow == "request" else "request"

    def shared(self, kind: str, old: str, new: str, use: Place, compare: Callable[[Spot], None]) -> None:
        """Compare the objects at two pointers, if they were not yet: what is found has all uses of them as its places.

        What a path item refers to stands at each path, and is one object all the same. `compare` depends on the objects and on
        `flip` alone, and adds changes and schemas in the spot that it is given.
        """
        key = (kind, self.old.written(old), self.new.written(new), self.flip)
        uses = self._shared.get(key)
        if uses is not None:
            uses.ranks.setdefault(use, self._rank)
            self._rank += uses.size
            return
        self._start = self._rank
        uses = self._shared[key] = Uses(use, self._rank)
        compare(Spot(uses))
        uses.size = self._rank - self._start
        self._start = None

    def used(self, place: Place, known: Uses | None = None) -> Uses:
        """Note a use of what is compared later, beside those that are known."""
        self._rank += 1
        if known is None:
            return Uses(place, self._rank)
        known.ranks.setdefault(place, self._rank)
        return known

    def once(self, key: Hashable, make: Callable[[], _T]) -> _T:
        """Make what belongs to a key, if it was not made yet."""
        if key not in self._known:
            self._known[key] = make()
        found: _T = self._known[key]
        return found

    def again(self, old: str, new: str, key: str) -> None:
        """Take a list of both documents, which is gone through for each use of it, off the budget; all but the first item.

        Raises Refused where that is spent.
        """
        sizes = [len(as_list(each.at(at).get(key))) for each, at in ((self.old, old), (self.new, new))]
        self._spend(_ITEM * max(0, *(size - 1 for size in sizes)), 0, new)

    def enter(self, old: str, new: str, title: str) -> bool:
        """Begin with two callbacks; with none for what only one document has. False inside themselves: they add nothing there.

        Those that were met before are taken off the budget. Raises Refused where that is spent.
        """
        pair = old, new, self.flip
        if pair in self._open:
            return False
        if pair in self._sent:
            values, _ = self.once(("weight", new), lambda: weigh(self.new.at(new))) if new else (1, 0)
            self._spend(_AGAIN + values, len(title), new)
        self._sent.add(pair)
        self._open.add(pair)
        return True

    def leave(self, old: str, new: str) -> None:
        """End with two callbacks."""
        self._open.remove((old, new, self.flip))

    def _offset(self) -> int:
        """The rank of what is met now, among those of one use of the object that is compared."""
        return 0 if self._start is None else self._rank - self._start

    def schemas(self, old: str, new: str, part: Part) -> None:
        """Compare the schemas at two pointers, and add all their differences."""
        flow = self.turn(part.flow)
        key = (self.old.conj((old,)), self.new.conj((new,)), flow)
        self._rank += 1
        spots = self._parts.setdefault((key, part.scope), Spots())
        met = bool(spots)
        spots.add(part.spot, self._offset())
        if not met:
            for difference, path in self.comparator.differences(key):
                self._schema(difference, path, part, spots)

    def _schema(self, difference: Difference, relative: str, part: Part, spots: Spots) -> None:
        path, flow = _value_path(difference, relative), self.turn(part.flow)
        known = self._differences.get((id(difference), flow))
        if known is not None:
            known[1].schemas.append((path, spots))
            return
        severity, service = levels_of_difference(difference, flow)
        change = Change(
            identifier=identifier(difference, flow, part.scope, root=not relative),
            severity=severity,
            service=service,
            operation=part.spot.operation,
            old_pointer=difference.old_pointer,
            new_pointer=difference.new_pointer,
            message=sentence(difference, _subject(part, path, flow)),
            effect=difference.effect,
        )
        draft = self._draft(f"{flow} {difference.kind} {difference.name}", change, _declared(difference))
        draft.schemas.append((path, spots))
        self._differences[id(difference), flow] = difference, draft  # the difference is kept: its number stays its own

    def _draft(self, kind: str, change: Change, where: str = "") -> _Draft:
        """Find or make the draft of a change; of one that is known, the first message and the most severe levels stay.

        `kind` begins with the flow: what a change means in one says nothing of the other. `where` stands for the pointers.
        """
        pointers = (where, "") if where else (change.old_pointer, change.new_pointer)
        draft = self._drafts.setdefault((kind, *pointers), _Draft(change))
        known = draft.change
        if (known.severity, known.service) != (change.severity, change.service):
            severity = most_severe((known.severity, change.severity))
            draft.change = replace(known, severity=severity, service=most_severe((known.service, change.service)))
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


def _with_places(draft: _Draft, most: int) -> Change:
    """Give a change its places, in the order in which they were met: up to a number, and how many there are beyond."""
    own = ((rank, place) for place, rank in draft.places.items())
    inside: list[tuple[str, Spots]] = [("", draft.spots), *draft.schemas]
    places: dict[Place, None] = {}
    taken = 0
    for _, place in heapq.merge(own, *(spots.places(path) for path, spots in inside), key=itemgetter(0)):
        taken += 1
        places[place] = None
        if len(places) == most:
            break
    total = len(draft.places) + sum(spots.total for _, spots in inside)
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
        return f"`{path}` of the {part.spot.name}" if path else f"the {part.spot.name}"
    if path:
        return f"the {flow} property `{path}`"
    return f"the {flow} body"
