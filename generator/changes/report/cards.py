"""Each cause with what each audience sees of it and the lines that it changed, as values that the review page prints."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...diagnostics.diagnostic import visible
from ...pointer import get
from ...python.divided import undivided
from ...records import record
from ...settings.severities import AUDIENCES, Audience
from ..accepted import proposal
from ..model import MOST_SEVERE_FIRST, Change, Comparison, Level
from . import line_blocks
from .attribution import Attribution
from .groups import GROUPS, Group, group
from .line_blocks import Block, Lines
from .runs import Pieces, Run, pieces, runs
from .text import AUDIENCE_WORDS, Positions, encloses, until

_EXCERPT = 60  # lines of a document's value that are shown
_LONG = 16  # lines of a block; a longer one is folded
_MOST_OPERATIONS = 40  # operations that a change is filtered by; one with more places is always shown
_READ = frozenset(("models.py", "api.py", "errors.py"))
"""Files whose definitions a reviewer reads; what the others have follows from these."""
_VERBS: Mapping[Level, str] = {"error": "breaks", "warning": "may break"}


@record(kw_only=True)
class ShownBlock:
    """Lines of one definition; `also` names the places where the same lines stand."""

    file: str
    definition: str
    line: int
    state: str
    side: str
    runs: tuple[Run, ...]
    long: bool
    also: tuple[str, ...]
    causes: tuple[int, ...] = ()
    """The numbers of the cards, where several causes changed it."""


@record(kw_only=True)
class Seen:
    """What audiences see of a cause: a sentence, and for each level whom it concerns (`breaks callers, services`)."""

    message: Pieces
    identifier: str
    operation: str
    effects: tuple[tuple[Level, str], ...]


@record(kw_only=True)
class Card:
    """A cause as the page shows it: changes of the document at one place, and what they do to the package.

    `mechanical` are lines that follow from others or that nobody reads: imports, lists, what is sent; `lines` is their number.
    """

    number: int
    group: Group
    breaks: tuple[Audience, ...]
    message: Pieces
    seen: tuple[Seen, ...]
    operation: str
    more: tuple[str, ...]
    keys: str
    sides: str
    pointer: str
    old: str
    new: str
    excerpt: tuple[Run, ...]
    blocks: tuple[ShownBlock, ...]
    mechanical: tuple[ShownBlock, ...]
    lines: int
    accepted: tuple[str, ...]
    """Until when each of its breaks that is accepted is so, and why."""
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
    """Changes as cards, one for each cause, the most severe first."""

    def __init__(
        self, found: Comparison, blocks: Sequence[Block], attribution: Attribution, operations: Mapping[str, int]
    ) -> None:
        self._found, self._blocks, self._operations = found, blocks, operations
        self._positions = Positions(found.old, found.new)
        self._causes = sorted(self._grouped(attribution), key=self._rank)
        self._owners: dict[int, list[int]] = {}
        for index, cause in enumerate(self._causes, 1):
            for block in dict.fromkeys(block for number in cause for block in attribution.blocks[number]):
                self._owners.setdefault(block, []).append(index)
        self._own: dict[int, list[int]] = {}  # the blocks that one cause alone changed
        for block, owners in self._owners.items():
            if len(owners) == 1:
                self._own.setdefault(owners[0], []).append(block)

    def _grouped(self, attribution: Attribution) -> list[list[int]]:
        """The numbers of changes, by cause: the place in the document; those of the Python axis with what caused them."""
        groups: dict[Any, list[int]] = {}
        for number, change in enumerate(self._found.changes):
            if number not in attribution.python_causes:
                place = change.old_pointer, change.new_pointer
                groups.setdefault(place if change.axis == "document" and all(place) else number, []).append(number)
        of = {number: group for group in groups.values() for number in group}
        for number, cause in attribution.python_causes.items():
            of[cause].append(number)
        return list(groups.values())

    def _rank(self, cause: Sequence[int]) -> tuple[int, int]:
        return list(GROUPS).index(group(self._found.changes[number] for number in cause)), cause[0]

    def all(self) -> list[Card]:
        """Every card."""
        return [self._card(index, cause) for index, cause in enumerate(self._causes, 1)]

    def shared(self) -> list[ShownBlock]:
        """The lines that several causes changed, with the numbers of their cards."""
        found: dict[tuple[int, ...], list[int]] = {}
        for block, owners in self._owners.items():
            if len(owners) > 1:
                found.setdefault(tuple(owners), []).append(block)
        return [one for owners, each in sorted(found.items()) for one in shown(self._blocks, each, owners)]

    def _card(self, index: int, cause: Sequence[int]) -> Card:
        changes = [self._found.changes[number] for number in cause]
        document = [change for change in changes if change.axis == "document"]
        first = min(changes, key=lambda change: (change.axis != "document", MOST_SEVERE_FIRST.index(change.severity)))
        own = self._own.get(index, [])
        read = [block for block in own if self._is_read(block)]
        read = read or [block for block in own if undivided(self._blocks[block].file) == "contract.py"]
        chosen = set(read)
        mechanical = [block for block in own if block not in chosen]
        places = [place.operation for change in changes if change.axis == "document" for place in change.places]
        names = [name for name in dict.fromkeys(places) if name]
        keys = [str(self._operations[name]) for name in names if name in self._operations]
        old, new = first.old_pointer, first.new_pointer
        blocks, folded = shown(self._blocks, read), shown(self._blocks, mechanical)
        return Card(
            number=index,
            group=group(changes),
            breaks=tuple(one for one in AUDIENCES if any(change.level(one) == "error" for change in changes)),
            message=pieces(first.message),
            seen=tuple(_seen(change, first) for change in changes),
            operation=visible(first.operation) or "the document",
            more=tuple(visible(name) for name in names if name != first.operation),
            keys="*" if len(names) > _MOST_OPERATIONS or not keys else " ".join(keys),
            sides=" ".join(sorted({block.side for block in (*blocks, *folded)} or {"both"})),
            pointer=visible(new or old),
            old="" if encloses(old, new) else self._position("old", old),
            new="" if encloses(new, old) else self._position("new", new),
            excerpt=runs(self._excerpt(first)),
            blocks=tuple(blocks),
            mechanical=tuple(folded),
            lines=sum(sign != " " for block in mechanical for sign, _ in self._blocks[block].lines),
            accepted=tuple(dict.fromkeys(visible(until(one.accepted)) for one in changes if one.accepted)),
            proposal=proposal(document, self._found.package) or proposal(changes, self._found.package),
        )

    def _is_read(self, block: int) -> bool:
        found = self._blocks[block]
        return undivided(found.file) in _READ and found.definition not in ("", "__all__")

    def _position(self, side: str, pointer: str) -> str:
        at = self._positions.of(side, pointer)
        return visible(f"{at['file']}:{at['line']}" if at["line"] else at["file"]) if at else ""

    def _excerpt(self, change: Change) -> Lines:
        """The lines that differ of the two values that a change is about; of a value without a partner, all."""
        if change.axis != "document":
            return ()
        old, new = change.old_pointer, change.new_pointer
        before, after = self._written("" if encloses(old, new) else old, "" if encloses(new, old) else new)
        if before == after:  # what differs is `required` of the object around it
            olds, news = self._written(_required(old), _required(new))
            required = _headed(olds, news) if olds != news else ()
            return _cut((*required, *((" ", text) for text in after)))
        return _cut(_headed(before, after))

    def _written(self, old: str, new: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Two values as text: the lines of YAML documents as they are, if they show what differs, and JSON otherwise."""
        found = self._found
        before, after = _value(found.old.root, old), _value(found.new.root, new)
        own = found.old.lines(old) if before else (), found.new.lines(new) if after else ()
        shows = all(bool(json_) == bool(yaml) for json_, yaml in zip((before, after), own, strict=True))
        return own if shows and (own[0] == own[1]) == (before == after) else (before, after)


