"""A text that was read, and where in it each value stands."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from ..diagnostics.diagnostic import Refused
from ..diagnostics.location import Location, diagnose, display, place
from ..pointer import Pointer, Tokens
from .yaml_lines import block

Format = Literal["json", "yaml"]


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
    whole page and ``first_line`` the number of lines before the block.
    """

    path: Path
    text: str
    format: Format
    root: Any = None
    page: str = ""
    first_line: int = 0
    index: PositionIndex | None = field(default=None, repr=False)  # set by who reads the text
    _name: str = field(default="", repr=False)  # made when first asked for
    _starts: list[int] | None = field(default=None, repr=False)  # where each line begins, made when first asked for
    _breaks: list[int] | None = field(
        default=None, repr=False
    )  # where lines of the text end, made when first asked for
    _lines: list[str] | None = field(default=None, repr=False)  # made when first asked for

    @property
    def name(self) -> str:
        """The file's name for messages: relative to the working directory where it stands below it."""
        if not self._name:
            self._name = display(self.path)
        return self._name

    def at(self, line: int, column: int) -> Location:
        """Turn a line and a column of the text (both from 1) into a location of the file."""
        text = self.page or self.text
        if self._starts is None:
            self._starts = [0, *(found.end() for found in re.finditer("\n", text))]
        number = line + self.first_line
        return place(self.name, text, number, column, self._starts[min(number, len(self._starts)) - 1])

    def at_offset(self, offset: int) -> Location:
        """Turn an offset of the text (in characters) into a location of the file."""
        if self._breaks is None:
            self._breaks = [found.start() for found in re.finditer("\n", self.text)]
        line = bisect_left(self._breaks, offset)
        begin = self._breaks[line - 1] + 1 if line else 0
        return self.at(line + 1, offset - begin + 1)

    def locate(self, tokens: Tokens) -> Location:
        """Find the value that a JSON pointer leads to; the nearest one around it where there is none."""
        return self.at(*self.index.find(tokens) if self.index else (1, 1))

    def spelling(self, tokens: Tokens) -> str | None:
        """Give a number, a boolean or null as it is written: `1.10`, where the value is 1.1; None where there is none."""
        return self.index.spelling(tokens) if self.index else None

    def block(self, tokens: Tokens, *, is_item: bool) -> tuple[str, ...]:
        """Give the lines of YAML that hold a value, which must be there; `is_item` says that it is one of a list."""
        if self._lines is None:
            self._lines = self.text.split("\n")
        line, column = self.index.find(tokens) if self.index else (1, 1)
        return block(self._lines, line, column, is_item=is_item)

    def refuse(self, message: str, location: Location, *, hint: str = "", pointer: Pointer = "#") -> Refused:
        """Make the exception for one error at a place of this file."""
        return Refused(diagnose("error", message, location, hint=hint, pointer=pointer))
