"""What is wrong with an input, where it stands, and how it is shown."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Literal

from ..records import record

Severity = Literal["error", "warning", "notice"]

MOST = 1_000
"""Findings that are listed; more are counted."""
_MESSAGE_LIMIT = 400  # characters of a message or hint that are shown
_POINTER_LIMIT = 300  # characters of a pointer that are shown


@record(kw_only=True)
class Diagnostic:
    """One finding about a document, a setting or a file.

    ``line`` and ``column`` count from 1; 0 means unknown. ``source`` is the line of the file, or the part of a long
    line that stands around the column; ``caret`` is the offset of the column in ``source``, in characters from 0.
    """

    severity: Severity
    message: str
    pointer: str = "#"
    hint: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    source: str = ""
    caret: int = 0


class Refused(Exception):  # noqa: N818 - it is a verdict about the input, not a defect of ours
    """The input can't be used: carries every finding, errors and warnings alike, sorted by place."""

    diagnostics: tuple[Diagnostic, ...]

    def __init__(self, diagnostics: Diagnostic | Iterable[Diagnostic]) -> None:
        found = (diagnostics,) if isinstance(diagnostics, Diagnostic) else diagnostics
        self.diagnostics = ordered(found)
        super().__init__(self.diagnostics)  # the arguments are what pickle hands to __init__ again

    def __str__(self) -> str:
        return show(self.diagnostics)


class Findings:
    """Findings as they are met: the first MOST of each severity, and the number of the others, which cost nothing more."""

    def __init__(self) -> None:
        self._kept: dict[Severity, dict[Diagnostic, None]] = {"error": {}, "warning": {}, "notice": {}}
        self._more: Counter[Severity] = Counter()

    def add(self, severity: Severity, make: Callable[[], Diagnostic]) -> None:
        """Note a finding; `make` is called if it is one of those that are listed."""
        if len(self._kept[severity]) < MOST:
            self._kept[severity].setdefault(make())
        else:
            self._more[severity] += 1

    def __bool__(self) -> bool:
        return any(self._kept.values())

    @property
    def refuse(self) -> bool:
        """Whether there are errors."""
        return bool(self._kept["error"])

    def listed(self) -> tuple[Diagnostic, ...]:
        """List what was kept, sorted by place, and how many there are beyond that."""
        kept = ordered(one for each in self._kept.values() for one in each)
        rest = (
            Diagnostic(severity=severity, message=f"… and {counted(more, f'more {severity}')}", file=kept[-1].file)
            for severity, more in self._more.items()
        )
        return (*kept, *rest)


def counted(number: int, noun: str) -> str:
    """Write a number with a noun that makes its plural with s."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def ordered(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort by file, line, column; drop exact repetitions; otherwise the order is kept."""
    unique = dict.fromkeys(diagnostics)
    return tuple(sorted(unique, key=lambda found: (found.file, found.line, found.column)))


def show(diagnostics: Iterable[Diagnostic]) -> str:
    """Render as plain text, one finding after the other; empty text for none. Safe to print on a terminal."""
    return "\n".join(_show(found) for found in ordered(diagnostics))


_COMMAND = re.compile(r"^(\s*)::|##(?=\w*\[)")
"""What the log of a build acts upon: `::error …` at the start of a line, `##[error]`, `##vso[…]`, `##teamcity[…]`."""


def visible(text: str) -> str:
    """Replace what a terminal or the log of a build would act upon by escapes.

    These are control, format and separator characters, surrogates, and the commands of CI services.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(_visible(character) for character in text)
    return inert(text)


def inert(line: str) -> str:
    """Replace what the log of a build would act upon in a line that was put together."""
    if "::" not in line and "##" not in line:
        return line
    return _COMMAND.sub(lambda found: "#\\x23" if found[0] == "##" else f"{found[1]}\\x3a:", line)


def json_text(value: Any) -> str:
    """Write JSON for a program to read, and for a terminal to show: what it would act upon is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    text = text.replace("##", "#\\u0023")  # the log of a build acts upon `##[`
    if text.isascii():  # JSON escapes the other controls itself, save U+007F
        return text.replace("\x7f", "\\u007f")
    return "".join(one if one.isprintable() or one in "\n " else json.dumps(one)[1:-1] for one in text)


def _visible(character: str) -> str:
    # Cc, Cf (bidirectional overrides are among them), Cs, Co, Cn, Zl, Zp and Zs but for the space are not printable.
    if character.isprintable() or unicodedata.category(character) == "Zs":
        return character
    code = ord(character)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _show(found: Diagnostic) -> str:
    place = visible(found.file)
    if found.line:
        place += f":{found.line}:{found.column}"
    head = f"{place}: " if place else ""
    pointer = "" if found.pointer in {"", "#"} else f" ({_cut(found.pointer, _POINTER_LIMIT)})"
    lines = [f"{head}{found.severity}: {_cut(found.message, _MESSAGE_LIMIT)}{pointer}"]
    if found.source.strip():
        before, rest = found.source[: found.caret], found.source[found.caret :]
        shown = visible(before.replace("\t", " "))
        lines.append("    | " + shown + visible(rest.replace("\t", " ").rstrip()))
        lines.append("    | " + " " * _width(shown) + "^")
    if found.hint:
        lines.append(f"  hint: {_cut(found.hint, _MESSAGE_LIMIT)}")
    return "\n".join(map(inert, lines))


def _cut(text: str, limit: int) -> str:
    """Shorten in the middle: the beginning and the end of a pointer tell most."""
    if len(text) > limit:
        text = f"{text[: limit * 2 // 3]}…{text[-limit // 3 :]}"
    return visible(text)


def _width(text: str) -> int:
    """Columns that the text takes on a terminal: wide characters (Korean, for one) take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
