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
from .syntax import check_text, parse

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
    """The inspection of a module whose imports are not written yet: `import {place}` stands for them. Raises GateError."""

    digest: ast.Module
    """A small module that reads and defines the same names."""
    head: str
    """The text up to and with its imports."""

    def __init__(self, name: str, text: str, place: str, allowed: Collection[str], pieces: Pieces) -> None:
        self._name, self._allowed = name, allowed
        at = text.find(f"import {place}\n")
        starts = (found.end() for found in _START.finditer(text, max(at, 0)))
        end = next((start for start in starts if not text.startswith(("from ", "import "), start)), len(text))
        self.head, self.tail = text[:end], text[end:]
        digest, self._asked = Digest(parse(name, self.head).tree), Asked(TYPES)
        lines = self.head.count("\n")
        for more, left in pieces.inspect(name, self.tail, allowed, self._asked, digest.define):
            for before, tree in parts(name, left, lines + more):
                digest.add(tree)
                gate.inspect(name, tree, allowed, self._asked, before)
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
