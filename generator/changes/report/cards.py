"""Each change with the generated lines that it caused, as values that the review page prints."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...diagnostics.diagnostic import visible
from ...pointer import get
from ..accepted import proposal
from ..model import MOST_SEVERE_FIRST, Change, Comparison, Level
from ..verdicts import most_severe
from . import line_blocks
from .attribution import Attribution
from .line_blocks import Block, Lines
from .runs import Pieces, Run, pieces, runs
from .text import Positions, encloses, until

_EXCERPT = 60  # lines of a document's value that are shown
_LONG = 16  # lines of a block; a longer one is folded
_MOST_OPERATIONS = 40  # operations that a change is filtered by; one with more places is always shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownBlock:
    """A block of lines, or a reference to a block that an earlier change shows."""

    number: int
    file: str
    definition: str
    line: int
    state: str
    side: str
    runs: tuple[Run, ...]
    long: bool
    also: tuple[str, ...]
    first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A change as the page shows it."""

    number: int
    severity: Level
    severities: str
    identifier: str
    message: Pieces
    operation: str
    more: tuple[str, ...]
    keys: str
    sides: str
    pointer: str
    old: str
    new: str
    excerpt: tuple[Run, ...]
    blocks: tuple[ShownBlock, ...]
    python: tuple[tuple[Level, str, Pieces], ...]
    accepted: str
    """Until when the break is accepted, and why."""
    proposal: str
    """The lines of spectwin-accepted.toml that accept it."""


def numbered_operations(changes: Sequence[Change]) -> dict[str, int]:
    """The operations that the page can filter by, with their numbers."""
    found = dict.fromkeys(
        place.operation
        for change in changes
        if change.axis == "document"
        for place in change.places[:_MOST_OPERATIONS]
        if place.operation
    )
    return {name: index for index, name in enumerate(found)}


class Cards:
    """Changes as cards, the most severe first; a block is shown with the first change that caused it."""

    def __init__(
        self, found: Comparison, blocks: Sequence[Block], attribution: Attribution, operations: Mapping[str, int]
    ) -> None:
        self._found, self._blocks, self._attribution, self._operations = found, blocks, attribution, operations
        self._positions = Positions(found.old, found.new)
        self._shown: set[int] = set()
        self._python: dict[int, list[Change]] = {}
        for number, cause in attribution.python_causes.items():
            self._python.setdefault(cause, []).append(found.changes[number])

    def all(self) -> list[Card]:
        """Every card; a change of the Python axis is on the card of the document's change that caused it."""
        order = [number for number in range(len(self._found.changes)) if number not in self._attribution.python_causes]
        order.sort(key=lambda number: (MOST_SEVERE_FIRST.index(self._severity(number)), number))
        return [self._card(index, number) for index, number in enumerate(order, 1)]

    def _severity(self, number: int) -> Level:
        return most_severe(each.severity for each in (self._found.changes[number], *self._python.get(number, ())))

    def _card(self, index: int, number: int) -> Card:
        change, python_changes = self._found.changes[number], self._python.get(number, [])
        blocks = tuple(self._blocks_of(number))
        names = list(dict.fromkeys(place.operation for place in change.places if place.operation))
        more = [visible(name) for name in names if name != change.operation]
        keys = [str(self._operations[name]) for name in names if name in self._operations]
        severity = self._severity(number)
        sides = {block.side for block in blocks} or {"both"}
        python = tuple(dict.fromkeys((each.severity, each.identifier, pieces(each.message)) for each in python_changes))
        return Card(
            number=index,
            severity=severity,
            severities=" ".join(
                dict.fromkeys([severity, change.severity, *(each.severity for each in python_changes)])
            ),
            identifier=change.identifier,
            message=pieces(change.message),
            operation=visible(change.operation) or "the document",
            more=tuple(more),
            keys="*" if len(names) > _MOST_OPERATIONS or not keys else " ".join(keys),
            sides=" ".join(sorted(sides)),
            pointer=visible(change.new_pointer or change.old_pointer),
            old="" if encloses(change.old_pointer, change.new_pointer) else self._position("old", change.old_pointer),
            new="" if encloses(change.new_pointer, change.old_pointer) else self._position("new", change.new_pointer),
            excerpt=runs(self._excerpt(change)),
            blocks=blocks,
            python=python,
            accepted=visible(until(change.accepted)) if change.accepted else "",
            proposal=proposal((change, *python_changes), self._found.package),
        )

    def _position(self, side: str, pointer: str) -> str:
        at = self._positions.of(side, pointer)
        return visible(f"{at['file']}:{at['line']}" if at["line"] else at["file"]) if at else ""

    def _blocks_of(self, number: int) -> Iterator[ShownBlock]:
        """A change's blocks; of several that are equal but for `async`, the first one is shown."""
        alike: dict[Any, list[int]] = {}
        for index in self._attribution.blocks[number]:
            block = self._blocks[index]
            key = tuple((sign, _plain(text)) for sign, text in block.lines), block.definition == ""
            alike.setdefault(key, []).append(index)
        for same in alike.values():
            fresh = [index for index in same if index not in self._shown]
            chosen = (fresh or same)[0]
            others = [self._blocks[index] for index in same if index != chosen]
            self._shown.update(same)
            yield show_block(self._blocks[chosen], chosen, others, first=bool(fresh))

    def _excerpt(self, change: Change) -> Lines:
        """The lines that differ of the two values that a change is about, as JSON; of a value without a partner, all."""
        if change.axis != "document":
            return ()
        old, new = change.old_pointer, change.new_pointer
        before, after = (_value(side.root, at) for side, at in ((self._found.old, old), (self._found.new, new)))
        if encloses(old, new):
            before = ()
        if encloses(new, old):
            after = ()
        if before == after:  # what differs is `required` of the object around it
            olds, news = (
                _value(side.root, _required(at)) for side, at in ((self._found.old, old), (self._found.new, new))
            )
            required = _headed(olds, news) if olds != news else ()
            return _cut((*required, *((" ", text) for text in after)))
        return _cut(_headed(before, after))


