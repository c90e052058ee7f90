"""A text that was read, and where in it each value stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from .diagnostics import Diagnostic, Refused, Severity

Tokens = tuple[str, ...]
Format = Literal["json", "yaml"]
Pointer = str

_WINDOW = 120  # characters of a line that are kept for showing


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place in a file: ``line`` and ``column`` from 1, ``source`` its line (or a part of it, see Diagnostic)."""

    file: str
    line: int
    column: int
    source: str
    caret: int = 0


@dataclass(slots=True, kw_only=True)
class Source:
    """One file's text with the values in it.

    ``text`` is the JSON or YAML text. In a Markdown page that is the content of the fenced block, ``page`` is the
    whole page and ``first_line`` the number of lines before the block.
    """

    path: Path
    text: str
    format: Format
    root: Any = None
    page: str = ""
    first_line: int = 0
    _index: Any = field(default=None, repr=False)  # the position index of this format, made when first asked for
    _starts: list[int] | None = field(default=None, repr=False)  # where each line begins, made when first asked for

    @property
    def name(self) -> str:
        """The file's name for messages: relative to the working directory where it stands below it."""
        return display(self.path)

    def at(self, line: int, column: int) -> Location:
        """Turn a line and a column of the text (both from 1) into a location of the file."""
        text = self.page or self.text
        if self._starts is None:
            self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        number = line + self.first_line
        return place(self.name, text, number, column, self._starts[min(number, len(self._starts)) - 1])

    def at_offset(self, offset: int) -> Location:
        """Turn an offset of the text (in characters) into a location of the file."""
        begin = self.text.rfind("\n", 0, offset) + 1
        return self.at(self.text.count("\n", 0, offset) + 1, offset - begin + 1)

    def locate(self, tokens: Tokens) -> Location:
        """Find the value that a JSON pointer leads to; the nearest one around it where there is none."""
        if self._index is None:
            self._index = self._make_index()
        line, column = self._index.find(tokens)
        return self.at(line, column)

    def refuse(self, message: str, location: Location, *, hint: str = "", pointer: Pointer = "#") -> Refused:
        """Make the exception for one error at a place of this file."""
        return Refused(diagnose("error", message, location, hint=hint, pointer=pointer))

    def _make_index(self) -> Any:
        if self.format == "json":
            from .json_reader import JsonIndex  # only where something is reported

            return JsonIndex(self.text)
        from .yaml_reader import YamlIndex  # yaml is a heavy import

        return YamlIndex(self.text)


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


def place(name: str, text: str, line: int, column: int, begin: int | None = None) -> Location:
    """Cut the line (from 1) out of a text and keep the part of it that stands around the column.

    `begin` is where the line begins, for who knows it already.
    """
    if begin is None:
        begin = 0
        for _ in range(line - 1):
            begin = text.find("\n", begin) + 1
    end = text.find("\n", begin)
    whole = text[begin : end if end >= 0 else len(text)].removesuffix("\r")
    caret = min(column - 1, len(whole))
    if len(whole) > _WINDOW:
        start = max(0, min(caret - _WINDOW // 3, len(whole) - _WINDOW))
        lead = "…" if start else ""
        tail = "…" if start + _WINDOW < len(whole) else ""
        caret += len(lead) - start
        whole = lead + whole[start : start + _WINDOW] + tail
    return Location(file=name, line=line, column=column, source=whole, caret=caret)


def display(path: Path) -> str:
    """Write a path relative to the working directory where it stands below it, with forward slashes."""
    absolute = path.absolute()
    try:
        return absolute.relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):
        return absolute.as_posix()


def escape(token: str) -> str:
    """Write one key as a token of a JSON pointer (RFC 6901, section 3)."""
    return token.replace("~", "~0").replace("/", "~1")


def unescape(token: str) -> str:
    """Read one token of a JSON pointer (RFC 6901, section 4)."""
    return token.replace("~1", "/").replace("~0", "~")


def join(pointer: Pointer, *tokens: str | int) -> Pointer:
    """Append keys or indices to a pointer."""
    return "/".join((pointer, *(escape(str(token)) for token in tokens)))


def split(pointer: Pointer) -> Tokens:
    """Take a pointer (``#/a/b``) apart into its unescaped tokens."""
    return tuple(unescape(token) for token in pointer.split("/")[1:])


def child(node: Any, token: str) -> Any:
    """Follow one token. Raises KeyError where there is no such member or item."""
    if isinstance(node, dict):
        return node[token]
    if isinstance(node, list) and token.isascii() and token.isdigit() and len(token) < 10 and str(int(token)) == token:
        index = int(token)
        if index < len(node):
            return node[index]
    raise KeyError(token)


def get(root: Any, pointer: Pointer) -> Any:
    """Follow a pointer. Raises KeyError where it leads nowhere."""
    node = root
    for token in split(pointer):
        node = child(node, token)
    return node
