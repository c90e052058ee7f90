"""A module that is parsed and inspected part by part: the syntax tree of a whole one takes thirty times its text.

What a module may hold is decided by `gate`; here is only the order: first all that does not depend on the imports, then,
when the names that it reads are known and imports are written, these. Each part is parsed once, from the text that is
written.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from . import gate
from .imports import Digest
from .pieces import Asked, Pieces
from .printed import TYPES
from .syntax import GateError, check_text, parse

SIZE = 200_000
"""Characters of a part, where statements are not longer."""
_START = re.compile(r"\n\n(?=[@#\w])(?!(?:else|elif|except|finally)\b)")
"""Where a statement may begin. Inside a string, what is cut off there is no module."""
_REMARKS = re.compile(r"(?:#.*\n)*")


def parts(name: str, text: str, lines: int = 0) -> Iterator[tuple[int, ast.Module]]:
    """Parse a text that follows so many lines, part by part; yields each tree, and the number of lines before it.

    Texts that are modules by themselves are one when they stand after one another, with the same statements. Where a
    part is none, all that is left is parsed at once. Raises GateError with the line of the text.
    """
    begin = 0
    while begin < len(text):
        found = _START.search(text, begin + SIZE)
        end = found.end() if found else len(text)
        try:
            tree = ast.parse(text[begin:end])
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            end = len(text)
            tree = parse(name, text[begin:], lines).tree
        yield lines, tree
        del tree
        lines += text.count("\n", begin, end)
        begin = end


class Inspection:
    """The inspection of a module whose imports are not written yet: `import {place}` stands for them. Raises GateError.

    With `pieces`, what other modules have, too, is not parsed again.
    """

    digest: ast.Module
    """A small module that reads and defines the same names."""
    head: str
    """The text up to and with its imports."""

    def __init__(self, name: str, text: str, place: str, allowed: Collection[str], pieces: Pieces | None) -> None:
        self._name, self._allowed = name, allowed
        at = text.find(f"import {place}\n")
        starts = (found.end() for found in _START.finditer(text, max(at, 0)))
        end = next((start for start in starts if not text.startswith(("from ", "import "), start)), len(text))
        self.head, self.tail = text[:end], text[end:]
        try:
            self._inspect(pieces)
        except GateError:
            if pieces is None:
                raise
            self._inspect(None)  # a text may stand in it that looks like statements; else this says where

    def _inspect(self, pieces: Pieces | None) -> None:
        """Inspect all but the head, in pieces if there are some."""
        digest, self._asked = Digest(parse(self._name, self.head).tree), Asked(TYPES)
        lines = self.head.count("\n")
        given = self._name, self.tail, self._allowed, self._asked
        for more, left in pieces.inspect(*given, digest.define) if pieces else [(0, self.tail)]:
            for before, tree in parts(self._name, left, lines + more):
                digest.add(tree)
                gate.inspect(self._name, tree, self._allowed, self._asked, before)
        self.digest = digest.module(self._asked.noted)

    def first(self) -> str:
        """Write a statement of the kind of the first one behind the head: it decides how many lines are left empty."""
        if not self.tail:
            return ""
        remarks = _REMARKS.match(self.tail)
        kept = remarks[0] if remarks else ""
        return kept + ("class C: ...\n" if self.tail[len(kept) :].startswith(("class ", "def ", "@")) else "x = 1\n")

    def finish(self, head: str) -> str:
        """Inspect the head as it is now, with all imports; returns the whole text."""
        text = head + self.tail
        check_text(self._name, text)
        gate.inspect(self._name, parse(self._name, head).tree, self._allowed, self._asked)
        if self._asked.unknown():
            gate.check(self._name, text, self._allowed)  # it says where
        return text
