"""Changes as text for a terminal, as JSON for machines and as Markdown for a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...console import as_object
from ...diagnostics.diagnostic import Diagnostic, counted, json_text, visible
from ...settings.severities import AUDIENCES, Audience
from ..model import CALLERS, MOST_SEVERE_FIRST, Acceptance, Change, DocumentLike
from ..verdicts import broken, verdict
from .groups import GROUPS, Group, group

FORMAT = 1
"""Version of the JSON output; it is raised when a member changes its meaning or is removed, not when one is added."""

AUDIENCE_WORDS: Mapping[Audience, str] = {
    "wire-caller": "callers",
    "wire-server": "services",
    "python-caller": "importers",
    "python-service": "implementers",
}
_COLOURS: Mapping[Group, str] = {
    "error": "31;1",
    "warning": "33",
    "service": "33",
    "service-warning": "33",
    "info": "32",
}
_MOST_PLACES = 3  # places that are listed in text and Markdown; JSON has them all
_MARKDOWN_LIMIT = 60_000  # characters; GitHub refuses comments of more than 65,536
_TITLE_LIMIT = 120
_MOST_UNUSED = 5
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~@&$])")


class Positions:
    """The positions of pointers (`file:line:column`), each looked up once."""

    def __init__(self, old: DocumentLike, new: DocumentLike) -> None:
        self._documents = {"old": old, "new": new}
        self._known: dict[tuple[str, str], dict[str, Any]] = {}

    def of(self, side: str, pointer: str) -> dict[str, Any]:
        """`{pointer, file, line, column}`; nothing for an empty pointer."""
        if not pointer:
            return {}
        known = self._known.get((side, pointer))
        if known is None:
            found = self._documents[side].locate(pointer)
            known = {"pointer": pointer, "file": found.file, "line": found.line, "column": found.column}
            self._known[side, pointer] = known
        return known

    def text(self, change: Change) -> str:
        """The positions of a change as text, in the new document first."""
        shown = []
        pointers = {"new": change.new_pointer, "old": change.old_pointer}
        for (side, pointer), other in zip(pointers.items(), reversed(pointers.values()), strict=True):
            at = self.of(side, pointer)
            if at and not encloses(pointer, other):
                shown.append(f"{at['file']}:{at['line']}" if at["line"] else at["file"])
        return " ← ".join(dict.fromkeys(shown))


def encloses(pointer: str, other: str) -> bool:
    """Whether a pointer leads to no value of its own, but to the object in which the other one's would be."""
    return pointer in {"", "#", "#/paths", "#/components"} or other.startswith(f"{pointer}/")


NOTHING = "nothing that anybody depends on changes"
"""What is said of documents that differ in nothing that is compared, such as the order of members and `x-` extensions."""


def _nothing(old: DocumentLike, new: DocumentLike) -> str:
    return "no changes" if old.root == new.root else NOTHING


def summary(changes: Sequence[Change], audiences: Sequence[Audience] = AUDIENCES) -> str:
    """One line: what `describe_counts` says, the verdict, and who breaks."""
    if not changes:
        return "no changes"
    return "; ".join(filter(None, (f"{describe_counts(changes)}: {verdict(changes, audiences)}", headline(changes))))


def brief(changes: Sequence[Change], audiences: Sequence[Audience] = AUDIENCES) -> str:
    """The verdict and who breaks, as `summary` has them; if nobody does, what changed."""
    return f"{verdict(changes, audiences)}; {headline(changes) or describe_counts(changes)}"


def headline(changes: Sequence[Change]) -> str:
    """Say who breaks, such as `callers break in 3 places, services in 1`; empty if nobody does."""
    return ", ".join(f"{words} {number:,}{noun}" for _, words, number, noun in headline_parts(changes))


def headline_parts(changes: Sequence[Change]) -> list[tuple[Audience, str, int, str]]:
    """The parts of the headline, for each audience that breaks: words, a number and what follows it."""
    counts = {audience: len(broken(changes, audience)) for audience in AUDIENCE_WORDS}
    found = [(audience, count) for audience, count in counts.items() if count]
    return [
        (
            audience,
            f"{AUDIENCE_WORDS[audience]} {'in' if index else 'break in'}",
            count,
            "" if index else " place" + "s" * (count != 1),
        )
        for index, (audience, count) in enumerate(found)
    ]


