"""Where settings stand in their file: tomllib tells no positions, and the usual ways to write them are few."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\]#]+?)\s*\]")
_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=.#\[]+))\s*[=.]""")
_DEEPEST = 2  # keys that lead to a setting from its package's table: ("types", "date")

Place = tuple[int, int]


class Places:
    """The line and column of each setting of a pyproject.toml, found in one pass."""

    def __init__(self, text: str) -> None:
        self._found: dict[tuple[int | None, tuple[str, ...]], Place] = {}
        inside: tuple[str, ...] | None = None  # the keys that lead from the package's table to the one that we are in
        tables, package = -1, None  # the number of the [[tool.spectwin.package]] that was met last, and that we are in
        for number, line in enumerate(text.split("\n"), 1):
            if header := _HEADER.match(line):
                path = tuple(part.strip().strip("\"'") for part in header[2].split("."))
                tables += header[1] == "[[" and path == ("tool", "spectwin", "package")
                package = tables if path[2:3] == ("package",) else None
                inside = path[2 if package is None else 3 :] if path[:2] == ("tool", "spectwin") else None
            key = None if header else _KEY.match(line)
            if inside is None or len(inside) > _DEEPEST or not (header or key):
                continue
            keys = (*inside, key[1] or key[2] or key[3] or "") if key else inside
            place = number, len(line) - len(line.lstrip()) + 1
            self._found.setdefault((package, keys), place)
            self._found.setdefault((-1, keys), place)

    def find(self, index: int, keys: Sequence[str]) -> Place:
        """Find a setting of the package with this number; -1 stands for `[tool.spectwin]` itself.

        Where the key itself is not found, its table's header is given, or the beginning of the file.
        """
        for depth in range(len(keys), -1, -1):
            for package in (index, None):
                if found := self._found.get((package, tuple(keys[:depth]))):
                    return found
        return 1, 1