def _seen(change: Change, first: Change) -> Seen:
    """What one change of a cause means for whom; where it happens, if that is not where the card says."""
    by_level = {level: [one for one in AUDIENCES if change.level(one) == level] for level in _VERBS}
    return Seen(
        message=pieces(change.message),
        identifier=change.identifier,
        operation="" if change.operation == first.operation else visible(change.operation),
        effects=tuple(
            (level, f"{_VERBS[level]} {', '.join(AUDIENCE_WORDS[one] for one in audiences)}")
            for level, audiences in by_level.items()
            if audiences
        ),
    )


def shown(blocks: Sequence[Block], chosen: Iterable[int], causes: Sequence[int] = ()) -> list[ShownBlock]:
    """Blocks for the page: the pieces of a definition together, of several that are equal but for `async` the first."""
    definitions: dict[tuple[str, str, str], list[Block]] = {}
    for number in chosen:
        one = blocks[number]
        definitions.setdefault((one.file, one.definition, one.state), []).append(one)
    alike: dict[Any, list[tuple[Block, Lines]]] = {}
    for pieces_ in definitions.values():
        lines = tuple(_joined(pieces_))
        key = tuple((sign, _plain(text)) for sign, text in lines), pieces_[0].definition == ""
        alike.setdefault(key, []).append((pieces_[0], lines))
    return [_shown(same[0], [one for one, _ in same[1:]], causes) for same in alike.values()]


def _joined(pieces_: Sequence[Block]) -> Iterator[tuple[str, str]]:
    for index, one in enumerate(pieces_):
        if index:
            yield (" ", "⋯")
        yield from one.lines


def _shown(found: tuple[Block, Lines], others: Sequence[Block], causes: Sequence[int]) -> ShownBlock:
    block, lines = found
    sides = {_block_side(each.file) for each in (block, *others)}
    also = [f"{each.file}" + (f" {each.definition}" if each.definition else "") for each in others]
    return ShownBlock(
        file=block.file,
        definition=visible(block.definition),
        line=block.line,
        state=block.state,
        side=sides.pop() if len(sides) == 1 else "both",
        runs=runs(lines),
        long=len(lines) > _LONG,
        also=tuple(visible(each) for each in also),
        causes=tuple(causes),
    )


def _block_side(file: str) -> str:
    side = file.partition("/")[0]
    return side if side in {"client", "server"} else "both"


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