def describe_counts(changes: Sequence[Change]) -> str:
    """The numbers of changes under each heading, in its words: `2 break callers or importers, 1 compatible change`."""
    return ", ".join(_group_counts(key, chosen) for key, chosen in _by_group(changes).items())


def _group_counts(key: Group, chosen: Sequence[Change]) -> str:
    """The number of changes under one heading, and how many of them are accepted."""
    number, accepted = len(chosen), sum(bool(change.accepted) for change in chosen)
    words = GROUPS[key].lower() if number == 1 else GROUPS[key].lower().replace("breaks ", "break ")
    said = counted(number, "compatible change") if key == "info" else f"{number:,} {words}"
    return said + (f" ({accepted:,} accepted)" if accepted else "")


def _by_group(changes: Sequence[Change]) -> dict[Group, list[Change]]:
    """Changes by heading, in the order of the headings; without those that have none."""
    found: dict[Group, list[Change]] = {key: [] for key in GROUPS}
    for change in changes:
        found[group([change])].append(change)
    return {key: chosen for key, chosen in found.items() if chosen}


def as_text(
    changes: Sequence[Change],
    old: DocumentLike,
    new: DocumentLike,
    *,
    colour: bool = False,
    audiences: Sequence[Audience] = AUDIENCES,
) -> str:
    """For a terminal: grouped by severity and operation; safe to print, whatever the documents contain."""
    positions = Positions(old, new)
    lines: list[str] = []
    for key, chosen in _by_group(changes).items():
        lines += [*([""] if lines else []), _coloured(f"{GROUPS[key]} ({len(chosen)})", _COLOURS[key], colour)]
        for operation, each_of in _by_operation(chosen).items():
            lines.append("  " + _coloured(visible(operation or "the document"), "1", colour))
            for change in each_of:
                lines.append(f"    {visible(change.message)} " + _coloured(f"[{change.identifier}]", "2", colour))
                lines += [f"      {visible(each)}" for each in _details(change, positions)]
    last = summary(changes, audiences) if changes else _nothing(old, new)
    return "\n".join([*lines, *([""] if lines else []), _coloured(last, "1", colour), ""])


