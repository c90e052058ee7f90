"""A text that was read, and where in it each value stands."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal, Protocol

from ..diagnostics.diagnostic import Refused
from ..diagnostics.location import Location, diagnose, display, place
from ..pointer import Pointer, Tokens
from .yaml_lines import BREAK, block

_LINE_BREAK = re.compile(r"\r\n|[\n\r]")
"""What ends a line of a file, as editors count them."""

Format = Literal["json", "yaml"]


def begins(text: str) -> list[int]:
    """List where each line begins: a line feed ends one."""
    return [0, *accumulate(map((1).__add__, map(len, text.split("\n"))))][:-1]


def _begins(text: str, breaks: re.Pattern[str] | None) -> list[int]:
    """List where each line begins, after what breaks lines: only line feeds if that is None, or if the text has no others."""
    if breaks is None or ("\r" not in text and (breaks is _LINE_BREAK or text.isascii())):
        return begins(text)
    return [0, *(found.end() for found in breaks.finditer(text))]


class PositionIndex(Protocol):
    """Where the values of a text stand, and how they are written."""

    def find(self, tokens: Tokens) -> tuple[int, int]:
        """Give line and column, from 1, of a member's key or of an item; of the nearest one around it if there is none."""
        ...

    def spelling(self, tokens: Tokens) -> str | None:
        """Give a number, a boolean or null as it is written; None for what has members, and if there is none."""
        ...


@dataclass(slots=True, kw_only=True)
class Source:
    """One file's text with the values in it.

    ``text`` is the JSON or YAML text. In a Markdown page that is the content of the fenced block, ``page`` is the
    whole page and ``begin`` the number of characters before the block.
    """

    path: Path
    text: str
    format: Format
    root: Any = None
    page: str = ""
    begin: int = 0
    index: PositionIndex | None = field(default=None, repr=False)  # set by who reads the text
    _name: str = field(default="", repr=False)  # made when first asked for
    _starts: list[int] | None = field(default=None, repr=False)  # where each line begins, made when first asked for
    _marks: list[int] | None = field(
        default=None, repr=False
    )  # where each line of the text begins as its parser counts, made when first asked for
    _lines: list[str] | None = field(default=None, repr=False)  # made when first asked for

    @property
    def name(self) -> str:
        """The file's name for messages: relative to the working directory where it stands below it."""
        if not self._name:
            self._name = display(self.path)
        return self._name

    def at(self, line: int, column: int) -> Location:
        """Turn a line and a column of the text (both from 1), as its parser counts them, into a location of the file."""
        return self.at_offset(self.offset(line, column))

    def at_offset(self, offset: int) -> Location:
        """Turn an offset of the text (in characters) into a location of the file."""
        text = self.page or self.text
        if self._starts is None:
            alike = not self.page and "\r" not in text and (self.format == "json" or text.isascii())
            self._starts = self._marks if alike and self._marks else _begins(text, _LINE_BREAK)
        at = self.begin + offset
        line = bisect_right(self._starts, at)
        start, end = (*self._starts[line - 1 : line + 1], len(text))[:2]
        return place(self.name, text, line, at - start + 1, (start, end))

    def offset(self, line: int, column: int) -> int:
        """Turn a line and a column of the text (both from 1), as its parser counts them, into an offset."""
        if self._marks is None:
            self._marks = _begins(self.text, BREAK if self.format == "yaml" else None)
        return self._marks[min(line, len(self._marks)) - 1] + column - 1

    def locate(self, tokens: Tokens) -> Location:
        """Find the value that a JSON pointer leads to; the nearest one around it where there is none."""
        return self.at(*self.index.find(tokens) if self.index else (1, 1))

    def spelling(self, tokens: Tokens) -> str | None:
        """Give a number, a boolean or null as it is written: `1.10`, where the value is 1.1; None where there is none."""
        return self.index.spelling(tokens) if self.index else None

    def block(self, tokens: Tokens, *, is_item: bool) -> tuple[str, ...]:
        """Give the lines of YAML that hold a value, which must be there; `is_item` says that it is one of a list."""
        if self._lines is None:
            self._lines = BREAK.split(self.text)
        line, column = self.index.find(tokens) if self.index else (1, 1)
        return block(self._lines, line, column, is_item=is_item)

    def refuse(self, message: str, location: Location, *, hint: str = "", pointer: Pointer = "#") -> Refused:
        """Make the exception for one error at a place of this file."""
        return Refused(diagnose("error", message, location, hint=hint, pointer=pointer))
