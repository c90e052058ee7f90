"""A place in a file, and the part of its line that is shown."""

from __future__ import annotations

from pathlib import Path

from ..pointer import Pointer
from ..records import record
from .diagnostic import Diagnostic, Severity

_WINDOW = 120  # characters of a line that are kept for showing


@record(kw_only=True)
class Location:
    """A place in a file: ``line`` and ``column`` from 1, ``source`` its line (or a part of it, see Diagnostic)."""

    file: str
    line: int
    column: int
    source: str
    caret: int = 0


def diagnose(
    severity: Severity, message: str, location: Location, *, hint: str = "", pointer: Pointer = "#"
) -> Diagnostic:
    """Put a finding and its place together."""
    return Diagnostic(
        severity=severity,
        message=message,
        pointer=pointer,
        hint=hint,
        file=location.file,
        line=location.line,
        column=location.column,
        source=location.source,
        caret=location.caret,
    )


def place(name: str, text: str, line: int, column: int, span: tuple[int, int] | None = None) -> Location:
    """Cut the line (from 1) out of a text and keep the part of it that stands around the column.

    `span` is where the line begins and where the next one does, for who knows it already.
    """
    if span is None:
        begin = 0
        for _ in range(line - 1):
            begin = text.find("\n", begin) + 1
        span = begin, text.find("\n", begin) + 1 or len(text)
    whole = text[slice(*span)].rstrip("\r\n")
    caret = min(column - 1, len(whole))
    if len(whole) > _WINDOW:
        start = max(0, min(caret - _WINDOW // 3, len(whole) - _WINDOW))
        lead = "…" if start else ""
        tail = "…" if start + _WINDOW < len(whole) else ""
        caret += len(lead) - start
        whole = lead + whole[start : start + _WINDOW] + tail
    return Location(file=name, line=line, column=column, source=whole, caret=caret)


def display_folder(path: Path) -> str:
    """Write the path of a folder as `display` does, and the working directory by its name."""
    shown = display(path)
    return path.absolute().name if shown == "." else shown


def display(path: Path) -> str:
    """Write a path relative to the working directory where it stands below it, with forward slashes."""
    absolute = path.absolute()
    try:
        return absolute.relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return absolute.as_posix()