def _coloured(text: str, code: str, colour: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if colour else text


def _by_operation(changes: Iterable[Change]) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault("in Python" if change.axis == "python" else change.operation, []).append(change)
    return found


def _details(change: Change, positions: Positions) -> list[str]:
    details = [
        f"breaks {AUDIENCE_WORDS[each]}" for each in AUDIENCES if each not in CALLERS and change.level(each) == "error"
    ]
    details += [f"accepted {until(change.accepted)}"] if change.accepted else []
    if change.axis == "python":
        return [_names(change), *details]
    where = positions.text(change)
    if where:
        new, old = change.new_pointer, change.old_pointer
        details.append(f"{where} ({old if old and encloses(new, old) else new})")
    others = list(dict.fromkeys(place.operation for place in change.places if place.operation != change.operation))
    if others:
        more = len(others) - _MOST_PLACES
        details.append("also: " + ", ".join(others[:_MOST_PLACES]) + (f" and {more} more" if more > 0 else ""))
    if change.more_places:
        details.append(f"and {counted(change.more_places, 'more place')} not listed")
    return details


def until(accepted: Acceptance) -> str:
    """Until when a break is accepted, and why."""
    return f"until {accepted.until}: {accepted.reason}"


def _names(change: Change) -> str:
    """The first of the names that a change of the Python axis is about, and the number of the others."""
    more = len({place.operation for place in change.places}) - 1
    return change.operation + (f" and {more} more" if more > 0 else "")


def as_json(
    changes: Sequence[Change],
    old: DocumentLike,
    new: DocumentLike,
    audiences: Sequence[Audience] = AUDIENCES,
    unused: Iterable[Diagnostic] = (),
) -> str:
    """For machines: see docs/changes.md for the members. Order and text are the same for the same two documents."""
    positions = Positions(old, new)
    listed = [
        {
            "id": change.identifier,
            "severity": change.severity,
            "audiences": {audience: change.level(audience) for audience in AUDIENCES},
            "effect": change.effect,
            "axis": change.axis,
            "operation": change.operation,
            "message": change.message,
            "old": positions.of("old", change.old_pointer) or None,
            "new": positions.of("new", change.new_pointer) or None,
            "places": [
                {"operation": place.operation, "part": place.part, "path": place.path} for place in change.places
            ],
            "morePlaces": change.more_places,
            "accepted": change.accepted and {"reason": change.accepted.reason, "until": change.accepted.until},
        }
        for change in changes
    ]
    counts = {severity: sum(change.severity == severity for change in changes) for severity in MOST_SEVERE_FIRST}
    breaks = {audience: len(broken(changes, audience)) for audience in AUDIENCES}
    made = {
        "format": FORMAT,
        "verdict": verdict(changes, audiences),
        "headline": headline(changes),
        "breaks": breaks,
        "counts": counts,
        "changes": listed,
        "diagnostics": [as_object(each) for each in unused],
    }
    return json_text(made) + "\n"


def as_markdown(
    changes: Sequence[Change],
    old: DocumentLike,
    new: DocumentLike,
    audiences: Sequence[Audience] = AUDIENCES,
    unused: Sequence[Diagnostic] = (),
) -> str:
    """For a comment on a pull request: breaking changes open, the others folded; cut before GitHub refuses it."""
    positions = Positions(old, new)
    said = headline(changes) or "nobody breaks"
    counts = (
        f"{said[:1].upper()}{said[1:]}.\n\n{describe_counts(changes)}"
        if changes
        else f"{_nothing(old, new).capitalize()}."
    )
    pieces = [f"### {_title(new)}: **{verdict(changes, audiences)}**\n\n{counts}\n"]
    left = _MARKDOWN_LIMIT - len(pieces[0])
    for key, chosen in _by_group(changes).items():
        head = f"{GROUPS[key]} ({len(chosen)})"
        tables = []
        for axis, columns in (("document", "operation | change | where"), ("python", "in Python | change")):
            rows = [_row(change, positions) for change in chosen if change.axis == axis]
            kept = _fitting(rows, left - 400)
            left -= sum(len(row) + 1 for row in kept) + 400
            if more := len(rows) - len(kept):
                kept.append(f"\n*{more:,} more {'is' if more == 1 else 'are'} left out here: see `--format json`.*")
            if rows:
                tables.append(f"| {columns} |\n|{' --- |' * (columns.count('|') + 1)}\n" + "\n".join(kept))
        table = "\n\n".join(tables)
        if key == "error":
            pieces.append(f"\n#### {head}\n\n{table}\n")
        else:
            pieces.append(f"\n<details><summary>{head}</summary>\n\n{table}\n\n</details>\n")
    if unused:
        listed = [f"- {markdown(f'{each.file}:{each.line}: {each.message}')}" for each in unused[:_MOST_UNUSED]]
        more = len(unused) - len(listed)
        pieces += ["\n#### Entries to look at\n\n", "\n".join(listed), f"\n- and {more} more\n" if more > 0 else "\n"]
    return "".join(pieces)


def _title(document: DocumentLike) -> str:
    """The API's name, so that comments on several APIs can be told apart."""
    info = document.root.get("info")
    title = info.get("title") if isinstance(info, dict) else None
    return markdown(" ".join(str(title or "API").split())[:_TITLE_LIMIT])


def _fitting(rows: list[str], limit: int) -> list[str]:
    kept: list[str] = []
    for row in rows:
        limit -= len(row) + 1
        if limit < 0:
            break
        kept.append(row)
    return kept


def _row(change: Change, positions: Positions) -> str:
    said = f"{markdown(change.message)} `{change.identifier}`"
    if change.accepted:
        said += f"<br>accepted {markdown(until(change.accepted))}"
    if change.axis == "python":
        return f"| {markdown(_names(change))} | {said} |"
    others = {place.operation for place in change.places} - {change.operation}
    more = f" and {len(others)} more" if others else ""
    operation = markdown(change.operation or "the document") + more
    return f"| {operation} | {said} | {markdown(positions.text(change))} |"


def markdown(text: str) -> str:
    """Text as Markdown shows it: no markup, no mention, no line break, whatever it contains; `code` stays code."""
    pieces = visible(text).split("`")
    if len(pieces) % 2 == 0 or not all(pieces[1::2]):  # backticks of the document's: nothing is code
        return _plain(visible(text))
    # Between two backticks all is literal, save the bar that would end a cell; outside nothing is.
    return "".join(
        f"`{piece.replace('|', chr(92) + '|')}`" if index % 2 else _plain(piece) for index, piece in enumerate(pieces)
    )


def _plain(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text).replace("\\@", "@\u200b").replace("\\<", "&lt;").replace("\\&", "&amp;")
