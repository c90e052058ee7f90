"""The review page: each change of the document beside the generated lines that it caused, in one file of HTML.

Jinja escapes all text; what a browser would act upon in it (bidirectional overrides, control characters) is shown as escapes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from ...diagnostics.diagnostic import visible
from ...pointer import get
from ..model import Change, Severity
from ..verdicts import verdict
from . import line_blocks
from .attribution import Attribution, attribute
from .line_blocks import Block, Lines
from .text import Positions, around, counted

if TYPE_CHECKING:
    from jinja2 import Environment

    from ...output.package import Package
    from ..comparison import Comparison

_HERE = Path(__file__).parent / "page"
_WORTH: Mapping[Severity, int] = {"error": 0, "warning": 1, "info": 2}
_WORDS: Mapping[Severity, str] = {"error": "breaking", "warning": "may break", "info": "compatible"}
_EXCERPT = 60  # lines of a document's value that are shown
_LONG = 16  # lines of a block; a longer one is folded
_MOST_OPERATIONS = 40  # operations that a change is filtered by; one that reaches more is always shown
_LISTED = 40  # changes of one severity that the overview lists
_CLOSE = 3  # lines of API.md around those that changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Neighbouring lines with one sign, as pieces of text; a piece that is `strong` is what changed in its line."""

    sign: str
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A block, or a reference to one that stands with an earlier change."""

    number: int
    file: str
    unit: str
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
    severity: Severity
    severities: str
    identifier: str
    message: tuple[tuple[str, bool], ...]
    operation: str
    more: tuple[str, ...]
    keys: str
    sides: str
    pointer: str
    old: str
    new: str
    excerpt: tuple[Run, ...]
    blocks: tuple[Shown, ...]
    python: tuple[tuple[Severity, str, tuple[tuple[str, bool], ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of API.md before and after; None stands for none, and both for lines left out."""

    before: str | None
    after: str | None
    state: str