def _headed(old: tuple[str, ...], new: tuple[str, ...]) -> Lines:
    """The lines that differ, below the line with the value's name if that line stays."""
    found = line_blocks.diff_lines(old, new)
    away = bool(found) and bool(old) and bool(new) and old[0] == new[0] and found[0] != (" ", new[0])
    return ((" ", new[0]), *([] if found[0] == (" ", new[1]) else [(" ", "  ⋯")]), *found) if away else found


def _value(root: Any, pointer: str) -> tuple[str, ...]:
    try:
        value = get(root, pointer) if pointer not in {"", "#"} else None
    except (KeyError, IndexError, ValueError, TypeError):
        return ()
    if value is None:
        return ()
    name = pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    head = "" if name.isdigit() else f"{json.dumps(name, ensure_ascii=False)}: "
    # Without the commas at the ends: a member that comes would seem to change the one before it.
    return tuple(
        line.removesuffix(",") for line in (head + json.dumps(value, ensure_ascii=False, indent=2)).splitlines()
    )


def _required(pointer: str) -> str:
    """The pointer of `required` beside the `properties` that a pointer leads into."""
    holder, found, _ = pointer.rpartition("/properties/")
    return f"{holder}/required" if found else ""


def _cut(lines: Lines) -> Lines:
    more = len(lines) - _EXCERPT
    return (*lines[:_EXCERPT], (" ", f"⋯ {more} more lines")) if more > 1 else lines


def _plain(text: str) -> str:
    """A line without the words in which the blocking and the async form of a class differ."""
    return text.replace("async def ", "def ").replace("await ", "").replace("Sync", "").replace("Async", "")


def show_block(block: Block, number: int, others: Iterable[Block], *, first: bool) -> ShownBlock:
    """A block for the page, with the others that it stands for; not its `first` time: a reference to it."""
    sides = {_block_side(block.file), *(_block_side(each.file) for each in others)}
    also = [f"{each.file}" + (f" {each.definition}" if each.definition else "") for each in others]
    return ShownBlock(
        number=number,
        file=block.file,
        definition=visible(block.definition),
        line=block.line,
        state=block.state,
        side=sides.pop() if len(sides) == 1 else "both",
        runs=runs(block.lines) if first else (),
        long=len(block.lines) > _LONG,
        also=tuple(visible(each) for each in also),
        first=first,
    )


def _block_side(file: str) -> str:
    side = file.partition("/")[0]
    return side if side in {"client", "server"} else "both"
