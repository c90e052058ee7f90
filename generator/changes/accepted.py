"""`spectwin-accepted.toml`: breaks that somebody accepted, for a reason and until a day.

The file stands beside the settings and is reviewed with the change that it is for. Only `diff` reads it: nothing that is
generated depends on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

from ..diagnostics.diagnostic import Diagnostic, Refused
from ..diagnostics.location import diagnose, display, place
from ..disk import Below, InTheWay, exists
from ..parsing import toml_text
from ..python.escaping import toml
from ..records import record
from ..settings.settings import configured
from ..settings.severities import wrong
from .model import Acceptance, Change, Comparison

FILE = "spectwin-accepted.toml"
_DAYS = 90  # for which the page proposes to accept a break
_MOST_ENTRIES = 3  # for one change of the document; for more operations one entry with `*` is proposed
_MOST_PROPOSED = 50  # entries for one change
_KEYS = {"operation": True, "identifier": True, "reason": True, "until": True, "pointer": False, "package": False}
"""What an entry says, and whether it has to."""


@record(kw_only=True)
class Entry:
    """A break that is accepted: in which operation (`*` and `?` stand for others), and which one."""

    operation: str
    identifier: str
    reason: str
    until: date
    pointer: str = ""
    """Of the old document or the new one; empty for every change with this identifier."""
    package: str = ""
    line: int = 0

    def covers(self, change: Change, operation: str) -> bool:
        """Whether a change is accepted for one of the operations that it is about."""
        if self.identifier != change.identifier or self.pointer not in {"", change.old_pointer, change.new_pointer}:
            return False
        return operation == self.operation or fnmatchcase(operation, self.operation)


def today() -> date:
    """The day until which an entry must reach to count."""
    return datetime.now().astimezone().date()


def apply(
    found: Comparison, project: Path, package: str | None, *, whole: bool = True, python: bool = True
) -> Comparison:
    """Mark what is accepted, and list the entries that are of no use.

    `package` is the configured one that is meant. Where not all operations (`whole`) or not the packages (`python`) were
    compared, an entry about these may match nothing. Raises Refused for a file that can't be read, or says what it can't.
    """
    text, entries = _read(project)
    known = [name for _, name in configured(project)]
    several = len(known) > 1
    found = replace(found, package=(package or "") if several else "")
    if not entries:
        return found
    file = _File(project, text)
    for entry in entries:
        if several and not entry.package:
            raise file.refuse(entry.line, "package is missing", "several are configured: say which one is meant")
    strange = [entry for entry in entries if entry.package not in {"", package, *known}]
    entries = [entry for entry in entries if entry.package in {"", package}]
    valid = [entry for entry in entries if entry.until >= today()]
    used: set[Entry] = set()
    unused = [file.warn(entry, f"no configured package is called {entry.package}") for entry in strange]
    unused += [file.warn(entry, f"this is out of date since {entry.until}") for entry in entries if entry not in valid]
    changes = []
    for change in found.changes:
        by, left = _accepted(change, valid)
        used.update(by)
        if by and not left:
            first = min(by, key=lambda entry: entry.until)
            change = replace(change, accepted=Acceptance(reason=first.reason, until=str(first.until)))  # noqa: PLW2901 - now accepted
        elif by:
            others = ", ".join(left[:_MOST_ENTRIES])
            unused.append(
                file.warn(by[0], f"this does not suffice: the change is about other operations too: {others}")
            )
        changes.append(change)
    idle = [entry for entry in valid if whole and entry not in used]
    idle = [entry for entry in idle if python or not entry.identifier.startswith("python-")]
    unused += [file.warn(entry, "this matches no change that breaks") for entry in idle]
    return replace(found, changes=tuple(changes), unused=tuple(sorted(unused, key=lambda one: one.line)))


def _accepted(change: Change, entries: Iterable[Entry]) -> tuple[list[Entry], list[str]]:
    """The entries that are about a change that breaks or may break, and the operations that they leave out."""
    if {change.severity, change.service} == {"info"}:
        return [], []
    operations = _operations(change)
    by = {operation: [entry for entry in entries if entry.covers(change, operation)] for operation in operations}
    return [entry for found in by.values() for entry in found], [name for name, found in by.items() if not found]


def _operations(change: Change) -> list[str]:
    """What a change is about; those beyond the listed places are in none, and so only `*` is about them."""
    more = ["and more"] if change.more_places else []
    return list(dict.fromkeys([change.operation, *(place.operation for place in change.places), *more]))


def proposal(changes: Iterable[Change], package: str = "") -> str:
    """The lines that accept some changes, but for the reason; empty if nothing is to be accepted.

    What a change of the document causes in Python needs no lines of its own: `report.consequences`.
    """
    entries = []
    for change in changes:
        if change.accepted or {change.severity, change.service} == {"info"}:
            continue
        operations, pointer = _operations(change), change.old_pointer or change.new_pointer
        if pointer and len(operations) > _MOST_ENTRIES:  # without a pointer, `*` would accept others too
            operations = ["*"]
        for operation in operations[:_MOST_PROPOSED]:
            lines = {"package": package, "operation": operation, "identifier": change.identifier, "pointer": pointer}
            text = "".join(f"{key} = {toml(value)}\n" for key, value in lines.items() if value or key == "operation")
            entries.append(f'[[accepted]]\n{text}reason = ""\nuntil = {today() + timedelta(days=_DAYS)}\n')
    return "\n".join(dict.fromkeys(entries))


def _read(project: Path) -> tuple[str, list[Entry]]:
    """Read the file of a project; nothing if there is none. Raises Refused."""
    if not exists(project / FILE):
        return "", []
    files, nowhere = Below(project), _File(project, "")
    name = files.find(PurePosixPath(FILE))
    if name is None:
        raise nowhere.refuse(0, "the file can't be read: it is a link that leads out of the project", "")
    try:
        text = toml_text.decode(files.read(name, toml_text.TOML_LIMIT + 1))
        table = toml_text.loads(text)
    except (OSError, InTheWay, ValueError) as error:
        what = getattr(error, "what", None)
        reason = f"it is {what}" if what else getattr(error, "strerror", None) or str(error)
        raise nowhere.refuse(0, f"the file can't be read: {reason}", "") from None
    listed, file = table.pop("accepted", []), _File(project, text)
    if table or not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise file.refuse(1, "entries begin with [[accepted]], and there is nothing else", "")
    return text, [file.entry(index, values) for index, values in enumerate(listed)]


class _File:
    """The text of the file, with which what is wrong with an entry gets its place."""

    def __init__(self, project: Path, text: str) -> None:
        self._name = display(project / FILE)
        self._text = text
        self._heads = [mark.start() for mark in re.finditer(r"^\s*\[\[\s*accepted\s*\]\]", text, re.MULTILINE)]

    def entry(self, index: int, values: Mapping[str, Any]) -> Entry:
        """Read an entry. Raises Refused."""
        head = self._heads[index] if index < len(self._heads) else 0
        line = self._text.count("\n", 0, head) + 1 + (self._text[head : head + 1] == "\n")
        if unknown := values.keys() - _KEYS.keys():
            raise self.refuse(line, f"there is no key called {min(unknown)}", f"there are: {', '.join(_KEYS)}")
        if missing := [key for key, needed in _KEYS.items() if needed and key not in values]:
            raise self.refuse(line, f"{missing[0]} is missing", "")
        if not isinstance(values["until"], date) or isinstance(values["until"], datetime):
            raise self.refuse(line, "until is not a day", "such as until = 2027-01-31, without quotes")
        for key in values.keys() - {"until"}:
            if not isinstance(values[key], str):
                raise self.refuse(line, f"{key} is not a text", "")
        if not values["reason"].strip():
            raise self.refuse(line, "reason is empty", "say why this break may be")
        if said := wrong(values["identifier"], "info"):
            raise self.refuse(line, said[0], said[1])
        return Entry(**values, line=line)

    def warn(self, entry: Entry, message: str) -> Diagnostic:
        """A warning at an entry."""
        shown = f"{message}: {entry.identifier} in {entry.operation or 'the document'}"
        return diagnose("warning", shown, place(self._name, self._text, entry.line, 1), hint="remove it, or renew it")

    def refuse(self, line: int, message: str, hint: str) -> Refused:
        """The exception for an entry that can't be read; line 0 is the file as a whole."""
        if not line:
            return Refused(Diagnostic(severity="error", message=message, file=self._name, hint=hint))
        return Refused(diagnose("error", message, place(self._name, self._text, line, 1), hint=hint))