def page(found: Comparison) -> str:
    """The page of a comparison that has its packages."""
    if found.packages is None:
        raise ValueError("a review needs both packages")
    static = _static()
    blocks = line_blocks.compare_packages(found.packages[0].files, found.packages[1].files, static)
    caused = attribute(found.changes, found.packages, blocks)
    operations = _operations(found.changes)
    cards = _Cards(found, blocks, caused, operations).all()
    counts = {severity: sum(severity == card.severity for card in cards) for severity in _WORTH}
    style, script = ((_HERE / name).read_text(encoding="utf-8") for name in ("review.css", "review.js"))
    title = found.packages[1].api.title if found.packages[1].api else found.packages[1].name
    return (
        _environment()
        .get_template("review.html.jinja")
        .render(
            title=visible(title),
            package=found.packages[1].name,
            sides=[visible(side.locate("#").file) for side in (found.old, found.new)],
            verdict=verdict(found.changes),
            summary=counted(found.changes) or "No changes",
            words=_WORDS,
            counts=counts,
            cards=cards,
            listed=_LISTED,
            operations=[visible(name) for name in operations],
            rest=[_block(blocks[number], number, (), first=True) for number in caused.rest],
            files=_files(found.packages, blocks, static),
            api=_api(found.packages),
            style=style,
            script=script,
            style_hash=_hash(style),
            script_hash=_hash(script),
        )
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _hash(text: str) -> str:
    """A source expression of a content security policy (CSP 3, 6.7.3)."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _static() -> frozenset[str]:
    from ...render.folder import templates_folder

    folder = templates_folder() / "static"
    return frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*.py"))


def _operations(changes: Sequence[Change]) -> dict[str, int]:
    """The operations that a reader can choose, with their numbers."""
    found = dict.fromkeys(
        place.operation
        for change in changes
        if change.axis == "document"
        for place in change.places[:_MOST_OPERATIONS]
        if place.operation
    )
    return {name: index for index, name in enumerate(found)}


class _Cards:
    """Changes as cards, gravest first; a block is shown with the first change that caused it."""

    def __init__(
        self, found: Comparison, blocks: Sequence[Block], caused: Attribution, operations: Mapping[str, int]
    ) -> None:
        self._found, self._blocks, self._caused, self._operations = found, blocks, caused, operations
        self._positions = Positions(found.old, found.new)
        self._shown: set[int] = set()
        self._guests: dict[int, list[Change]] = {}
        for number, host in caused.hosts.items():
            self._guests.setdefault(host, []).append(found.changes[number])

    def all(self) -> list[Card]:
        """Every card: a change of the Python axis that one of the document caused stands with it."""
        order = [number for number in range(len(self._found.changes)) if number not in self._caused.hosts]
        order.sort(key=lambda number: (_WORTH[self._gravest(number)], number))
        return [self._card(index, number) for index, number in enumerate(order, 1)]

    def _gravest(self, number: int) -> Severity:
        every = [self._found.changes[number], *self._guests.get(number, ())]
        return min((each.severity for each in every), key=_WORTH.__getitem__)

    def _card(self, index: int, number: int) -> Card:
        change, guests = self._found.changes[number], self._guests.get(number, [])
        blocks = tuple(self._of(number))
        names = list(dict.fromkeys(place.operation for place in change.places if place.operation))
        more = [visible(name) for name in names if name != change.operation]
        keys = [str(self._operations[name]) for name in names if name in self._operations]
        severity = self._gravest(number)
        sides = {block.side for block in blocks} or {"both"}
        python = tuple(dict.fromkeys((each.severity, each.identifier, _pieces(each.message)) for each in guests))
        return Card(
            number=index,
            severity=severity,
            severities=" ".join(dict.fromkeys([severity, change.severity, *(each.severity for each in guests)])),
            identifier=change.identifier,
            message=_pieces(change.message),
            operation=visible(change.operation) or "the document",
            more=tuple(more),
            keys="*" if len(names) > _MOST_OPERATIONS or not keys else " ".join(keys),
            sides=" ".join(sorted(sides)),
            pointer=visible(change.new_pointer or change.old_pointer),
            old="" if around(change.old_pointer, change.new_pointer) else self._at("old", change.old_pointer),
            new="" if around(change.new_pointer, change.old_pointer) else self._at("new", change.new_pointer),
            excerpt=_runs(self._excerpt(change)),
            blocks=blocks,
            python=python,
        )

    def _at(self, side: str, pointer: str) -> str:
        at = self._positions.of(side, pointer)
        return visible(f"{at['file']}:{at['line']}" if at["line"] else at["file"]) if at else ""

    def _of(self, number: int) -> Iterator[Shown]:
        """A change's blocks; those that differ in nothing but being async or not stand for each other."""
        alike: dict[Any, list[int]] = {}
        for index in self._caused.blocks[number]:
            block = self._blocks[index]
            key = tuple((sign, _plain(text)) for sign, text in block.lines), block.unit == ""
            alike.setdefault(key, []).append(index)
        for same in alike.values():
            fresh = [index for index in same if index not in self._shown]
            chosen = (fresh or same)[0]
            others = [self._blocks[index] for index in same if index != chosen]
            self._shown.update(same)
            yield _block(self._blocks[chosen], chosen, others, first=bool(fresh))

    def _excerpt(self, change: Change) -> Lines:
        """The values that a change is about, as JSON, by lines; of a value that has none on the other side, itself."""
        if change.axis != "document":
            return ()
        old, new = change.old_pointer, change.new_pointer
        before, after = (_value(side.root, at) for side, at in ((self._found.old, old), (self._found.new, new)))
        if around(old, new):
            before = ()
        if around(new, old):
            after = ()
        if before == after:  # it is the object around it that says otherwise of it
            olds, news = (
                _value(side.root, _required(at)) for side, at in ((self._found.old, old), (self._found.new, new))
            )
            said = _headed(olds, news) if olds != news else ()
            return _cut((*said, *((" ", text) for text in after)))
        return _cut(_headed(before, after))


def _headed(old: tuple[str, ...], new: tuple[str, ...]) -> Lines:
    """The lines that differ, below the line that names the value where that one stays."""
    found = line_blocks.difference(old, new)
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
    """Where the object that a property is of lists what it requires."""
    holder, found, _ = pointer.rpartition("/properties/")
    return f"{holder}/required" if found else ""


def _cut(lines: Lines) -> Lines:
    more = len(lines) - _EXCERPT
    return (*lines[:_EXCERPT], (" ", f"⋯ {more} more lines")) if more > 1 else lines


def _plain(text: str) -> str:
    """A line as it is in either form of a method or class."""
    return text.replace("async def ", "def ").replace("await ", "").replace("Sync", "").replace("Async", "")


def _block(block: Block, number: int, others: Iterable[Block], *, first: bool) -> Shown:
    sides = {_block_side(block.file), *(_block_side(each.file) for each in others)}
    also = [f"{each.file}" + (f" {each.unit}" if each.unit else "") for each in others]
    return Shown(
        number=number,
        file=block.file,
        unit=visible(block.unit),
        line=block.line,
        state=block.state,
        side=sides.pop() if len(sides) == 1 else "both",
        runs=_runs(block.lines) if first else (),
        long=len(block.lines) > _LONG,
        also=tuple(visible(each) for each in also),
        first=first,
    )


def _block_side(file: str) -> str:
    side = file.partition("/")[0]
    return side if side in {"client", "server"} else "both"


def _runs(lines: Lines) -> tuple[Run, ...]:
    """Lines gathered by sign; where as many go as come, what changed in each is marked."""
    groups: list[tuple[str, list[str]]] = []
    for sign, text in lines:
        if not groups or groups[-1][0] != sign:
            groups.append((sign, []))
        groups[-1][1].append(visible(text))
    found: list[Run] = []
    for index, (sign, texts) in enumerate(groups):
        beside = {"-": index + 1, "+": index - 1}.get(sign, -1)
        other = groups[beside] if 0 <= beside < len(groups) else ("", [])
        paired = {sign, other[0]} == {"-", "+"} and len(other[1]) == len(texts)
        pieces: list[tuple[str, bool]] = []
        for number, text in enumerate(texts):
            end = "\n"
            line = [(text, False)]
            if paired:
                line = _marked(text, other[1][number])
            pieces += [(f"{sign} ", False), *line, (end, False)]
        found.append(Run(sign=sign, pieces=_joined(pieces)))
    return tuple(found)


def _marked(text: str, other: str) -> list[tuple[str, bool]]:
    """A line with the part that the other one has not."""
    least = min(len(text), len(other))
    start = next((i for i in range(least) if text[i] != other[i]), least)
    end = next((i for i in range(least - start) if text[-1 - i] != other[-1 - i]), least - start)
    while start and _word(text, other, start) and text[start - 1].isalnum():
        start -= 1
    while end and _word(text[::-1], other[::-1], end) and text[len(text) - end].isalnum():
        end -= 1
    middle = text[start : len(text) - end]
    if len(text) - len(middle) < len(text) // 4:  # little in common: nothing to point at
        return [(text, False)]
    return [(text[:start], False), (middle, True), (text[len(text) - end :], False)]


def _word(text: str, other: str, at: int) -> bool:
    """Whether a word goes on at a place in one of two texts."""
    return text[at : at + 1].isalnum() or other[at : at + 1].isalnum()


def _joined(pieces: Iterable[tuple[str, bool]]) -> tuple[tuple[str, bool], ...]:
    found: list[tuple[str, bool]] = []
    for text, strong in pieces:
        if text and found and found[-1][1] == strong:
            found[-1] = found[-1][0] + text, strong
        elif text:
            found.append((text, strong))
    return tuple(found)


def _pieces(message: str) -> tuple[tuple[str, bool], ...]:
    """A sentence as text and code: what stands between backticks, where they are not the document's."""
    parts = visible(message).split("`")
    if len(parts) % 2 == 0 or not all(parts[1::2]):
        return ((visible(message), False),)
    return tuple((text, bool(index % 2)) for index, text in enumerate(parts) if text)


def _files(packages: tuple[Package, Package], blocks: Sequence[Block], static: frozenset[str]) -> list[dict[str, Any]]:
    """The files that change, with how many lines come and go; of static files only that they come and go."""
    before, after = (line_blocks.inner(package.files) for package in packages)
    found: dict[str, dict[str, Any]] = {}
    for block in blocks:
        entry = found.setdefault(block.file, {"name": block.file, "plus": 0, "minus": 0, "note": ""})
        entry["plus"] += sum(sign == "+" for sign, _ in block.lines)
        entry["minus"] += sum(sign == "-" for sign, _ in block.lines)
    for name in sorted(static & (before.keys() ^ after.keys())):
        note = "comes with the package: the same in every one" if name in after else "is no longer needed"
        found[name] = {"name": name, "plus": 0, "minus": 0, "note": note}
    return list(found.values())


def _api(packages: tuple[Package, Package]) -> list[Row]:
    """API.md before and after, line by line; far from what changed, lines are left out."""
    from difflib import SequenceMatcher

    olds, news = (package.files.get(PurePosixPath(package.name, "API.md"), "").splitlines() for package in packages)
    rows: list[Row] = []
    for group in SequenceMatcher(None, olds, news, autojunk=False).get_grouped_opcodes(_CLOSE):
        if rows or group[0][1] or group[0][3]:
            rows.append(Row(before=None, after=None, state="gap"))
        for tag, first, last, start, end in group:
            before, after = ([visible(text) for text in lines] for lines in (olds[first:last], news[start:end]))
            for index in range(max(len(before), len(after))):
                row = [lines[index] if index < len(lines) else None for lines in (before, after)]
                rows.append(Row(before=row[0], after=row[1], state="same" if tag == "equal" else "other"))
    return rows
